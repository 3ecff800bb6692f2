package site_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/site"
)

// source answers every document with the same data, and counts.
type source struct {
	data     string
	err      error
	revision uint64
	asked    []map[string]any
	runs     int
	charges  int
	entries  []site.Listed
	walks    int
	sources  map[string]string
}

func (s *source) Ask(_ string, vars map[string]any) (site.Question, error) {
	s.asked = append(s.asked, vars)
	return s, nil
}

func (s *source) Open(context.Context) (site.Reading, error) {
	if content.CodeOf(s.err) == content.Unauthenticated {
		return nil, s.err
	}
	return s, nil
}

func (s *source) Revision() uint64 { return s.revision }

func (s *source) Charge() error { s.charges++; return nil }

func (s *source) Run() (json.RawMessage, bool, error) {
	s.runs++
	return json.RawMessage(s.data), true, s.err
}

// Entries visits the source's entries.
func (s *source) Entries(_ context.Context, visit func(site.Listed)) error {
	s.walks++
	for _, e := range s.entries {
		visit(e)
	}
	return nil
}

// Source returns the source's Markdown of an entry.
func (s *source) Source(_ context.Context, id string) ([]byte, error) {
	if text, ok := s.sources[id]; ok {
		return []byte(text), nil
	}
	return nil, nil
}

// build returns a site over a source.
func build(t *testing.T, from *source, change func(*site.Options)) *site.Site {
	t.Helper()
	o := site.Options{Ask: from.Ask, Entries: from.Entries, Source: from.Source, Title: "A hub", Playground: true, Build: "1", CacheBytes: 1 << 20, Log: slog.New(slog.DiscardHandler)}
	if change != nil {
		change(&o)
	}
	s, err := site.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// get requests a path; headers are "Name: value".
func get(t *testing.T, h http.Handler, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const onePattern = `{"pattern":{"name":"Circuit Breaker","slug":"circuit-breaker","summary":"Stops calls.","resourcePath":"/patterns/circuit-breaker","revision":3,
	"body":{"html":"<p>Body</p>","headings":[{"level":2,"text":"How","anchor":"how"}]}}}`

func TestAPageIsKeptUntilSomethingIsPublished(t *testing.T) {
	from := &source{data: onePattern, revision: 1}
	s := build(t, from, nil)
	first := get(t, s, "/patterns/circuit-breaker")
	if first.Code != http.StatusOK || !strings.Contains(first.Body.String(), ">Circuit Breaker</h1>") {
		t.Fatalf("the page is %d %s", first.Code, first.Body)
	}
	second := get(t, s, "/patterns/circuit-breaker")
	if second.Body.String() != first.Body.String() || from.runs != 1 || from.charges != 1 {
		t.Errorf("after the second request there were %d runs and %d charges, want 1 and 1", from.runs, from.charges)
	}
	tag := first.Header().Get("Etag")
	for name, sent := range map[string]string{"its tag": tag, "in a list": `"x", ` + tag, "strong": strings.TrimPrefix(tag, "W/"), "any": "*"} {
		if w := get(t, s, "/patterns/circuit-breaker", "If-None-Match: "+sent); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s: the answer is %d with %d bytes, want 304 with none", name, w.Code, w.Body.Len())
		}
	}
	from.revision = 2
	w := get(t, s, "/patterns/circuit-breaker", "If-None-Match: "+tag)
	if w.Code != http.StatusOK || from.runs != 2 || w.Header().Get("Etag") == tag {
		t.Errorf("after a publish the answer is %d with the tag %s, and there were %d runs", w.Code, w.Header().Get("Etag"), from.runs)
	}
}

func TestATagIsOfOneBuild(t *testing.T) {
	tag := func(build_ string) string {
		s := build(t, &source{data: onePattern}, func(o *site.Options) { o.Build = build_ })
		return get(t, s, "/patterns/circuit-breaker").Header().Get("Etag")
	}
	if a, b := tag("1"), tag("2"); a == b || a == "" {
		t.Errorf("two builds have the tags %q and %q", a, b)
	}
}

func TestAddresses(t *testing.T) {
	for name, c := range map[string]struct {
		path, data, location string
		status               int
	}{
		"entry":                {"/patterns/circuit-breaker", onePattern, "", 200},
		"former slug":          {"/patterns/breaker", onePattern, "/patterns/circuit-breaker", 301},
		"query of an entry":    {"/patterns/circuit-breaker?utm_source=x", onePattern, "/patterns/circuit-breaker", 302},
		"no such entry":        {"/patterns/nope", `{"pattern":null,"search":{"nodes":[]}}`, "", 404},
		"empty fields":         {"/search?q=&type=", `{}`, "/search", 302},
		"search without words": {"/search", `{}`, "", 200},
		"nothing":              {"/nope/nope", `{"search":{"nodes":[{"name":"Near","resourcePath":"/patterns/near"}]}}`, "", 404},
		"two slashes":          {"//evil.example/%2e%2e", `{"search":{"nodes":[]}}`, "/", 307},
		"long query":           {"/search?q=" + strings.Repeat("x", 5000), `{}`, "", 414},
		"long path":            {"/" + strings.Repeat("x", 5000), `{}`, "", 414},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, build(t, &source{data: c.data}, nil), c.path)
			if w.Code != c.status || !strings.HasPrefix(w.Header().Get("Location"), c.location) || (c.location == "") != (w.Header().Get("Location") == "") {
				t.Errorf("the answer is %d to %q, want %d to %q", w.Code, w.Header().Get("Location"), c.status, c.location)
			}
			if strings.HasPrefix(w.Header().Get("Location"), "//") {
				t.Errorf("the answer leads to another host: %q", w.Header().Get("Location"))
			}
		})
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	for name, path := range map[string]string{"page": "/patterns/circuit-breaker", "missing": "/nope", "redirect": "/search?q=", "asset": "/assets/none.css"} {
		t.Run(name, func(t *testing.T) {
			h := get(t, build(t, &source{data: onePattern}, nil), path).Header()
			if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self';") ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" {
				t.Errorf("the headers are %v", h)
			}
		})
	}
}

