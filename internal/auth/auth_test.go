package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

// TestMain stops the shared database after the tests and fails if goroutines are left.
func TestMain(m *testing.M) { mongotest.Main(m) }

// clock is a time that the test moves.
type clock struct{ at time.Time }

// now returns the time to which the test has moved the clock.
func (c *clock) now() time.Time { return c.at }

// open returns the keys of an empty database, which is closed with the test, and the clock that they
// read.
func open(t testing.TB) (*auth.Keys, *clock) {
	t.Helper()
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	c := &clock{at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	return auth.NewKeys(store, c.now), c
}

// mustCreate makes a key of an author. A zero lifetime means that it never ends.
func mustCreate(t testing.TB, keys *auth.Keys, lifetime time.Duration) (string, *content.APIKey) {
	t.Helper()
	token, key, err := keys.Create(t.Context(), "site", content.RoleAuthor, lifetime)
	if err != nil {
		t.Fatal(err)
	}
	return token, key
}

// TestATokenFindsItsKey also shows that the secret of a token is not stored.
func TestATokenFindsItsKey(t *testing.T) {
	keys, _ := open(t)
	token, created := mustCreate(t, keys, 0)
	if !strings.HasPrefix(token, "phk_"+created.Key+"_") || len(token) < 50 {
		t.Errorf("token is %s", token)
	}
	key, err := keys.ByToken(t.Context(), token)
	if err != nil || key.Name != "site" || key.Role != content.RoleAuthor {
		t.Errorf("key is %+v (%v)", key, err)
	}
	list, err := keys.List(t.Context())
	if err != nil || len(list) != 1 || list[0].LastUsedAt == nil {
		t.Errorf("list is %+v (%v)", list, err)
	}
	if strings.Contains(string(list[0].Hash), token[len(token)-10:]) {
		t.Error("the secret is stored")
	}
}

// TestWrongTokensAreRefusedAlike shows that no message reveals which part of a token is right.
func TestWrongTokensAreRefusedAlike(t *testing.T) {
	keys, _ := open(t)
	token, key := mustCreate(t, keys, 0)
	var said string
	for name, wrong := range map[string]string{
		"empty": "", "other prefix": "abc_" + token[4:], "other secret": "phk_" + key.Key + "_" + strings.Repeat("a", 32), "unknown id": "phk_aaaaaaaaaaaaaaaa" + token[20:],
		"cut": token[:len(token)-1], "longer": token + "a", "huge": token + strings.Repeat("a", 1000), "no secret": "phk_" + key.Key,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := keys.ByToken(t.Context(), wrong)
			if content.CodeOf(err) != content.Unauthenticated {
				t.Fatalf("got %v, want UNAUTHENTICATED", err)
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

// TestKeysEnd shows that a key is valid until just before its end, and not at it.
func TestKeysEnd(t *testing.T) {
	keys, c := open(t)
	token, _ := mustCreate(t, keys, time.Hour)
	c.at = c.at.Add(time.Hour - time.Second)
	if _, err := keys.ByToken(t.Context(), token); err != nil {
		t.Errorf("before its end: %v", err)
	}
	c.at = c.at.Add(time.Second)
	if _, err := keys.ByToken(t.Context(), token); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("at its end: %v", err)
	}
}

func TestRevocationTakesEffectWithinASecondOnOtherReplicas(t *testing.T) {
	keys, c := open(t)
	token, key := mustCreate(t, keys, 0)
	if _, err := keys.ByToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := keys.Revoke(t.Context(), key.Key); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Second)
	if _, err := keys.ByToken(t.Context(), token); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("a second after revocation: %v", err)
	}
	if err := keys.Revoke(t.Context(), "none"); content.CodeOf(err) != content.NotFound {
		t.Errorf("revoking nothing: %v", err)
	}
}

func TestUnknownRolesAreRefused(t *testing.T) {
	keys, _ := open(t)
	if _, _, err := keys.Create(t.Context(), "x", "GOD", 0); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("got %v, want BAD_USER_INPUT", err)
	}
}

func TestViewerOfAContext(t *testing.T) {
	if v := auth.ViewerOf(t.Context()); v.AccessRole != content.RoleReader || v.Perspective != content.Published || v.Key != nil {
		t.Errorf("anonymous is %+v", v)
	}
	want := &content.Viewer{AccessRole: content.RoleAdmin}
	if v := auth.ViewerOf(auth.WithViewer(t.Context(), want)); v != want {
		t.Errorf("viewer is %+v", v)
	}
}
