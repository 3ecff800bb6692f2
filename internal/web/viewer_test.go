package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// keyed records the credentials that it gets, and accepts every key except "bad".
func keyed(got *[]web.Credentials) web.Authenticate {
	return func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
		*got = append(*got, c)
		if c.Token == "bad" {
			return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "The key is not known.")
		}
		if c.Perspective == "drafts" && c.Token == "" {
			return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "Drafts need a key.")
		}
		return ctx, web.Viewer{Key: c.Token, Scope: c.Token}, nil
	}
}

// TestCredentials checks where credentials are read from, and that only a refusal asks for a bearer token.
// A header has precedence over the URL.
func TestCredentials(t *testing.T) {
	tests := map[string]struct {
		target  string
		headers []string
		want    web.Credentials
		status  int
	}{
		"none":          {"", nil, web.Credentials{}, 200},
		"bearer":        {"", []string{"Authorization: Bearer k"}, web.Credentials{Token: "k"}, 200},
		"any case":      {"", []string{"Authorization: bearer  k "}, web.Credentials{Token: "k"}, 200},
		"bad":           {"", []string{"Authorization: Bearer bad"}, web.Credentials{Token: "bad"}, 401},
		"drafts":        {"", []string{"Authorization: Bearer k", "X-Perspective: drafts"}, web.Credentials{Token: "k", Perspective: "drafts"}, 200},
		"no key":        {"", []string{"X-Perspective: drafts"}, web.Credentials{Perspective: "drafts"}, 401},
		"empty":         {"", []string{"Authorization: "}, web.Credentials{}, 200},
		"preview":       {"", []string{"X-Preview-Token: p"}, web.Credentials{Preview: "p"}, 200},
		"preview URL":   {"&preview=p", nil, web.Credentials{Preview: "p"}, 200},
		"header before": {"&preview=q", []string{"X-Preview-Token: p"}, web.Credentials{Preview: "p"}, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []web.Credentials
			s := mustServer(t, web.Options{Authenticate: keyed(&got)})
			a := s.send(t, http.MethodGet, getQuery("{hello}")+tt.target, "", tt.headers...)
			if a.status != tt.status {
				t.Errorf("got %d %s", a.status, a.body)
			}
			if diff := cmp.Diff([]web.Credentials{tt.want}, got); diff != "" {
				t.Error(diff)
			}
			if challenge := a.header.Get("WWW-Authenticate"); (challenge == "Bearer") != (tt.status == 401) {
				t.Errorf("challenge %q", challenge)
			}
		})
	}
}

// TestSocketCredentials shows that sockets take credentials from the payload of connection_init, since
// browsers cannot set headers there. Names are compared without case.
func TestSocketCredentials(t *testing.T) {
	var got []web.Credentials
	s := mustServer(t, web.Options{Authenticate: keyed(&got)})
	h := s.listen(t)
	for _, payload := range []string{
		`{"Authorization":"Bearer k","X-Perspective":"drafts","X-Preview-Token":"p"}`, `{"authorization":"Bearer k"}`, `null`, `{"other":1}`,
	} {
		c := mustDial(t, h, protocol)
		c.send(`{"type":"connection_init","payload":` + payload + `}`)
		c.expect("connection_ack")
		_ = c.conn.CloseNow()
	}
	want := []web.Credentials{{Token: "k", Perspective: "drafts", Preview: "p"}, {Token: "k"}, {}, {}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestCachedURLsAreCheckedForEachViewer shows that a cached answer is never served to another scope, and
// that a bad key is refused although the answer is cached.
func TestCachedURLsAreCheckedForEachViewer(t *testing.T) {
	var got []web.Credentials
	s := mustServer(t, web.Options{Authenticate: keyed(&got), Revisions: newRevisions()})
	target := getQuery(patternQuery)
	first := s.send(t, http.MethodGet, target, "")
	for range 2 {
		if a := s.send(t, http.MethodGet, target, "", "Authorization: Bearer bad"); a.status != 401 {
			t.Errorf("a bad key: %d", a.status)
		}
		keyed := s.send(t, http.MethodGet, target, "", "Authorization: Bearer k")
		if keyed.status != 200 || keyed.header.Get("ETag") == first.header.Get("ETag") || keyed.header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("a key: %d %v", keyed.status, keyed.header)
		}
		again := s.send(t, http.MethodGet, target, "")
		if again.body != first.body || again.header.Get("ETag") != first.header.Get("ETag") {
			t.Errorf("anonymous again: %v", again.header)
		}
	}
	if n := s.graph.executed(); n != 2 {
		t.Errorf("executed %d times, want once for each scope", n)
	}
}

// TestWrongKeysCostTheirAddress guesses keys. Each wrong key is charged to the address that sent it, until
// the address is refused without a look-up; requests without a key and other addresses are still served.
func TestWrongKeysCostTheirAddress(t *testing.T) {
	var got []web.Credentials
	c := &clock{now: time.Unix(1_000_000, 0)}
	s := mustServer(t, web.Options{
		Authenticate: keyed(&got), Now: c.Now, Limits: web.Limits{Bucket: 30, Restore: 1},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("127.0.0.0/8")},
	})
	const here, elsewhere = "X-Forwarded-For: 198.51.100.1", "X-Forwarded-For: 198.51.100.2"
	try := func(want int, headers ...string) {
		t.Helper()
		before := len(got)
		a := s.send(t, http.MethodGet, getQuery("{hello}"), "", append(headers, acceptNew)...)
		if a.status != want {
			t.Errorf("%v: got %d %s, want %d", headers, a.status, a.body, want)
		}
		if limited := a.status == http.StatusTooManyRequests; limited == (len(got) > before) || limited && (a.code() != "RATE_LIMITED" || a.header.Get("Retry-After") != "10") {
			t.Errorf("%v: %d look-ups, retry after %q", headers, len(got)-before, a.header.Get("Retry-After"))
		}
	}
	for range 3 {
		try(401, here, "Authorization: Bearer bad")
	}
	try(429, here, "Authorization: Bearer bad")
	try(429, here, "Authorization: Bearer k")
	try(200, here)
	try(200, elsewhere, "Authorization: Bearer k")
	c.advance(10 * time.Second)
	try(200, here, "Authorization: Bearer k")
	try(401, here, "Authorization: Bearer bad")
	try(429, here, "X-Preview-Token: p")
	if r := streamed(t, s.listen(t), http.MethodGet, "{hello}", here, "Authorization: Bearer bad"); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a stream: %d", r.StatusCode)
	}
	h := s.listen(t)
	for _, code := range []websocket.StatusCode{4403, 4403, 4403, websocket.StatusTryAgainLater} {
		w := mustDial(t, h, protocol)
		w.send(`{"type":"connection_init","payload":{"Authorization":"Bearer bad"}}`)
		if got := w.closed(); got != code {
			t.Errorf("a socket was closed with %d, want %d", got, code)
		}
	}
}

