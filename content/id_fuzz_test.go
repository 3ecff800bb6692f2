package content_test

import (
	"testing"

	"patternhub/content"
)

// FuzzParseID reads anything as a global id. It is refused as the client's fault, or it names an
// entry whose own id is read the same.
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
			t.Errorf("%q is %v, whose own id is %v %v", text, id, again, err)
		}
	})
}
