package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// TestManifests checks the three formats of manifests that build tools write. A manifest with one faulty
// entry is refused as a whole, since a client could not know which of its documents are served.
func TestManifests(t *testing.T) {
	const apollo = `"format":"apollo-persisted-query-manifest","version":1`
	for name, tt := range map[string]struct {
		raw  string
		want map[string]string // nil: refused
	}{
		"graphql-codegen": {`{"sha256:a":"{a}","b":"{b}"}`, map[string]string{"sha256:a": "{a}", "b": "{b}"}},
		"Relay":           {`{"d41d8cd98f00b204e9800998ecf8427e":"query A{a}"}`, map[string]string{"d41d8cd98f00b204e9800998ecf8427e": "query A{a}"}},
		"Apollo": {
			`{` + apollo + `,"operations":[{"id":"a","name":"A","type":"query","body":"query A{a}"},{"id":"b","body":"{b}"}]}`,
			map[string]string{"a": "query A{a}", "b": "{b}"},
		},
		"Apollo, empty":       {`{` + apollo + `,"operations":[]}`, map[string]string{}},
		"Apollo, same twice":  {`{` + apollo + `,"operations":[{"id":"a","body":"{a}"},{"id":"a","body":"{a}"}]}`, map[string]string{"a": "{a}"}},
		"Apollo, two of one":  {`{` + apollo + `,"operations":[{"id":"a","body":"{a}"},{"id":"a","body":"{b}"}]}`, nil},
		"Apollo, no id":       {`{` + apollo + `,"operations":[{"body":"{a}"}]}`, nil},
		"Apollo, no body":     {`{` + apollo + `,"operations":[{"id":"a"}]}`, nil},
		"Apollo, not a list":  {`{` + apollo + `,"operations":{}}`, nil},
		"Apollo, version 2":   {`{"format":"apollo-persisted-query-manifest","version":2,"operations":[]}`, nil},
		"another format":      {`{"format":"other","version":1,"operations":[]}`, nil},
		"empty":               {`{}`, map[string]string{}},
		"a list":              {`[]`, nil},
		"no text":             {`{"a":1}`, nil},
		"null":                {`{"a":null}`, nil},
		"an empty id":         {`{"":"{a}"}`, nil},
		"cut":                 {`{"a":"{a}"`, nil},
		"something behind it": {`{"a":"{a}"} x`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := web.ParseManifest([]byte(tt.raw))
			if tt.want == nil {
				if content.CodeOf(err) != content.BadUserInput {
					t.Errorf("got %v, %v", got, err)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestTrustedDocumentsByEveryName requests documents in all ways in which clients name them.
func TestTrustedDocumentsByEveryName(t *testing.T) {
	const query, named = "query Known{hello}", "query Named{hello}"
	persistedAs := func(hash string) string {
		raw, err := json.Marshal(map[string]any{"persistedQuery": map[string]any{"version": 1, "sha256Hash": hash}})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	for _, written := range []string{hash(query), "sha256:" + hash(query)} {
		s := mustServer(t, web.Options{Documents: map[string]string{written: query, "plain": named}, Trust: web.TrustEnforce})
		for _, sent := range []string{hash(query), "sha256:" + hash(query), "plain", "sha256:plain"} {
			for name, body := range map[string]string{
				"documentId":              `{"documentId":"` + sent + `"}`,
				"with null":               `{"documentId":"` + sent + `","query":null,"variables":null,"operationName":null,"extensions":null}`,
				"with an empty query":     `{"documentId":"` + sent + `","query":""}`,
				"sha256Hash":              `{"extensions":` + persistedAs(sent) + `}`,
				"sha256Hash, nothing set": `{"query":null,"documentId":null,"extensions":` + persistedAs(sent) + `}`,
			} {
				if a := s.send(t, http.MethodPost, "/graphql", body, typeJSON, acceptNew); a.status != 200 || string(a.Data) != `{"hello":"world"}` {
					t.Errorf("%s in the manifest, %s of %s: %d %s", written, name, sent, a.status, a.body)
				}
			}
			if a := s.send(t, http.MethodGet, "/graphql?extensions="+url.QueryEscape(persistedAs(sent)), "", acceptNew); a.status != 200 {
				t.Errorf("%s in the manifest, by GET as %s: %d %s", written, sent, a.status, a.body)
			}
		}
		// A client that also sends the text is served as well.
		if a := s.send(t, http.MethodPost, "/graphql", `{"query":"`+query+`","extensions":`+persistedAs("sha256:"+hash(query))+`}`, typeJSON, acceptNew); a.status != 200 {
			t.Errorf("with its text: %d %s", a.status, a.body)
		}
		if a := s.send(t, http.MethodPost, "/graphql", `{"query":null}`, typeJSON, acceptNew); a.status != 400 || a.code() != "BAD_USER_INPUT" {
			t.Errorf("null alone: %d %s", a.status, a.body)
		}
	}
}

// TestPersistedQueriesWithTheirPrefix shows that a hash names the same document with and without
// "sha256:".
func TestPersistedQueriesWithTheirPrefix(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.send(t, http.MethodPost, "/graphql", apq("{hello}", "sha256:"+hash("{hello}")), typeJSON)
	for _, sent := range []string{hash("{hello}"), "sha256:" + hash("{hello}")} {
		if a := s.send(t, http.MethodPost, "/graphql", apq("", sent), typeJSON, acceptNew); a.status != 200 {
			t.Errorf("%s: %d %s", sent, a.status, a.body)
		}
	}
}

// TestDocumentsAreReplaced shows that a new manifest replaces the old one while the server runs. Documents
// that are only in the old one are refused at once.
func TestDocumentsAreReplaced(t *testing.T) {
	s := mustServer(t, web.Options{Documents: map[string]string{"a": "{hello}"}, Trust: web.TrustEnforce})
	ask := func(id string) int {
		return s.send(t, http.MethodPost, "/graphql", `{"documentId":"`+id+`"}`, typeJSON, acceptNew).status
	}
	if a, b := ask("a"), ask("b"); a != 200 || b != 400 {
		t.Errorf("before: %d %d", a, b)
	}
	s.SetDocuments(map[string]string{"b": "{hello}"})
	if a, b := ask("a"), ask("b"); a != 400 || b != 200 {
		t.Errorf("after: %d %d", a, b)
	}
}

// TestSomeViewersAskWithAnyDocument shows that an exempt viewer may send any text although trust is
// enforced, and that what it persists does not become available to others.
func TestSomeViewersAskWithAnyDocument(t *testing.T) {
	s := mustServer(t, web.Options{Trust: web.TrustEnforce, Authenticate: exempting})
	const author, other = "Authorization: Bearer author", "Authorization: Bearer other"
	send := func(body, key string) answer {
		return s.send(t, http.MethodPost, "/graphql", body, typeJSON, acceptNew, key)
	}
	if a := send(`{"query":"{hello}"}`, author); a.status != 200 {
		t.Errorf("an author: %d %s", a.status, a.body)
	}
	if a := send(`{"query":"{hello}"}`, other); a.status != 403 {
		t.Errorf("another key: %d %s", a.status, a.body)
	}
	// What an author has persisted is available to authors only.
	send(apq("{hello}", hash("{hello}")), author)
	if a := send(apq("", hash("{hello}")), author); a.status != 200 {
		t.Errorf("an author, persisted: %d %s", a.status, a.body)
	}
	if a := send(apq("", hash("{hello}")), other); a.code() != "PERSISTED_QUERY_NOT_FOUND" {
		t.Errorf("another key, persisted: %d %s", a.status, a.body)
	}
}

// exempting allows the key "author" any document.
func exempting(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
	return ctx, web.Viewer{Key: c.Token, Scope: c.Token, AnyDocument: c.Token == "author"}, nil
}