// TestMutationsAreNeverCached sends a mutation by GET twice: it is refused both times, not only the first.
func TestMutationsAreNeverCached(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions()})
	target := getQuery(`mutation{touch(id:"1"){slug}}`)
	for range 2 {
		if a := s.send(t, http.MethodGet, target, ""); a.status != 405 {
			t.Errorf("got %d", a.status)
		}
	}
}

// TestSocketsOfOneKey opens sockets of one key from many addresses. The key has a limit of its own, which
// streams count towards as well.
func TestSocketsOfOneKey(t *testing.T) {
	var got []web.Credentials
	s := mustServer(t, web.Options{
		Authenticate: keyed(&got), Limits: web.Limits{Sockets: 1}, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	h := s.listen(t)
	dial := func(from int, key string) *client {
		t.Helper()
		c := mustDialFrom(t, h, http.Header{"X-Forwarded-For": {fmt.Sprintf("192.0.2.%d", from)}}, protocol)
		c.send(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + key + `"}}`)
		return c
	}
	// The limit of a key is ten times that of an address.
	for i := range 10 {
		dial(i, "k").expect("connection_ack")
	}
	if code := dial(10, "k").closed(); code != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", code)
	}
	dial(11, "other").expect("connection_ack")
	if r := streamed(t, h, http.MethodGet, "{hello}", "Authorization: Bearer k", "X-Forwarded-For: 192.0.2.12"); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a stream: %d", r.StatusCode)
	}
}

// TestSocketRates shows that operations of a socket are charged to the same budget as requests.
func TestSocketRates(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Bucket: 100, Restore: 1}})
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"{costly{name}}"}}`)
	c.expect("next 1", "complete 1")
	c.send(`{"id":"2","type":"subscribe","payload":{"query":"{costly{name}}"}}`)
	c.expect(`error 2 [{"message":"Too many requests: the budget is spent.","extensions":{"code":"RATE_LIMITED"}}]`)
}

// TestSocketPanic shows that a panic in a subscription ends that operation only. The client gets no detail
// of it, and the socket stays open.
func TestSocketPanic(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.graph.ticks = func(string) <-chan any {
		out := make(chan any, 1)
		out <- func() {} // the test graph panics when it writes a function
		return out
	}
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription{ticks{n}}"}}`)
	c.expect(`error 1 [{"message":"Internal error."`)
	c.send(`{"type":"ping"}`)
	c.expect("pong")
	if metrics := s.admin(t, "/metrics").body; !strings.Contains(metrics, "panics_total 1") {
		t.Error("the panic was not counted")
	}
}

// TestMeasuredBytesAndTokensAreServed shows that MeasureOnly counts documents that are over a limit and
// serves them all the same.
func TestMeasuredBytesAndTokensAreServed(t *testing.T) {
	s := mustServer(t, web.Options{MeasureOnly: true})
	for name, text := range map[string]string{
		"bytes":  "{hello}#" + strings.Repeat("x", 40_000),
		"tokens": "{pattern(slug:\"a\"){" + strings.Repeat("slug ", 2_500) + "}}",
	} {
		if a := s.post(t, text, nil); a.status != 200 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if metrics := s.admin(t, "/metrics").body; !strings.Contains(metrics, `limited_total{limit="document"} 2`) {
		t.Error("they were not counted")
	}
}
