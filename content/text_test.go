package content_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"patternhub/content"
)

// TestFoldDoesNotCareHowLettersAreWritten takes every letter of Western and Central European
// languages: one character or a letter with a mark behind it are the same name.
func TestFoldDoesNotCareHowLettersAreWritten(t *testing.T) {
	for r := rune(0xc0); r < 0x180; r++ {
		one := string(r)
		if apart := norm.NFD.String(one); content.Fold(one) != content.Fold(apart) {
			t.Errorf("%s is %q in one and %q apart", one, content.Fold(one), content.Fold(apart))
		}
		if upper := strings.ToUpper(one); r != 'ŉ' && content.Fold(upper) != content.Fold(one) && r != 'ſ' {
			t.Errorf("%s is %q, and %s is %q", one, content.Fold(one), upper, content.Fold(upper))
		}
	}
}

func TestFoldIsDoneOnce(t *testing.T) {
	for _, s := range []string{"\u0301 a", "a \u0301", "\u0130", "ẞ", "ǅ", " É\u0301\u0327 "} {
		if once := content.Fold(s); content.Fold(once) != once {
			t.Errorf("Fold(%q) = %q, and of that %q", s, once, content.Fold(once))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		once := content.Fold(s)
		if content.Fold(once) != once {
			t.Errorf("Fold(%q) = %q, and of that %q", s, once, content.Fold(once))
		}
		if content.Fold("  "+s+"\t") != once {
			t.Errorf("white space around %q matters", s)
		}
	})
}

func TestFoldOrdersNamesAsPeopleDo(t *testing.T) {
	for _, pair := range [][2]string{{"Actor Model", "API Gateway"}, {"Ébauche", "Feature Flags"}, {"backpressure", "Bulkhead"}, {"Øresund", "Outbox"}} {
		if a, b := content.Fold(pair[0]), content.Fold(pair[1]); a >= b {
			t.Errorf("%s does not come before %s", pair[0], pair[1])
		}
	}
}

func TestWordsOfAnything(t *testing.T) {
	for in, want := range map[string]string{
		"CQRS": "Cqrs", "two-phase_commit": "Two phase commit", "élan-vital": "Élan vital", "日本": "日本", "-a": " a", "a": "A",
	} {
		if got := content.Words(in); got != want {
			t.Errorf("Words(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		if got := content.Words(s); !utf8.ValidString(got) || strings.ContainsAny(got, "_-") {
			t.Errorf("Words(%q) = %q", s, got)
		}
	})
}
