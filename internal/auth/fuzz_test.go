package auth_test

import (
	"testing"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// mustRefuse fails unless each made-up credential is refused with the same message, so that none
// reveals how near it came. The real one must pass, whatever the corpus holds.
func mustRefuse(t *testing.T, given, real string, err error) {
	t.Helper()
	switch {
	case given == real && err != nil:
		t.Errorf("the real one is refused: %v", err)
	case given != real && content.CodeOf(err) != content.Unauthenticated:
		t.Errorf("%q: %v", given, err)
	}
}

// FuzzKeys sends any text as an API key.
func FuzzKeys(f *testing.F) {
	keys, _ := open(f)
	real, _ := mustCreate(f, keys, 0)
	for _, seed := range []string{"", real, real[:len(real)-1], real + "=", "phk_", "phk__", "phk_a_b", "Bearer " + real} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		_, err := keys.ByToken(t.Context(), token)
		mustRefuse(t, token, real, err)
	})
}

// FuzzPreviews sends any text as a preview token.
func FuzzPreviews(f *testing.F) {
	keys, c := open(f)
	previews := auth.NewPreviews(stored{}, auth.NewTokens(database("db"), first), keys, c.now)
	_, key := mustCreate(f, keys, 0)
	real, _ := mustPreview(f, previews, key, time.Hour)
	for _, seed := range []string{"", real, real[:len(real)-1], real + "=", real + "\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) { mustRefuse(t, token, real, check(t, previews, token)) })
}
