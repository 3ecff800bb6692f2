package content_test

import (
	"testing"

	"patternhub/internal/content"
)

// FuzzParseID parses any text as a global id. Either it is refused as the client's fault, or the
// String of the parsed id is parsed as the same id.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{
		content.ID{Type: content.TypePattern, Key: "saga"}.String(), content.ID{Type: content.TypePage, Key: "a/b"}.String(),
		"", "=", "UGF0dGVybg", "UGF0dGVybjo", "OmE", "Tm90aGluZzphYg", "UGF0dGVybjphAA==", "////", "\xff", "UGF0dGVybjokbmU6YQ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := content.ParseID(text)
		if err != nil {
			if content.CodeOf(err) != content.BadUserInput {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := content.ParseID(id.String())
		if err != nil || again != id {
			t.Errorf("%q is parsed as %v, and that as %v (%v)", text, id, again, err)
		}
	})
}
