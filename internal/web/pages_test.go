package web_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

func TestHealth(t *testing.T) {
	var store error
	s := mustServer(t, web.Options{Build: "v1", Ready: func(context.Context) error { return store }})
	for _, target := range []string{"/livez", "/readyz"} {
		if a := s.send(t, http.MethodGet, target, ""); a.status != 200 || a.body != `{"status":"ok"}` {
			t.Errorf("%s: %d %s", target, a.status, a.body)
		}
		if a := s.admin(t, target); a.status != 200 {
			t.Errorf("%s for operators: %d", target, a.status)
		}
	}
	store = content.Wrap(content.Unavailable, "The store cannot be reached.", errors.New("secret"))
	a := s.send(t, http.MethodGet, "/readyz", "")
	if a.status != 503 || a.body != `{"code":"UNAVAILABLE","status":"unavailable"}` {
		t.Errorf("without a store: %d %s", a.status, a.body)
	}
	if a := s.send(t, http.MethodGet, "/livez", ""); a.status != 200 {
		t.Errorf("live without a store: %d", a.status)
	}
}

func TestAdmin(t *testing.T) {
	s := mustServer(t, web.Options{Build: "v1"})
	s.post(t, "{hello}", nil)
	metrics := s.admin(t, "/metrics").body
	for _, line := range []string{
		`http_requests_total{method="POST",path="/graphql",status="200"} 1`,
		`graphql_operation_duration_seconds_count{kind="query",outcome="ok"} 1`,
		"websocket_connections 0", "go_goroutines", "graphql_operations_cached 1", "panics_total 0",
	} {
		if !strings.Contains(metrics, line) {
			t.Errorf("no %s", line)
		}
	}
	stats := s.admin(t, "/statz").body
	for _, key := range []string{`"goroutines":`, `"heap":`, `"connections":0`, `"build":"v1"`} {
		if !strings.Contains(stats, key) {
			t.Errorf("no %s in %s", key, stats)
		}
	}
	if a := s.admin(t, "/debug/pprof/"); a.status != 200 {
		t.Errorf("profiles: %d", a.status)
	}
	for _, target := range []string{"/metrics", "/statz", "/debug/pprof/"} {
		if a := s.send(t, http.MethodGet, target, ""); a.status != 404 {
			t.Errorf("%s in public: %d", target, a.status)
		}
	}
}

func TestMetricLabelsAreBounded(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.send(t, "BREW", "/any/path", "")
	if metrics := s.admin(t, "/metrics").body; !strings.Contains(metrics, `http_requests_total{method="OTHER",path="/other",status="404"} 1`) {
		t.Error("a client's method or path became a label")
	}
}

func TestFront(t *testing.T) {
	s := mustServer(t, web.Options{})
	a := s.send(t, http.MethodGet, "/", "")
	if a.status != 200 || !strings.Contains(a.body, "/playground/") || !strings.Contains(a.body, "/graphql") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if policy := a.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
	if a := mustServer(t, web.Options{NoPlayground: true}).send(t, http.MethodGet, "/", ""); strings.Contains(a.body, "playground") {
		t.Errorf("a link to what is off: %s", a.body)
	}
	if a := s.send(t, http.MethodPost, "/", "x"); a.status != 405 || a.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %d", a.status)
	}
	if a := s.send(t, http.MethodGet, "/nothing", ""); a.status != 404 {
		t.Errorf("an unknown path: %d", a.status)
	}
}

func TestPlayground(t *testing.T) {
	// The file named as brotli has other content, which shows that it is served as it is.
	files := fstest.MapFS{
		"index.html":          {Data: []byte("<!doctype html>page")},
		"assets/main-1.js.br": {Data: []byte("compressed")},
	}
	s := mustServer(t, web.Options{Assets: files})
	a := s.send(t, http.MethodGet, "/playground/", "")
	if a.status != 200 || !strings.Contains(a.body, "page") || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("the page: %d %v %s", a.status, a.header, a.body)
	}
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'self'", "script-src 'self';", "worker-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("no %s in %q", part, policy)
		}
	}
	a = s.send(t, http.MethodGet, "/playground/assets/main-1.js", "", "Accept-Encoding: gzip, br")
	if a.status != 200 || a.body != "compressed" || a.header.Get("Content-Encoding") != "br" || !strings.Contains(a.header.Get("Cache-Control"), "immutable") {
		t.Errorf("a file: %d %v %s", a.status, a.header, a.body)
	}
	tag := a.header.Get("ETag")
	if len(tag) < 3 || tag[0] != '"' || tag[len(tag)-1] != '"' {
		t.Errorf("the tag is %s", tag)
	}
	if a := s.send(t, http.MethodGet, "/playground/assets/main-1.js", "", "Accept-Encoding: br", "If-None-Match: "+tag); a.status != 304 || a.header.Get("ETag") != tag {
		t.Errorf("the current tag: %d %v", a.status, a.header)
	}
	if a := s.send(t, http.MethodHead, "/playground/assets/main-1.js", "", "Accept-Encoding: br"); a.status != 200 || a.header.Get("ETag") != tag {
		t.Errorf("HEAD: %d %v", a.status, a.header)
	}
	if a := s.send(t, http.MethodGet, "/playground", ""); a.status != 308 || a.header.Get("Location") != "/playground/" {
		t.Errorf("without a slash: %d %v", a.status, a.header)
	}
	if a := s.send(t, http.MethodPost, "/playground/", "x"); a.status != 405 {
		t.Errorf("POST: %d", a.status)
	}
	built := fstest.MapFS{"index.html": files["index.html"], "app.html.br": {Data: []byte("built")}}
	a = mustServer(t, web.Options{Assets: built}).send(t, http.MethodGet, "/playground/", "", "Accept-Encoding: br")
	if a.status != 200 || a.body != "built" || !strings.Contains(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("the built page: %d %v %s", a.status, a.header, a.body)
	}
	// The committed page, or the built one after a build.
	if a := mustServer(t, web.Options{}).send(t, http.MethodGet, "/playground/", ""); a.status != 200 || !strings.Contains(a.body, "<html") {
		t.Errorf("the embedded page: %d", a.status)
	}
}