func TestHostileTextsStayTexts(t *testing.T) {
	const evil = `</title></script><script>alert(1)</script>\"' onload=x`
	data := `{"pattern":{"name":"` + evil + `","summary":"` + evil + `","resourcePath":"/patterns/x","aliases":["` + evil + `"],
		"whenToUse":["` + evil + `"],"body":{"headings":[{"level":2,"text":"` + evil + `","anchor":"\"><script>"}]},
		"relatedPatterns":{"edges":[{"relations":[{"relation":"COMPLEMENTS"}],"node":{"name":"a","resourcePath":"javascript:alert(1)"}}]}}}`
	body := get(t, build(t, &source{data: data}, nil), "/patterns/x").Body.String()
	if !strings.Contains(body, "Works well with") {
		t.Fatal("the page is incomplete:", body)
	}
	for _, bad := range []string{"<script>alert", "javascript:alert", `"><script>`} {
		if strings.Contains(body, bad) {
			t.Errorf("the page contains %s", bad)
		}
	}
	data = `{"search":{"totalCount":0},"type":{},"tier":{},"category":{},"difficulty":{}}`
	body = get(t, build(t, &source{data: data}, nil), "/search?q=%3Cscript%3Ealert%281%29%3C%2Fscript%3E").Body.String()
	if strings.Contains(body, "<script>") || !strings.Contains(body, "&lt;script&gt;") {
		t.Error("the words of a search are not text:", body)
	}
}

// delayed is an error that may not occur again after a time.
type delayed struct{ error }

func (d delayed) Unwrap() error           { return d.error }
func (delayed) RetryAfter() time.Duration { return 1500 * time.Millisecond }

