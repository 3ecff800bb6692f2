package web_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// streamed requests an event stream and returns its response, which the test closes.
func streamed(t *testing.T, h *httptest.Server, method, query string, headers ...string) *http.Response {
	t.Helper()
	target, body := h.URL+"/graphql", io.Reader(nil)
	if method == http.MethodGet {
		target += "?query=" + url.QueryEscape(query)
	} else {
		body = strings.NewReader(`{"query":"` + strings.ReplaceAll(query, `"`, `\"`) + `"}`)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Content-Type", "application/json")
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = response.Body.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	})
	return response
}

// lines reads a stream to its end, without its comments.
func lines(t *testing.T, r io.Reader) []string {
	t.Helper()
	var out []string
	for scan := bufio.NewScanner(r); scan.Scan(); {
		if line := scan.Text(); line != "" && line != ":" {
			out = append(out, line)
		}
	}
	return out
}

func TestEventStreams(t *testing.T) {
	s := mustServer(t, web.Options{EventID: "n"})
	s.graph.ticks = func(string) <-chan any {
		out := make(chan any, 2)
		out <- `"a1"`
		out <- 2
		close(out)
		return out
	}
	h := s.listen(t)
	tests := map[string]struct {
		method, query string
		want          []string
	}{
		"subscription by POST": {http.MethodPost, "subscription{ticks{n}}", []string{
			"id: a1", "event: next", `data: {"data":{"ticks":{"n":"a1"}}}`,
			"event: next", `data: {"data":{"ticks":{"n":2}}}`, "event: complete", "data: ",
		}},
		"subscription by GET": {http.MethodGet, "subscription{ticks{n}}", []string{
			"id: a1", "event: next", `data: {"data":{"ticks":{"n":"a1"}}}`,
			"event: next", `data: {"data":{"ticks":{"n":2}}}`, "event: complete", "data: ",
		}},
		"query": {http.MethodGet, "{hello}", []string{
			"event: next", `data: {"data":{"hello":"world"},"extensions":{"cost":{"requestedQueryCost":0,"actualQueryCost":0}}}`,
			"event: complete", "data: ",
		}},
		"no field left": {http.MethodGet, "subscription{ticks@skip(if:true){n}}", []string{
			"event: next", `data: {"errors":[{"message":"A subscription follows one field; its directives leave none.","extensions":{"code":"BAD_USER_INPUT"}}]}`,
			"event: complete", "data: ",
		}},
		"two streams": {http.MethodGet, "subscription{a:ticks{n} b:ticks{n}}", []string{
			"event: next", `data: {"errors":[{"message":"Anonymous Subscription must select only one top level field.",` +
				`"locations":[{"line":1,"column":25}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
			"event: complete", "data: ",
		}},
		"faulty": {http.MethodGet, "{nothing}", []string{
			"event: next",
			`data: {"errors":[{"message":"Cannot query field \"nothing\" on type \"Query\".","locations":[{"line":1,"column":2}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
			"event: complete", "data: ",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			response := streamed(t, h, tt.method, tt.query)
			head := response.Header
			if response.StatusCode != http.StatusOK || head.Get("Content-Type") != "text/event-stream; charset=utf-8" || head.Get("X-Accel-Buffering") != "no" {
				t.Fatalf("got %d %v", response.StatusCode, head)
			}
			if diff := cmp.Diff(tt.want, lines(t, response.Body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEventStreamRefusals(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Sockets: 1}})
	s.graph.ticks = silent
	h := s.listen(t)
	if r := streamed(t, h, http.MethodGet, `mutation{touch(id:"1"){slug}}`); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a mutation by GET: %d", r.StatusCode)
	}
	first := streamed(t, h, http.MethodGet, "subscription{ticks{n}}")
	if r := streamed(t, h, http.MethodGet, "subscription{ticks{n}}"); r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") == "" {
		t.Errorf("one stream too many: %d %v", r.StatusCode, r.Header)
	}
	_ = first.Body.Close()
	if err := s.drained(t, 0); err != nil {
		t.Error(err)
	}
}

func TestLastEventID(t *testing.T) {
	type key struct{}
	got := make(chan string, 10)
	s := mustServer(t, web.Options{Attach: func(ctx context.Context, r web.Request) context.Context {
		return context.WithValue(ctx, key{}, r.LastEventID)
	}})
	// The resolver of the subscription sees it before the first event.
	s.graph.subscribed = func(ctx context.Context) {
		id, _ := ctx.Value(key{}).(string)
		got <- id
	}
	s.graph.ticks = counting(0)
	lines(t, streamed(t, s.listen(t), http.MethodGet, "subscription{ticks{n}}", "Last-Event-ID: abc").Body)
	if id := <-got; id != "abc" {
		t.Errorf("got %q", id)
	}
}

// TestEventStreamDrain checks that no "complete" is sent, after which clients would not reconnect.
func TestEventStreamDrain(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.graph.ticks = silent
	h := s.listen(t)
	response := streamed(t, h, http.MethodGet, "subscription{ticks{n}}")
	if err := s.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := lines(t, response.Body); len(got) != 0 {
		t.Errorf("the stream ends with %q", got)
	}
	late := streamed(t, h, http.MethodGet, "subscription{ticks{n}}")
	if late.StatusCode != http.StatusServiceUnavailable || late.Header.Get("Retry-After") != "1" {
		t.Errorf("a stream that comes later: %d %v", late.StatusCode, late.Header)
	}
}

// TestEventStreamDrainAnswersQueries checks that a query over a stream is answered as a request in
// flight.
func TestEventStreamDrainAnswersQueries(t *testing.T) {
	s := mustServer(t, web.Options{})
	answered := make(chan answer, 1)
	go func() { answered <- s.send(t, http.MethodGet, getQuery("{slow}"), "", "Accept: text/event-stream") }()
	<-s.graph.started
	ended := make(chan error, 1)
	go func() { ended <- s.Drain(t.Context()) }()
	for s.send(t, http.MethodGet, "/readyz", "").status == http.StatusOK {
		<-s.tick(t)
	}
	close(s.graph.gate)
	want := []string{
		"event: next", `data: {"data":{"slow":"done"},"extensions":{"cost":{"requestedQueryCost":0,"actualQueryCost":0}}}`,
		"event: complete", "data: ",
	}
	if diff := cmp.Diff(want, lines(t, strings.NewReader((<-answered).body))); diff != "" {
		t.Error(diff)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestEventStreamChecks checks that a revoked key completes its stream, and that a failed look-up
// ends it so that the client reconnects.
func TestEventStreamChecks(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want []string
	}{
		"revoked": {content.Fault(content.Unauthenticated, "The key was revoked."), []string{
			"event: next", `data: {"errors":[{"message":"The key was revoked.","extensions":{"code":"UNAUTHENTICATED"}}]}`,
			"event: complete", "data: ",
		}},
		"unavailable": {content.Fault(content.Unavailable, "The store cannot be reached."), nil},
		"unknown":     {errors.New("secret"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{
				Limits: web.Limits{CheckEvery: time.Millisecond, PingEvery: time.Millisecond},
				Authenticate: func(ctx context.Context, _ web.Credentials) (context.Context, web.Viewer, error) {
					return ctx, web.Viewer{Key: "k", Check: func(context.Context) error { return tt.err }}, nil
				},
			})
			s.graph.ticks = silent
			if diff := cmp.Diff(tt.want, lines(t, streamed(t, s.listen(t), http.MethodGet, "subscription{ticks{n}}").Body)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