func TestHTTPServerIsHardened(t *testing.T) {
	s := web.NewHTTPServer(http.NotFoundHandler(), nil)
	if s.ReadHeaderTimeout != 5*time.Second || s.ReadTimeout != 10*time.Second || s.IdleTimeout != time.Minute {
		t.Errorf("timeouts: %v %v %v", s.ReadHeaderTimeout, s.ReadTimeout, s.IdleTimeout)
	}
	for size, want := range map[int]int{32<<10 - 512: 404, 33 << 10: 431} {
		if got := headerStatus(t, size); got != want {
			t.Errorf("%d bytes of headers: %d, want %d", size, got, want)
		}
	}
}

// headerStatus sends a request with headers of the size.
func headerStatus(t *testing.T, size int) int {
	t.Helper()
	h := newHTTPServer(t, http.NotFoundHandler())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Long", strings.Repeat("x", size))
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
	return response.StatusCode
}

func TestDraining(t *testing.T) {
	s := mustServer(t, web.Options{})
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Drain(t.Context()); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if a := s.send(t, http.MethodGet, "/readyz", ""); a.status != 503 || a.body != `{"status":"draining"}` {
		t.Errorf("readiness: %d %s", a.status, a.body)
	}
	if a := s.post(t, "{hello}", nil); a.status != 200 {
		t.Errorf("a request still on its way: %d", a.status)
	}
}

// TestTheSiteGetsOtherPathsAndAsks checks that a site serves all paths but the server's own, and that it
// asks like a reader without a key.
func TestTheSiteGetsOtherPathsAndAsks(t *testing.T) {
	closed := false
	s := mustServer(t, web.Options{
		Revisions: newRevisions(),
		Limits:    web.Limits{Bucket: 50, Restore: 1},
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			if closed {
				return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "A key is needed.")
			}
			return ctx, web.Viewer{Key: c.Token, Scope: c.Token}, nil
		},
		Site: func(ask web.Ask) (http.Handler, error) {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				q, err := ask(r.URL.Query().Get("query"), map[string]any{"first": 3})
				if err != nil {
					http.Error(w, string(content.CodeOf(err)), http.StatusBadRequest)
					return
				}
				reading, err := q.Open(r.Context())
				if err != nil {
					http.Error(w, string(content.CodeOf(err)), http.StatusUnauthorized)
					return
				}
				data, kept, err := reading.Run()
				fmt.Fprintf(w, "%s %v %d %v", data, kept, reading.Revision(), err)
			}), nil
		},
	})
	get := func(path, query string) string {
		return s.send(t, http.MethodGet, path+"?query="+url.QueryEscape(query), "", "Authorization: Bearer phk_1").body
	}
	for name, c := range map[string]struct{ path, query, want string }{
		"first page": {"/", `query($first: Int) { patterns(first: $first) { nodes { __typename } } }`, `{"patterns":{"nodes":[{"__typename":"Pattern"},`},
		"any path":   {"/any/path", `{ hello }`, `{"hello":`},
		"mutation":   {"/", `mutation { fail }`, "BAD_USER_INPUT"},
		"wrong":      {"/", `{ nothing }`, "BAD_USER_INPUT"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := get(c.path, c.query); !strings.HasPrefix(got, c.want) {
				t.Errorf("the answer is %s, want %s", got, c.want)
			}
		})
	}
	if got := s.send(t, http.MethodGet, "/livez", "").body; got != `{"status":"ok"}` {
		t.Errorf("the server's own path is answered %s", got)
	}
	spent := ""
	for range 100 {
		spent = get("/", `query($first: Int) { patterns(first: $first) { nodes { __typename } } }`)
	}
	if !strings.Contains(spent, "budget is spent") {
		t.Errorf("the budget of an address never ends: %s", spent)
	}
	closed = true
	if got := get("/", `{ hello }`); !strings.HasPrefix(got, "UNAUTHENTICATED") {
		t.Errorf("without a key the answer is %s", got)
	}
}