func TestErrorsArePages(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		status int
		retry  string
	}{
		"too many":       {delayed{content.Fault(content.RateLimited, "secret")}, 429, "2"},
		"not ready":      {content.Fault(content.Unavailable, "secret"), 503, ""},
		"too long":       {content.Fault(content.Timeout, "secret"), 504, ""},
		"wrong argument": {content.Fault(content.BadUserInput, "secret"), 400, ""},
		"fault":          {content.Wrap(content.Internal, "secret", io.ErrUnexpectedEOF), 500, ""},
		"without a key":  {content.Fault(content.Unauthenticated, "secret"), 401, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, build(t, &source{err: c.err, data: onePattern}, nil), "/patterns/circuit-breaker")
			if w.Code != c.status || w.Header().Get("Retry-After") != c.retry || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("the answer is %d with %v", w.Code, w.Header())
			}
			if body := w.Body.String(); !strings.Contains(body, "<h1>") || strings.Contains(body, "secret") {
				t.Errorf("the page is %s", body)
			}
		})
	}
}

func TestOnlyReadersWithAKeySeeContent(t *testing.T) {
	from := &source{err: content.Fault(content.Unauthenticated, ""), data: onePattern}
	s := build(t, from, nil)
	from.entries = []site.Listed{{Path: "/patterns/circuit-breaker", Name: "Circuit"}}
	for _, path := range []string{
		"/", "/patterns", "/patterns/circuit-breaker", "/laws", "/a/b", "/search?q=a", "/nope", "/patterns/circuit-breaker.md", "/search/suggest?q=c",
		"/sitemap.xml", "/sitemap-1.xml", "/feed.atom", "/llms.txt", "/og/patterns/circuit-breaker.png", "/og.png",
	} {
		w := get(t, s, path)
		if w.Code != http.StatusUnauthorized || strings.Contains(w.Body.String(), "Circuit") || strings.Contains(w.Body.String(), "/patterns") {
			t.Errorf("%s: the answer is %d %s", path, w.Code, w.Body)
		}
	}
	if from.runs+from.walks > 0 {
		t.Errorf("%d documents were run, and the entries were read %d times", from.runs, from.walks)
	}
	if robots := get(t, s, "/robots.txt").Body.String(); robots != "User-agent: *\nDisallow: /\n" {
		t.Errorf("crawlers may read: %s", robots)
	}
}

func TestEncodings(t *testing.T) {
	s := build(t, &source{data: onePattern}, nil)
	plain := get(t, s, "/patterns/circuit-breaker").Body.String()
	for name, c := range map[string]struct{ accept, want string }{
		"browser": {"gzip, deflate, br, zstd", "br"}, "gzip": {"gzip", "gzip"}, "refused": {"br;q=0, gzip;q=0.5", "gzip"}, "none": {"identity", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := get(t, s, "/patterns/circuit-breaker", "Accept-Encoding: "+c.accept)
			var r io.Reader = w.Body
			switch c.want {
			case "br":
				r = brotli.NewReader(w.Body)
			case "gzip":
				z, err := gzip.NewReader(w.Body)
				if err != nil {
					t.Fatal(err)
				}
				r = z
			}
			body, err := io.ReadAll(r)
			if err != nil || string(body) != plain || w.Header().Get("Content-Encoding") != c.want || w.Header().Get("Vary") != "Accept, Accept-Encoding" {
				t.Errorf("%q: %v, %d bytes, %v", w.Header().Get("Content-Encoding"), err, len(body), w.Header())
			}
		})
	}
}

func TestMethods(t *testing.T) {
	s := build(t, &source{data: onePattern}, nil)
	for method, status := range map[string]int{http.MethodHead: 200, http.MethodPost: 405, http.MethodDelete: 405} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, "/patterns/circuit-breaker", http.NoBody))
		if w.Code != status || (method == http.MethodHead) != (w.Body.Len() == 0) {
			t.Errorf("%s: %d with %d bytes, want %d", method, w.Code, w.Body.Len(), status)
		}
	}
}

func TestFilesOfTheOwner(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"extra.css": ":root { --accent: red; }", "logo.svg": "<svg/>"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := build(t, &source{data: onePattern}, func(o *site.Options) { o.Overrides = dir })
	body := get(t, s, "/patterns/circuit-breaker").Body.String()
	for _, want := range []string{"/assets/extra.", "/assets/logo.", "/assets/site."} {
		_, rest, ok := strings.Cut(body, want)
		name, _, _ := strings.Cut(rest, `"`)
		w := get(t, s, want+name)
		if !ok || w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: found is %v, and the answer %d %v", want, ok, w.Code, w.Header())
		}
	}
}

