package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"patternhub/internal/web"
)

// sane checks what every answer must satisfy, whatever was sent.
func sane(t *testing.T, w *httptest.ResponseRecorder, sent string) {
	t.Helper()
	body := w.Body.Bytes()
	if w.Code >= 500 || !utf8.Valid(body) {
		t.Fatalf("%q: %d %.300q", sent, w.Code, body)
	}
	if w.Code >= 400 && len(body) > 4096 {
		t.Fatalf("%q: a refusal of %d bytes", sent, len(body))
	}
	if strings.Contains(w.Header().Get("Content-Type"), "json") && !json.Valid(body) {
		t.Fatalf("%q: not JSON: %.300q", sent, body)
	}
}

// FuzzBody sends any body of a POST. Fields that fail on purpose are skipped, since they answer with 500
// or wait.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{hello}"}`, `{"query":"query($n:Int){echo(n:$n)}","variables":{"n":1}}`, `{"query":"{hello}","extensions":{"persistedQuery":{"version":1}}}`,
		`[]`, `{"query":"{` + strings.Repeat("a{", 50) + `"}`, `{"query":"\ud800"}`, `{"query":"{echo(text:\"\\ud800\")}"}`, `{"a":{"a":1,"a":2}}`, "\xff", "", "null",
		`{"query":"fragment A on Query{...A} {...A}"}`, `{"query":"{echo(filter:{and:[{and:[{}]}]})}"}`, `{"documentId":"x"}`,
	} {
		f.Add(seed)
	}
	s := mustServer(f, web.Options{})
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(body, "boom") || strings.Contains(body, "slow") || strings.Contains(body, "fail") {
			t.Skip("fields that fail on purpose")
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/graphql-response+json")
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		sane(t, w, body)
	})
}

// FuzzAccept sends any Accept header. A served answer must have one of the three media types.
func FuzzAccept(f *testing.F) {
	for _, seed := range []string{
		"", "*/*", "application/json;q=0.5,application/graphql-response+json", "text/event-stream", "a/b;c=d;q=1.5", ";;;", "application/json;q=nan", `a/b;q="`,
	} {
		f.Add(seed)
	}
	s := mustServer(f, web.Options{})
	s.graph.ticks = counting(0)
	f.Fuzz(func(t *testing.T, accept string) {
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`{"query":"{hello}"}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		sane(t, w, accept)
		media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
		if w.Code == 200 && media != "application/json" && media != "application/graphql-response+json" && media != "text/event-stream" {
			t.Fatalf("%q: answered %s", accept, media)
		}
	})
}

// FuzzPersistedQuery sends any extensions, with the text of the document or without it.
func FuzzPersistedQuery(f *testing.F) {
	for _, seed := range []string{
		`{"persistedQuery":{"version":1,"sha256Hash":"` + hash("{hello}") + `"}}`, `{"persistedQuery":null}`, `{"persistedQuery":{}}`, `{"persistedQuery":[1]}`, `1`, `{`,
	} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	s := mustServer(f, web.Options{})
	f.Fuzz(func(t *testing.T, extensions string, text bool) {
		body := `{"extensions":` + extensions
		if text {
			body += `,"query":"{hello}"`
		}
		r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body+"}"))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		s.Public().ServeHTTP(w, r)
		sane(t, w, body)
	})
}
