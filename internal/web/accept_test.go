package web_test

import (
	"net/http"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// Accept headers that clients send, common or unusual.
const (
	acceptURQL   = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
	acceptStream = "text/event-stream"
)

// TestAccept checks that a query is answered in JSON if JSON is accepted, and a subscription as a
// stream if streams are named.
func TestAccept(t *testing.T) {
	const (
		json     = "application/json; charset=utf-8"
		response = "application/graphql-response+json; charset=utf-8"
		events   = "text/event-stream; charset=utf-8"
	)
	tests := map[string]struct {
		accept        string
		query         string // the media type of a query's answer, "" for 406
		subscriptions bool
	}{
		"urql 4 to 6":              {acceptURQL, json, true},
		"urql's subscriptions":     {"text/event-stream, multipart/mixed", events, true},
		"Apollo Client 3":          {"multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json", json, false},
		"Apollo Client 4":          {"multipart/mixed;deferSpec=20220824,application/graphql-response+json,application/json;q=0.9", response, false},
		"Apollo without defer":     {"application/graphql-response+json,application/json;q=0.9", response, false},
		"Apollo's subscriptions":   {`multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/graphql-response+json,application/json;q=0.9`, response, false},
		"graphql-request":          {"application/graphql-response+json, application/json", json, false},
		"Relay's network layer":    {"application/json", json, false},
		"GraphiQL":                 {"application/json, multipart/mixed", json, false},
		"curl":                     {"*/*", json, false},
		"graphql-sse, EventSource": {acceptStream, events, true},
		"a browser": {
			"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", json, false,
		},
		"axios":                     {"application/json, text/plain, */*", json, false},
		"none":                      {"", json, false},
		"streams first":             {"text/event-stream, application/json", json, true},
		"streams preferred":         {"text/event-stream, application/json;q=0.1", json, true},
		"streams hardly":            {"application/json, text/event-stream;q=0.1", json, true},
		"streams or anything":       {"text/event-stream, */*;q=0.1", json, true},
		"streams, but no JSON":      {"application/json;q=0, application/graphql-response+json;q=0, text/event-stream", events, true},
		"streams, and the new JSON": {"text/event-stream, application/graphql-response+json", response, true},
		"streams refused":           {"text/event-stream;q=0, application/json", json, false},
		"streams in any case":       {"Text/Event-Stream, Application/JSON", json, true},
		"streams by a wildcard":     {"text/*, application/json", json, false},
		"nothing that is served":    {"text/html, multipart/mixed", "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{})
			s.graph.ticks = counting(1)
			post := func(query string) answer {
				return s.send(t, http.MethodPost, "/graphql", `{"query":"`+query+`"}`, typeJSON, "Accept: "+tt.accept)
			}
			get := s.send(t, http.MethodGet, getQuery("{hello}"), "", "Accept: "+tt.accept)
			for method, a := range map[string]answer{"GET": get, "POST": post("{hello}"), "mutation": post("mutation{touch(id:1){slug}}")} {
				if tt.query == "" {
					if a.status != http.StatusNotAcceptable {
						t.Errorf("%s: %d %s", method, a.status, a.body)
					}
				} else if got := a.header.Get("Content-Type"); got != tt.query || a.status != http.StatusOK {
					t.Errorf("%s: %d %q, want %q", method, a.status, got, tt.query)
				}
			}
			a := post("subscription{ticks{n}}")
			if got := a.header.Get("Content-Type") == events; got != tt.subscriptions || (got && !strings.HasSuffix(a.body, "event: complete\ndata: \n\n")) {
				t.Errorf("a subscription: %d %v %s", a.status, a.header, a.body)
			}
		})
	}
}

// TestQueriesBesideStreamsAreCached checks that a query is cached although its client also names
// streams.
func TestQueriesBesideStreamsAreCached(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions(), Limits: web.Limits{Sockets: 1}})
	headers := []string{"Accept: " + acceptURQL, "Accept-Encoding: gzip"}
	target := getQuery("{patterns(first:100){nodes{slug name}}}")
	first := s.send(t, http.MethodGet, target, "", headers...)
	tag := first.header.Get("ETag")
	if first.header.Get("Content-Encoding") != "gzip" || tag == "" || !strings.HasPrefix(first.header.Get("Cache-Control"), "public") {
		t.Errorf("got %v", first.header)
	}
	if a := s.send(t, http.MethodGet, target, "", append(headers, "If-None-Match: "+tag)...); a.status != http.StatusNotModified {
		t.Errorf("asked again: %d", a.status)
	}
	if a := s.send(t, http.MethodGet, target, "", headers...); a.body != first.body || s.graph.executed() != 1 {
		t.Errorf("executed %d times", s.graph.executed())
	}
}

// TestRefusalsBesideStreams checks that a client that accepts JSON is refused in JSON, with a
// useful status.
func TestRefusalsBesideStreams(t *testing.T) {
	s := mustServer(t, web.Options{})
	for name, tt := range map[string]struct {
		query, accept string
		status        int
	}{
		"a faulty query":        {"{nothing}", "application/graphql-response+json, text/event-stream", 400},
		"a faulty query, old":   {"{nothing}", acceptURQL, 200},
		"a faulty subscription": {"subscription{nothing}", acceptURQL, 200},
		"no field left":         {"subscription{ticks@skip(if:true){n}}", "application/graphql-response+json, text/event-stream", 400},
	} {
		a := s.send(t, http.MethodPost, "/graphql", `{"query":"`+tt.query+`"}`, typeJSON, "Accept: "+tt.accept)
		if a.status != tt.status || len(a.Errors) != 1 || !strings.Contains(a.header.Get("Content-Type"), "json") {
			t.Errorf("%s: %d %v %s", name, a.status, a.header, a.body)
		}
	}
}

// TestStreamsOutliveTheDeadline checks that the deadline of a request with a key does not end its
// stream.
func TestStreamsOutliveTheDeadline(t *testing.T) {
	var got []web.Credentials
	s := mustServer(t, web.Options{Authenticate: keyed(&got), Limits: web.Limits{Deadline: 1, PingEvery: 1e6}})
	events := make(chan any)
	s.graph.ticks = func(string) <-chan any { return events }
	response := streamed(t, s.listen(t), http.MethodGet, "subscription{ticks{n}}", "Authorization: Bearer k", "Accept: "+acceptURQL)
	events <- 7
	close(events)
	if got := strings.Join(lines(t, response.Body), " "); !strings.Contains(got, `{"ticks":{"n":7}}`) {
		t.Errorf("got %q", got)
	}
}
