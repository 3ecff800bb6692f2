package auth_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// identity is a store with one identity, or with an error for each read.
type identity struct {
	is    content.Identity
	err   error
	reads int
}

func (i *identity) Identity(context.Context) (*content.Identity, error) {
	i.reads++
	if i.err != nil {
		return nil, i.err
	}
	return &i.is, nil
}

func database(name string) *identity {
	return &identity{is: content.Identity{Database: name, Secret: []byte("secret of " + name)}}
}

const (
	first  = "the first secret, long enough to sign"
	second = "the second secret, long enough as well"
)

func mustSign(t *testing.T, tokens *auth.Tokens, s content.SyncToken) string {
	t.Helper()
	token, err := tokens.SignSync(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSyncTokensOfReplicasAndRotation(t *testing.T) {
	want := content.SyncToken{Seq: 42, Types: []content.EntryType{"LAW"}, Database: "db"}
	for name, tt := range map[string]struct {
		signs, reads []string
		code         content.Code
	}{
		"the database's secret":         {nil, nil, ""},
		"one secret":                    {[]string{first}, []string{first}, ""},
		"a new secret was added":        {[]string{first}, []string{second, first}, ""},
		"a new secret signs":            {[]string{second, first}, []string{first, second}, ""},
		"the old secret is removed":     {[]string{first}, []string{second}, content.BadUserInput},
		"secrets were configured later": {nil, []string{first}, content.BadUserInput},
	} {
		t.Run(name, func(t *testing.T) {
			token := mustSign(t, auth.NewTokens(database("db"), tt.signs...), want)
			got, err := auth.NewTokens(database("db"), tt.reads...).VerifySync(t.Context(), token)
			if content.CodeOf(err) != tt.code {
				t.Fatalf("got %v, want code %q", err, tt.code)
			}
			if d := cmp.Diff(want, got); err == nil && d != "" {
				t.Errorf("token (-want +got):\n%s", d)
			}
		})
	}
}

func TestForeignAndBrokenTokens(t *testing.T) {
	tokens := auth.NewTokens(database("db"), first)
	good := mustSign(t, tokens, content.SyncToken{Seq: 42})
	raw, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	forged := append([]byte(nil), raw...)
	forged[2]++
	other, err := tokens.Sign(t.Context(), "preview", content.SyncToken{Seq: 42, Database: "db"}.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	unknown, err := tokens.Sign(t.Context(), "sync", []byte("9|1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, token := range map[string]string{
		"empty": "", "no base64": "?", "short": "AAAA", "cut": good[:len(good)-1], "longer": good + "AA", "long": strings.Repeat("A", 5000),
		"forged": base64.RawURLEncoding.EncodeToString(forged), "other purpose": other, "unknown form": unknown,
		"other database": mustSign(t, auth.NewTokens(database("other"), first), content.SyncToken{Seq: 42}),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := tokens.VerifySync(t.Context(), token); content.CodeOf(err) != content.BadUserInput {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestTokensWaitForTheDatabase(t *testing.T) {
	db := database("db")
	tokens := auth.NewTokens(db)
	db.err = content.Fault(content.Unavailable, "away")
	if _, err := tokens.SignSync(t.Context(), content.SyncToken{}); !errors.Is(err, db.err) {
		t.Fatalf("got %v", err)
	}
	if _, err := tokens.VerifySync(t.Context(), "x"); !errors.Is(err, db.err) {
		t.Fatalf("got %v", err)
	}
	db.err = nil
	for range 3 {
		mustSign(t, tokens, content.SyncToken{})
	}
	if db.reads != 3 {
		t.Errorf("the identity was read %d times, want 2 failures and once", db.reads)
	}
}

func FuzzVerifySync(f *testing.F) {
	tokens := auth.NewTokens(database("db"), first)
	f.Add("")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte("1|1|0|db||0123456789abcdef")))
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := tokens.VerifySync(t.Context(), token); content.CodeOf(err) != content.BadUserInput {
			t.Errorf("%q: %v", token, err)
		}
	})
}
