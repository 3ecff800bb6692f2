package web_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// cookies reads the cookie "s", and takes pages of https://hub.example for the hub's own.
type cookies struct{}

// Secret returns the value of the cookie, "" without one.
func (cookies) Secret(r *http.Request) string {
	if c, err := r.Cookie("s"); err == nil {
		return c.Value
	}
	return ""
}

// Own reports whether a request was sent by a page of the hub; the cookie counts for no other.
func (cookies) Own(r *http.Request) bool { return r.Header.Get("Origin") == "https://hub.example" }

// Forget makes the browser delete the cookie.
func (cookies) Forget(w http.ResponseWriter) { w.Header().Set("Set-Cookie", "s=; Max-Age=0") }

// TestCookiesOfSessions: which requests the cookie counts for, alone and in a batch, and what becomes of it
// when its session is refused.
func TestCookiesOfSessions(t *testing.T) {
	const one, batch = `{"query":"{hello}"}`, `[{"query":"{hello}"}]`
	own, media, cookie := "Origin: https://hub.example", "Content-Type: application/json", "Cookie: s=secret"
	for name, tt := range map[string]struct {
		method, body string
		headers      []string
		want         web.Credentials
		status       int
		forgotten    bool
	}{
		"own page":           {http.MethodPost, one, []string{own, media, cookie}, web.Credentials{Session: "secret"}, 200, false},
		"a batch":            {http.MethodPost, batch, []string{own, media, cookie}, web.Credentials{Session: "secret"}, 200, false},
		"another page":       {http.MethodPost, one, []string{"Origin: https://evil.example", media, cookie}, web.Credentials{}, 200, false},
		"a batch of another": {http.MethodPost, batch, []string{"Origin: https://evil.example", media, cookie}, web.Credentials{}, 200, false},
		"a GET":              {http.MethodGet, "", []string{own, cookie}, web.Credentials{}, 200, false},
		"a key beside":       {http.MethodPost, one, []string{own, media, cookie, "Authorization: Bearer k"}, web.Credentials{Token: "k"}, 200, false},
		"ended":              {http.MethodPost, one, []string{own, media, "Cookie: s=ended"}, web.Credentials{Session: "ended"}, 401, true},
		"a batch, ended":     {http.MethodPost, batch, []string{own, media, "Cookie: s=ended"}, web.Credentials{Session: "ended"}, 401, true},
		"a ticket":           {http.MethodPost, one, []string{own, media, cookie, "X-Session-Ticket: t"}, web.Credentials{Ticket: "t"}, 200, false},
	} {
		t.Run(name, func(t *testing.T) {
			var got []web.Credentials
			s := mustServer(t, web.Options{Cookies: cookies{}, Revisions: newRevisions(), Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
				got = append(got, c)
				if c.Session == "ended" {
					return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "The session has ended.")
				}
				return ctx, web.Viewer{}, nil
			}})
			target := "/graphql"
			if tt.method == http.MethodGet {
				target = getQuery("{hello}")
			}
			a := s.send(t, tt.method, target, tt.body, tt.headers...)
			if diff := cmp.Diff([]web.Credentials{tt.want}, got); diff != "" || a.status != tt.status {
				t.Errorf("%d %s (-want +got):\n%s", a.status, a.body, diff)
			}
			if control := a.header.Get("Cache-Control"); control != "private, no-store" || a.header.Get("ETag") != "" {
				t.Errorf("Cache-Control is %q, ETag %q", control, a.header.Get("ETag"))
			}
			if forgotten := a.header.Get("Set-Cookie") != ""; forgotten != tt.forgotten {
				t.Errorf("the cookie is forgotten: %v", forgotten)
			}
		})
	}
	var got []web.Credentials
	s := mustServer(t, web.Options{Cookies: cookies{}, Authenticate: keyed(&got)})
	for name, headers := range map[string][]string{"another page": {media, "Origin: https://evil.example", "X-Session-Ticket: t"}, "no page": {media, "X-Session-Ticket: t"}} {
		if a := s.send(t, http.MethodPost, "/graphql", one, headers...); a.status != http.StatusUnauthorized || len(got) > 0 {
			t.Errorf("a ticket of %s: %d, %v", name, a.status, got)
		}
	}
}