func TestPagesOfTheTree(t *testing.T) {
	from := &source{data: `{"page":{"name":"A","slug":"a/b/c","resourcePath":"/a/b/c"}}`}
	s := build(t, from, nil)
	if w := get(t, s, "/a/b/c"); w.Code != http.StatusOK {
		t.Fatalf("the page is %d %s", w.Code, w.Body)
	}
	want := map[string]any{"path": "a/b/c", "folder": "a/b/", "inside": "a/b/c/", "above": []string{"a/b/c", "index", "a", "a/b"}}
	if diff := cmp.Diff(want, from.asked[0]); diff != "" {
		t.Error(diff)
	}
	for path, want := range map[string]string{"/a/b/c/": "/a/b/c", "/patterns/saga/": "/patterns/saga", "/%D7%A2/": "/%D7%A2"} {
		if w := get(t, s, path); w.Code != http.StatusFound || w.Header().Get("Location") != want {
			t.Errorf("%s is answered %d to %q, want %q", path, w.Code, w.Header().Get("Location"), want)
		}
	}
	get(t, s, strings.Repeat("/a", 1000))
	if above, _ := from.asked[len(from.asked)-1]["above"].([]string); len(above) != 12 {
		t.Errorf("a deep address asks for %d folders", len(above))
	}
}

// TestAllAnswersHaveThePolicy checks the headers of answers to readers with and without a copy. Only a 304 does
// not repeat them.
func TestAllAnswersHaveThePolicy(t *testing.T) {
	s := build(t, &source{data: onePattern, revision: 1}, nil)
	for _, path := range []string{"/patterns/circuit-breaker", "/patterns/circuit-breaker/", "/assets/none.css", "/favicon.ico", "/robots.txt", "/nothing/here"} {
		for _, sent := range []string{"", `If-None-Match: "old"`} {
			headers := []string{sent}
			if sent == "" {
				headers = nil
			}
			if w := get(t, s, path, headers...); w.Header().Get("Content-Security-Policy") == "" && w.Code != http.StatusNotFound {
				t.Errorf("%s with %q is answered %d without a policy", path, sent, w.Code)
			}
		}
	}
	if w := get(t, s, "/patterns/circuit-breaker", "If-None-Match: *"); w.Code != http.StatusNotModified || w.Header().Get("Content-Security-Policy") != "" {
		t.Errorf("an unchanged page is answered %d with %v", w.Code, w.Header())
	}
}

func TestAnEmptySearchSaysWhatToDo(t *testing.T) {
	const nothing = `{"search":{"totalCount":0,"edges":[],"pageInfo":{"hasNextPage":false,"hasPreviousPage":false}},"type":{},"tier":{},"category":{},"difficulty":{}}`
	w := get(t, build(t, &source{data: nothing, revision: 1}, nil), "/search?q=nothing")
	body := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(body, "Use fewer or other words") || strings.Contains(body, "Apply") || !strings.Contains(body, `content="What the hub has about nothing."`) {
		t.Errorf("the page is %d %s", w.Code, body)
	}
}

// TestAnythingIsNotWhatIsMissing checks that a reader who has "*" is not told that it has a page that there is
// not, or that may not be there.
func TestAnythingIsNotWhatIsMissing(t *testing.T) {
	missing := &source{data: `{"pattern":null}`, revision: 1}
	s := build(t, missing, nil)
	for range 2 {
		if w := get(t, s, "/patterns/none", "If-None-Match: *"); w.Code != http.StatusNotFound {
			t.Errorf("a missing page is answered %d", w.Code)
		}
	}
	there := build(t, &source{data: onePattern, revision: 1}, nil)
	for _, want := range []int{http.StatusOK, http.StatusNotModified} {
		if w := get(t, there, "/patterns/circuit-breaker", "If-None-Match: *"); w.Code != want {
			t.Errorf("the answer is %d, want %d", w.Code, want)
		}
	}
}
