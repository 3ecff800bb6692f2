package web_test

import (
	"strings"
	"testing"
	"time"

	"patternhub/internal/web"
)

// TestARepeatedRequestIsAnsweredAlike sends each body several times, in turns with others, with and without a
// cache of what bodies ask for.
func TestARepeatedRequestIsAnsweredAlike(t *testing.T) {
	const query = `query Q($n:Int){patterns(first:$n){nodes{slug}}}`
	bodies := map[string]string{
		"a query":             `{"query":"{pattern(slug:\"a\"){slug}}"}`,
		"the same, spaced":    ` {"query": "{pattern(slug:\"a\"){slug}}" } `,
		"with variables":      `{"query":"` + query + `","variables":{"n":1}}`,
		"with others":         `{"query":"` + query + `","variables":{"n":2}}`,
		"with wrong ones":     `{"query":"` + query + `","variables":{"n":"1"}}`,
		"with a name":         `{"query":"` + query + ` query R{pattern(slug:\"a\"){name}}","operationName":"R"}`,
		"with a wrong name":   `{"query":"` + query + `","operationName":"R"}`,
		"a key given twice":   `{"query":"{pattern(slug:\"a\"){slug}}","query":"{pattern(slug:\"a\"){slug}}"}`,
		"a body that goes on": `{"query":"{pattern(slug:\"a\"){slug}}"}{}`,
		"half a body":         `{"query":"{pattern(slug:\"a\"){slug}}"`,
		"not UTF-8":           "{\"query\":\"{pattern(slug:\\\"a\\\"){slug}}\xff\"}",
		"an unknown key":      `{"query":"{pattern(slug:\"a\"){slug}}","x":1}`,
		"a wrong case":        `{"query":"{pattern(slug:\"a\"){slug}}","Variables":{}}`,
		"a batch":             `[{"query":"{pattern(slug:\"a\"){slug}}"}]`,
		"an empty body":       ``,
		"a mutation":          `{"query":"mutation{touch(id:\"1\"){slug}}"}`,
		"of the viewer":       `{"query":"{viewer{name}}"}`,
		"a long body":         `{"query":"{pattern(slug:\"a\"){slug}}","x":"` + strings.Repeat("x", 20<<10) + `"}`,
	}
	now := func() time.Time { return time.Unix(0, 0) } // so that budgets are equal
	cached := mustServer(t, web.Options{Revisions: newRevisions(), Now: now})
	// Documents that are not trusted are logged each time, so nothing is cached.
	read := mustServer(t, web.Options{Revisions: newRevisions(), Now: now, Trust: web.TrustLog})
	for range 3 {
		for name, body := range bodies {
			got, want := cached.send(t, "POST", "/graphql", body, "Content-Type: application/json"), read.send(t, "POST", "/graphql", body, "Content-Type: application/json")
			if got.status != want.status || got.body != want.body || got.header.Get("ETag") != want.header.Get("ETag") {
				t.Errorf("%s: %d %s, want %d %s", name, got.status, got.body, want.status, want.body)
			}
		}
	}
}

// TestABodyIsNotAURL sends the parameters of a URL as a body and the reverse, after the right request was
// cached. Neither may be answered from the entry of the other.
func TestABodyIsNotAURL(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions()})
	const body = `{"query":"{pattern(slug:\"a\"){slug}}"}`
	const url = "query={pattern(slug:%22a%22){slug}}"
	for range 2 {
		if a := s.send(t, "GET", "/graphql?"+url, ""); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := s.send(t, "POST", "/graphql", url, "Content-Type: application/json"); !strings.Contains(a.body, "errors") {
			t.Errorf("the parameters of a URL were served as a body: %s", a.body)
		}
		if a := s.send(t, "POST", "/graphql", body, "Content-Type: application/json"); strings.Contains(a.body, "errors") {
			t.Fatalf("%d %s", a.status, a.body)
		}
		if a := s.send(t, "GET", "/graphql?"+body, ""); !strings.Contains(a.body, "errors") {
			t.Errorf("a body was served as the parameters of a URL: %s", a.body)
		}
	}
}
