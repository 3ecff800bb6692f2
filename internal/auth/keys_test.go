package auth_test

import (
	"context"
	"encoding/base64"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

func TestTokensOfKeysHaveTheFormOfTheContract(t *testing.T) {
	keys, _ := open(t)
	form := regexp.MustCompile(`^phk_[a-z2-7]{16}_[a-z2-7]{32}$`) // 80 bits of id and 160 of secret
	used := map[string]bool{}
	for range 20 {
		token, key := mustCreate(t, keys, 0)
		if !form.MatchString(token) {
			t.Errorf("token is %s", token)
		}
		if len(key.Hash) != 32 || used[key.Key] || used[string(key.Hash)] {
			t.Errorf("the id or hash of key %s is not new", key.Key)
		}
		used[key.Key], used[string(key.Hash)] = true, true
	}
}

func TestLifetimesOfKeys(t *testing.T) {
	keys, c := open(t)
	for name, tt := range map[string]struct {
		lifetime time.Duration
		code     content.Code
		ends     bool
	}{
		"without end": {0, "", false}, "an hour": {time.Hour, "", true}, "negative": {-time.Hour, content.BadUserInput, false},
	} {
		t.Run(name, func(t *testing.T) {
			token, key, err := keys.Create(t.Context(), "x", content.RoleReader, tt.lifetime)
			if content.CodeOf(err) != tt.code {
				t.Fatalf("got %v, want %q", err, tt.code)
			}
			if err != nil {
				if token != "" || key != nil {
					t.Errorf("a refused key is %+v", key)
				}
				return
			}
			if (key.ExpiresAt != nil) != tt.ends || tt.ends && !key.ExpiresAt.Equal(c.at.Add(tt.lifetime)) {
				t.Errorf("it ends at %v", key.ExpiresAt)
			}
		})
	}
}

func TestEveryRoleCanHaveAKey(t *testing.T) {
	keys, _ := open(t)
	for _, role := range content.AccessRole("").Values() {
		token, _, err := keys.Create(t.Context(), role, content.AccessRole(role), 0)
		if err != nil {
			t.Fatal(err)
		}
		if key, err := keys.ByToken(t.Context(), token); err != nil || string(key.Role) != role {
			t.Errorf("%s: %+v (%v)", role, key, err)
		}
	}
	for _, role := range []content.AccessRole{"", "reader", "ROOT"} {
		if _, _, err := keys.Create(t.Context(), "x", role, 0); content.CodeOf(err) != content.BadUserInput {
			t.Errorf("%q: %v", role, err)
		}
	}
}

func TestUseIsRecordedOnceAMinute(t *testing.T) {
	keys, c := open(t)
	token, _ := mustCreate(t, keys, 0)
	lastUse := func() time.Time {
		t.Helper()
		if _, err := keys.ByToken(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		list, err := keys.List(t.Context())
		if err != nil || len(list) != 1 || list[0].LastUsedAt == nil {
			t.Fatalf("keys are %+v (%v)", list, err)
		}
		return *list[0].LastUsedAt
	}
	begun := c.at
	for _, tt := range []struct{ after, noted time.Duration }{
		{0, 0}, {30 * time.Second, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}, {90 * time.Second, time.Minute}, {time.Hour, time.Hour},
	} {
		c.at = begun.Add(tt.after)
		if got := lastUse(); !got.Equal(begun.Add(tt.noted)) {
			t.Errorf("after %v, the last use was at %v, want %v", tt.after, got.Sub(begun), tt.noted)
		}
	}
}

func TestRevocationTakesEffectAtOnceOnItsReplica(t *testing.T) {
	keys, _ := open(t)
	token, key := mustCreate(t, keys, 0)
	if role, err := keys.Role(t.Context(), key.Key); err != nil || role != content.RoleAuthor {
		t.Errorf("a new key has the role %q (%v)", role, err)
	}
	if _, err := keys.ByToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := keys.Revoke(t.Context(), key.Key); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.ByToken(t.Context(), token); content.CodeOf(err) != content.Unauthenticated {
		t.Errorf("at the same moment: %v", err)
	}
	for _, id := range []string{key.Key, "none", ""} {
		if role, err := keys.Role(t.Context(), id); err != nil || role != "" {
			t.Errorf("%q has the role %q (%v)", id, role, err)
		}
	}
}

// TestAMissingDatabaseIsNotAWrongKey: the error says that the key could not be read, not that it is
// wrong.
func TestAMissingDatabaseIsNotAWrongKey(t *testing.T) {
	keys, _ := open(t)
	token, key := mustCreate(t, keys, 0)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"recognise": func() error { _, err := keys.ByToken(gone, token); return err }(),
		"role":      func() error { _, err := keys.Role(gone, key.Key); return err }(),
		"create":    func() error { _, _, err := keys.Create(gone, "x", content.RoleReader, 0); return err }(),
		"list":      func() error { _, err := keys.List(gone); return err }(),
		"revoke":    keys.Revoke(gone, key.Key),
	} {
		if code := content.CodeOf(err); code == "" || code == content.Unauthenticated || code == content.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := keys.ByToken(t.Context(), token); err != nil {
		t.Errorf("when it is back: %v", err)
	}
}

func TestSignedPayloadsRoundTrip(t *testing.T) {
	tokens := auth.NewTokens(database("db"), first)
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.SliceOfN(rapid.Byte(), 0, 500).Draw(t, "payload")
		purpose := rapid.SampledFrom([]string{"sync", "preview", ""}).Draw(t, "purpose")
		want := string(payload)
		token, err := tokens.Sign(context.Background(), purpose, payload)
		if err != nil || string(payload) != want {
			t.Fatalf("signing %q: %v, and the payload is now %q", want, err, payload)
		}
		got, ok, err := tokens.Verify(context.Background(), purpose, token)
		if err != nil || !ok || string(got) != want {
			t.Errorf("%q is verified as %q (%v, %v)", want, got, ok, err)
		}
		if _, ok, _ := tokens.Verify(context.Background(), purpose+"x", token); ok {
			t.Error("it is accepted for another purpose")
		}
		raw, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			t.Fatal(err)
		}
		raw[rapid.IntRange(0, len(raw)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		if _, ok, _ := tokens.Verify(context.Background(), purpose, base64.RawURLEncoding.EncodeToString(raw)); ok {
			t.Error("a changed bit was accepted")
		}
	})
}

// TestPurposeAndPayloadAreSeparate moves bytes from the end of one to the beginning of the other.
func TestPurposeAndPayloadAreSeparate(t *testing.T) {
	tokens := auth.NewTokens(database("db"), first)
	token, err := tokens.Sign(t.Context(), "sync", []byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := tokens.Sign(t.Context(), "syn", []byte("cabc"))
	if err != nil {
		t.Fatal(err)
	}
	signature := func(s string) string {
		raw, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw[len(raw)-16:])
	}
	if signature(token) == signature(other) {
		t.Error("two purposes share a signature")
	}
}

func TestTheLongestSyncTokenFits(t *testing.T) {
	tokens := auth.NewTokens(database(strings.Repeat("d", 36)), first)
	want := content.SyncToken{
		Seq: 1<<62 - 1, Start: 1<<62 - 1, Types: content.SortedTypes(content.Types()[1:]), Only: strings.Repeat("f", 16), Database: strings.Repeat("d", 36),
	}
	got, err := tokens.VerifySync(t.Context(), mustSign(t, tokens, want))
	if err != nil || !got.SameTypes(want.Types) || got.Seq != want.Seq || got.Start != want.Start || got.Only != want.Only {
		t.Errorf("it came back as %+v (%v)", got, err)
	}
}
