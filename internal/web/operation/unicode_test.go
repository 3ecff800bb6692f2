package operation_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"patternhub/internal/web/operation"
)

func TestShorten(t *testing.T) {
	long := strings.Repeat("é", 200)
	if short := operation.Shorten(long); len(short) > 70 || !utf8.ValidString(short) {
		t.Errorf("Shorten = %q (%d bytes), want valid UTF-8 of at most 70 bytes", short, len(short))
	}
}

func TestLoneSurrogate(t *testing.T) {
	for text, want := range map[string]bool{
		`"\ud800"`: true, `"\udc00"`: true, `"\ud83d\ude00"`: false, `"\ud83dx"`: true, `"\ud83d\ud83d\ude00"`: true, `"\\ud800"`: false,
		`"\\\ud800"`: true, `"plain"`: false, `"\u0041"`: false, `"\uD83D\uDE00"`: false, `"\ud8"`: false, `"\u{d800}"`: false,
	} {
		if got := operation.LoneSurrogate(text); got != want {
			t.Errorf("LoneSurrogate(%s) = %v, want %v", text, got, want)
		}
	}
}
