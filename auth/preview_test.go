package auth_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"patternhub/auth"
	"patternhub/content"
)

// shelf keeps one key and an identity in memory; what keys and identities do in the database
// is tested there.
type shelf struct {
	content.KeyStore
	key *content.APIKey
}

func (s *shelf) PutKey(_ context.Context, k *content.APIKey) error { s.key = k; return nil }

func (s *shelf) KeyByID(_ context.Context, id string) (*content.APIKey, error) {
	if s.key == nil || s.key.ID != id {
		return nil, nil
	}
	return s.key, nil
}

func (*shelf) Identity(context.Context) (*content.Identity, error) {
	return &content.Identity{Database: "db", Secret: []byte("secret")}, nil
}

func TestPreviewTokens(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	s := &shelf{}
	keys, tokens := auth.NewKeys(s, clock), auth.NewTokens(s)
	_, key, err := keys.Create(t.Context(), "site", content.RolePreviewer, 0)
	if err != nil {
		t.Fatal(err)
	}
	p := auth.NewPreviews(tokens, keys, clock)
	if _, _, err := p.Create(t.Context(), &content.Viewer{AccessRole: content.RolePreviewer}, time.Hour); content.CodeOf(err) != content.Forbidden {
		t.Errorf("a preview without a key: %v", err)
	}
	token, ends, err := p.Create(t.Context(), &content.Viewer{Key: key, AccessRole: key.Role}, time.Hour)
	if err != nil || !ends.Equal(now.Add(time.Hour)) {
		t.Fatalf("ends %s, %v", ends, err)
	}
	check := func(what, token string, want content.Code) {
		t.Helper()
		if got := content.CodeOf(p.Check(t.Context(), token)); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	check("fresh", token, "")
	check("made up", "AAAA", content.Unauthenticated)
	check("changed", "A"+token[1:], content.Unauthenticated)
	if other, err := tokens.Sign(t.Context(), "sync", []byte("zzzzzzz|"+key.ID)); err != nil {
		t.Fatal(err)
	} else {
		check("of another purpose", other, content.Unauthenticated)
	}
	now = now.Add(time.Hour)
	check("expired", token, content.Unauthenticated)
	now = now.Add(-time.Minute)
	revoked := now
	s.key.RevokedAt = &revoked
	check("of a revoked key", token, content.Unauthenticated)
}

func TestAccess(t *testing.T) {
	a := auth.NewAccess()
	key := &content.APIKey{}
	for name, tt := range map[string]struct {
		viewer        content.Viewer
		object, field string
		want          content.Code
	}{
		"anonymous reads":          {content.Viewer{AccessRole: content.RoleReader}, "Query", "patterns", ""},
		"anonymous writes":         {content.Viewer{AccessRole: content.RoleReader}, "Mutation", "patternCreate", content.Unauthenticated},
		"reader writes":            {content.Viewer{AccessRole: content.RoleReader, Key: key}, "Mutation", "patternCreate", content.Forbidden},
		"author writes":            {content.Viewer{AccessRole: content.RoleAuthor, Key: key}, "Mutation", "caseStudyUpdate", ""},
		"author publishes":         {content.Viewer{AccessRole: content.RoleAuthor, Key: key}, "Mutation", "entryPublish", content.Forbidden},
		"publisher publishes":      {content.Viewer{AccessRole: content.RolePublisher, Key: key}, "Mutation", "entryPublish", ""},
		"preview token writes":     {content.Viewer{AccessRole: content.RolePreviewer}, "Mutation", "patternCreate", content.Forbidden},
		"a field without a row":    {content.Viewer{AccessRole: content.RolePublisher, Key: key}, "Mutation", "somethingNew", content.Forbidden},
		"an admin asks for it":     {content.Viewer{AccessRole: content.RoleAdmin, Key: key}, "Mutation", "somethingNew", ""},
		"introspection is for all": {content.Viewer{AccessRole: content.RoleReader}, "Query", "__schema", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := content.CodeOf(a.Check(&tt.viewer, tt.object, tt.field)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	if !a.Known("Query", "caseStudies") || a.Known("Query", "nothing") {
		t.Error("the rows are not those of the schema")
	}
	for _, row := range a.Rows() {
		if !strings.Contains(row, ".") {
			t.Errorf("row %q", row)
		}
	}
}
