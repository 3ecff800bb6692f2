package auth_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// previews returns Previews over a real key store, with the clock of the keys.
func previews(t *testing.T) (*auth.Previews, *auth.Tokens, *auth.Keys, *clock) {
	t.Helper()
	keys, c := open(t)
	tokens := auth.NewTokens(database("db"), first)
	return auth.NewPreviews(tokens, keys, c.now), tokens, keys, c
}

func mustPreview(t testing.TB, p *auth.Previews, by *content.APIKey, lifetime time.Duration) (string, time.Time) {
	t.Helper()
	token, ends, err := p.Create(t.Context(), &content.Viewer{AccessRole: by.Role, Key: by}, lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return token, ends
}

func TestPreviewsEndByThemselves(t *testing.T) {
	p, _, keys, c := previews(t)
	_, key := mustCreate(t, keys, 0)
	token, ends := mustPreview(t, p, key, time.Hour)
	if want := c.at.Add(time.Hour); !ends.Equal(want) || ends.Location() != time.UTC {
		t.Errorf("it ends at %v, want %v", ends, want)
	}
	for name, tt := range map[string]struct {
		after time.Duration
		code  content.Code
	}{
		"at once": {0, ""}, "a second before its end": {time.Hour - time.Second, ""}, "at its end": {time.Hour, content.Unauthenticated}, "later": {24 * time.Hour, content.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			begun := c.at
			defer func() { c.at = begun }()
			c.at = c.at.Add(tt.after)
			if got := content.CodeOf(p.Check(t.Context(), token)); got != tt.code {
				t.Errorf("got %q, want %q", got, tt.code)
			}
		})
	}
}

func TestPreviewsEndWithTheirKey(t *testing.T) {
	p, _, keys, c := previews(t)
	_, revoked := mustCreate(t, keys, 0)
	_, short := mustCreate(t, keys, time.Minute)
	_, valid := mustCreate(t, keys, 0)
	ofRevoked, _ := mustPreview(t, p, revoked, time.Hour)
	ofShort, _ := mustPreview(t, p, short, time.Hour)
	ofValid, _ := mustPreview(t, p, valid, time.Hour)
	for _, token := range []string{ofRevoked, ofShort, ofValid} {
		if err := p.Check(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	if err := keys.Revoke(t.Context(), revoked.ID); err != nil {
		t.Fatal(err)
	}
	if err := p.Check(t.Context(), ofRevoked); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after its key was revoked: %v", err)
	}
	c.at = c.at.Add(2 * time.Minute)
	if err := p.Check(t.Context(), ofShort); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("after its key has ended: %v", err)
	}
	if err := p.Check(t.Context(), ofValid); err != nil {
		t.Errorf("that of another key: %v", err)
	}
}

func TestPreviewsNeedAKey(t *testing.T) {
	p, _, _, _ := previews(t)
	if token, _, err := p.Create(t.Context(), &content.Viewer{AccessRole: content.RolePreviewer}, time.Hour); content.CodeOf(err) != content.Unauthenticated || token != "" {
		t.Errorf("without a key: %q, %v", token, err)
	}
}

func TestWrongPreviewsAreRefusedAlike(t *testing.T) {
	p, tokens, keys, c := previews(t)
	secret, key := mustCreate(t, keys, 0)
	good, _ := mustPreview(t, p, key, time.Hour)
	sign := func(purpose, payload string) string {
		t.Helper()
		token, err := tokens.Sign(t.Context(), purpose, []byte(payload))
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	until := strconv.FormatInt(c.at.Add(time.Hour).Unix(), 36)
	if err := p.Check(t.Context(), sign("preview", until+"|"+key.ID)); err != nil {
		t.Fatalf("one as it should be: %v", err)
	}
	var said string
	for name, token := range map[string]string{
		"empty": "", "an API key": secret, "cut": good[:len(good)-2], "longer": good + "AAAA", "huge": strings.Repeat("A", 5000),
		"other purpose": sign("sync", until+"|"+key.ID), "no time": sign("preview", "|"+key.ID), "no key": sign("preview", until),
		"unknown key": sign("preview", until+"|none"), "empty key": sign("preview", until+"|"), "before all time": sign("preview", "-1|"+key.ID),
		"other secret": mustForeign(t, until+"|"+key.ID),
	} {
		t.Run(name, func(t *testing.T) {
			err := p.Check(t.Context(), token)
			if content.CodeOf(err) != content.Unauthenticated {
				t.Fatalf("got %v", err)
			}
			if said == "" {
				said = err.Error()
			}
			if err.Error() != said {
				t.Errorf("%q says more than %q", err, said)
			}
		})
	}
}

// mustForeign signs a preview with a secret that is not the hub's.
func mustForeign(t *testing.T, payload string) string {
	t.Helper()
	token, err := auth.NewTokens(database("db"), second).Sign(t.Context(), "preview", []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestPreviewsReportAMissingDatabase(t *testing.T) {
	p, _, keys, _ := previews(t)
	_, key := mustCreate(t, keys, 0)
	token, _ := mustPreview(t, p, key, time.Hour)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Check(gone, token); err == nil || content.CodeOf(err) == content.Unauthenticated {
		t.Errorf("checking with a key that cannot be read: %v", err)
	}
	away := database("db")
	away.err = errors.New("away")
	unsigned := auth.NewPreviews(auth.NewTokens(away), keys, nil)
	if _, _, err := unsigned.Create(t.Context(), &content.Viewer{Key: key}, time.Hour); !errors.Is(err, away.err) {
		t.Errorf("creating: %v", err)
	}
	if err := unsigned.Check(t.Context(), token); !errors.Is(err, away.err) {
		t.Errorf("checking: %v", err)
	}
}
