package web_test

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// revisions is a version of the graph that tests set.
type revisions struct {
	mu     sync.Mutex
	byType map[string]uint64
	asked  [][]string
	wait   func(ctx context.Context, token string) error
}

func (r *revisions) Of(types []string) uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, types)
	var top uint64
	for name, n := range r.byType {
		if len(types) == 0 || slices.Contains(types, name) {
			top = max(top, n)
		}
	}
	return top
}

func (r *revisions) Now() (web.Generation, bool) { return r, true }

func (r *revisions) Wait(ctx context.Context, token string) error { return r.wait(ctx, token) }

func (r *revisions) Next(context.Context, web.Generation) (web.Generation, error) { return r, nil }

func (r *revisions) publish(name string, n uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byType[name] = n
}

func newRevisions() *revisions { return &revisions{byType: map[string]uint64{"Pattern": 1, "Law": 1}} }

const patternQuery = `{pattern(slug:"a"){slug name}}`

func getQuery(query string) string { return "/graphql?query=" + url.QueryEscape(query) }

func TestCacheHitsAndInvalidation(t *testing.T) {
	r := newRevisions()
	s := mustServer(t, web.Options{Revisions: r})
	first := s.post(t, patternQuery, nil)
	same := s.post(t, "query Q { pattern ( slug : \"a\" ) { slug, name } }", nil)
	again := s.send(t, http.MethodGet, getQuery(patternQuery), "", acceptNew)
	if first.body != again.body || again.status != 200 || same.status != 200 {
		t.Errorf("answers differ:\n%s%s", first.body, again.body)
	}
	// The second text is another operation, because the log shows its name.
	if n := s.graph.executed(); n != 2 {
		t.Errorf("executed %d times, want 2", n)
	}
	r.publish("Law", 2)
	s.post(t, patternQuery, nil)
	if n := s.graph.executed(); n != 2 {
		t.Errorf("a law's publish made a pattern's answer stale: %d", n)
	}
	r.publish("Pattern", 3)
	s.post(t, patternQuery, nil)
	if n := s.graph.executed(); n != 3 {
		t.Errorf("a pattern's publish left its answer: %d", n)
	}
}

func TestWhatAnswersDependOn(t *testing.T) {
	r := newRevisions()
	s := mustServer(t, web.Options{Revisions: r})
	tests := map[string]struct {
		query     string
		variables map[string]any
		want      []string
	}{
		"one":             {`{pattern(slug:"a"){slug}}`, nil, []string{"Pattern"}},
		"relation":        {`{pattern(slug:"a"){slug tier{name}}}`, nil, []string{"Law", "Pattern"}},
		"in a fragment":   {`{pattern(slug:"a"){...F}} fragment F on Pattern{tier{name}}`, nil, []string{"Law", "Pattern"}},
		"count":           {`{patterns{totalCount}}`, nil, []string{"Pattern"}},
		"nodes":           {`{patterns{edges{node{slug}}}}`, nil, []string{"Pattern"}},
		"interface":       {`{node(id:"1"){id}}`, nil, []string{"Law", "Pattern"}},
		"filter by value": {`{patterns(filter:{tier:GOLD}){totalCount}}`, nil, []string{"Pattern"}},
		"filter by slug":  {`{patterns(filter:{and:[{law:{in:["a"]}}]}){totalCount}}`, nil, []string{"Law", "Pattern"}},
		// A value that is not an entry may depend on any type.
		"no entry":  {`{hello}`, nil, nil},
		"in a part": {`{pattern(slug:"a"){slug} plain{name}}`, nil, []string{"Law", "Pattern"}},
		// "other" has a type that the server cannot know.
		"filter by other":    {`{patterns(filter:{other:{in:["a"]}}){totalCount}}`, nil, nil},
		"filter in variable": {`query($f:PatternFilter){patterns(filter:$f){totalCount}}`, map[string]any{"f": map[string]any{}}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.post(t, tt.query, tt.variables); a.status != 200 {
				t.Fatal(a.body)
			}
			r.mu.Lock()
			defer r.mu.Unlock()
			if diff := cmp.Diff(tt.want, r.asked[len(r.asked)-1]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCacheKeyHasVariablesAndScopes(t *testing.T) {
	s := mustServer(t, web.Options{
		Revisions: newRevisions(),
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			return ctx, web.Viewer{Scope: c.Token, Key: c.Token, NoStore: c.Perspective != ""}, nil
		},
	})
	query := "query($n:Int){patterns(first:$n){nodes{slug}}}"
	one := s.post(t, query, map[string]any{"n": 1})
	two := s.post(t, query, map[string]any{"n": 2})
	if one.body == two.body || one.header.Get("ETag") == two.header.Get("ETag") {
		t.Error("answers of other variables are equal")
	}
	keyed := s.post(t, query, map[string]any{"n": 1}, "Authorization: Bearer k")
	if keyed.header.Get("ETag") == one.header.Get("ETag") || keyed.header.Get("Cache-Control") != "private, no-store" {
		t.Errorf("an answer to a key: %v", keyed.header)
	}
	if n := s.graph.executed(); n != 3 {
		t.Errorf("executed %d times, want 3", n)
	}
	draft := s.post(t, query, map[string]any{"n": 1}, "Authorization: Bearer k", "X-Perspective: drafts")
	s.post(t, query, map[string]any{"n": 1}, "Authorization: Bearer k", "X-Perspective: drafts")
	if draft.header.Get("ETag") != "" || s.graph.executed() != 5 {
		t.Errorf("a draft was cached: %v, %d", draft.header, s.graph.executed())
	}
}

func TestUncachedAnswers(t *testing.T) {
	for name, query := range map[string]string{
		"error":    `{pattern(slug:"a"){slug} fail(kind:"coded")}`,
		"mutation": `mutation{touch(id:"1"){slug}}`,
		"viewer":   "{viewer{name}}",
		"rate":     "{...F} fragment F on Query{rateLimit{cost}}",
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{Revisions: newRevisions()})
			for range 2 {
				a := s.post(t, query, nil)
				if a.header.Get("ETag") != "" || a.header.Get("Cache-Control") != "private, no-store" {
					t.Errorf("headers %v", a.header)
				}
			}
			if n := s.graph.executed(); n != 2 {
				t.Errorf("executed %d times", n)
			}
		})
	}
}

func TestNotModified(t *testing.T) {
	r := newRevisions()
	s := mustServer(t, web.Options{Revisions: r})
	first := s.send(t, http.MethodGet, getQuery(patternQuery), "")
	tag := first.header.Get("ETag")
	if !strings.HasPrefix(tag, `"`) || first.header.Get("Cache-Control") != "public, max-age=60, stale-while-revalidate=60" {
		t.Fatalf("headers %v", first.header)
	}
	before := s.graph.executed()
	for name, tt := range map[string]struct {
		method, header string
		status         int
	}{
		"same":     {http.MethodGet, tag, 304},
		"head":     {http.MethodHead, tag, 304},
		"weak":     {http.MethodGet, "W/" + tag, 304},
		"in list":  {http.MethodGet, `"x", ` + tag, 304},
		"any copy": {http.MethodGet, "*", 304},
		"other":    {http.MethodGet, `"x"`, 200},
		"any post": {http.MethodPost, tag, 200},
	} {
		body, target := "", getQuery(patternQuery)
		if tt.method == http.MethodPost {
			body, target = `{"query":"{pattern(slug:\"a\"){slug name}}"}`, "/graphql"
		}
		a := s.send(t, tt.method, target, body, "If-None-Match: "+tt.header, typeJSON)
		if a.status != tt.status || (a.status == 304 && (a.body != "" || a.header.Get("ETag") != tag)) {
			t.Errorf("%s: %d %v", name, a.status, a.header)
		}
	}
	if s.graph.executed() != before {
		t.Error("a 304 executed something")
	}
	if a := s.send(t, http.MethodGet, getQuery(patternQuery), "", "If-None-Match: "+tag, acceptNew); a.status != 200 {
		t.Errorf("the tag of another media type: %d", a.status)
	}
	r.publish("Pattern", 9)
	if a := s.send(t, http.MethodGet, getQuery(patternQuery), "", "If-None-Match: "+tag); a.status != 200 || a.header.Get("ETag") == tag {
		t.Errorf("after a publish: %d", a.status)
	}
	other := mustServer(t, web.Options{Revisions: newRevisions(), Build: "v2"})
	if a := other.send(t, http.MethodGet, getQuery(patternQuery), "", "If-None-Match: "+tag); a.status != 200 {
		t.Errorf("a newer program: %d", a.status)
	}
}

// unzip decodes the body of an answer.
func unzip(t *testing.T, body string) string {
	t.Helper()
	z, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestCompression(t *testing.T) {
	for name, o := range map[string]web.Options{"cached": {Revisions: newRevisions()}, "uncached": {}} {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, o)
			query := "{patterns(first:100){nodes{slug name}}}"
			plain := s.post(t, query, nil)
			zipped := s.post(t, query, nil, "Accept-Encoding: br, gzip")
			if zipped.header.Get("Content-Encoding") != "gzip" || len(zipped.body) >= len(plain.body) {
				t.Fatalf("headers %v, %d bytes of %d", zipped.header, len(zipped.body), len(plain.body))
			}
			if out := unzip(t, zipped.body); out != plain.body {
				t.Errorf("unzipped to %.100s", out)
			}
			if name == "cached" {
				tag := zipped.header.Get("ETag")
				if tag == plain.header.Get("ETag") {
					t.Error("two representations have one tag")
				}
				if a := s.send(t, http.MethodGet, getQuery(query), "", acceptNew, "If-None-Match: "+tag); a.status != 304 || a.header.Get("ETag") != tag {
					t.Errorf("the zipped tag: %d", a.status)
				}
			}
			for _, accept := range []string{"gzip;q=0", "identity", "br"} {
				if a := s.post(t, query, nil, "Accept-Encoding: "+accept); a.header.Get("Content-Encoding") != "" {
					t.Errorf("%s was zipped", accept)
				}
			}
			if a := s.post(t, "{hello}", nil, "Accept-Encoding: gzip"); a.header.Get("Content-Encoding") != "" {
				t.Error("a small answer was zipped")
			}
		})
	}
}

func TestSurrogateKey(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions(), Attach: func(ctx context.Context, r web.Request) context.Context {
		if r.Touch != nil {
			r.Touch("pattern:a")
			r.Touch("law:conway")
			r.Touch("pattern:a")
		}
		return ctx
	}})
	for range 2 {
		a := s.post(t, `{pattern(slug:"a"){slug tier{name}} patterns{pageInfo{hasNextPage}}}`, nil)
		if got := a.header.Get("Surrogate-Key"); got != "law pattern law:conway pattern:a" {
			t.Errorf("got %q", got)
		}
	}
	if got := s.post(t, "{hello}", nil).header.Get("Surrogate-Key"); got != "graph law:conway pattern:a" {
		t.Errorf("an answer of the whole graph has %q", got)
	}
}

func TestSurrogateKeyIsBounded(t *testing.T) {
	var touch func(string)
	entries := 2000
	s := mustServer(t, web.Options{Revisions: newRevisions(), Attach: func(ctx context.Context, r web.Request) context.Context {
		touch = r.Touch
		for i := range entries {
			touch(fmt.Sprintf("law:%04d", entries-i))
		}
		return ctx
	}})
	got := s.post(t, `{pattern(slug:"a"){slug}}`, nil).header.Get("Surrogate-Key")
	// Each is nine bytes after the type: the first in order that fit into 8 KB.
	if fit := (8<<10 - len("pattern")) / 9; len(got) != len("pattern")+9*fit || !strings.HasPrefix(got, "pattern law:0001 law:0002 ") {
		t.Errorf("%d bytes: %.60s", len(got), got)
	}
	// The next answer has neither these tags nor those of a load that ends after its answer.
	touch("law:late")
	entries = 1
	if got := s.post(t, `{pattern(slug:"b"){slug}}`, nil).header.Get("Surrogate-Key"); got != "pattern law:0001" {
		t.Errorf("the next answer has %q", got)
	}
	entries = 2
	if got := s.post(t, `{pattern(slug:"c"){slug}}`, nil).header.Get("Surrogate-Key"); got != "pattern law:0001 law:0002" {
		t.Errorf("the third answer has %q", got)
	}
}

// waiting returns how many requests wait for a run.
func (s *server) waiting(t *testing.T) (n int) {
	t.Helper()
	_, rest, _ := strings.Cut(s.admin(t, "/metrics").body, "\nresponse_cache_waiting ")
	if _, err := fmt.Sscan(rest, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// shareRun sends many equal requests concurrently and requires that all of them get the answer.
func (s *server) shareRun(t *testing.T) {
	t.Helper()
	const clients = 8
	answers := make(chan answer, clients)
	for range clients {
		go func() { answers <- s.post(t, "{slow}", nil) }()
	}
	<-s.graph.started
	for s.waiting(t) < clients {
		// Each of them waits for the one run.
		<-s.tick(t)
	}
	close(s.graph.gate)
	for range clients {
		if a := <-answers; a.status != 200 || string(a.Data) != `{"slow":"done"}` {
			t.Errorf("got %d %s", a.status, a.body)
		}
	}
	if n := s.graph.executed(); n != 1 {
		t.Errorf("executed %d times", n)
	}
}

func TestEqualMissesShareARun(t *testing.T) {
	mustServer(t, web.Options{Revisions: newRevisions()}).shareRun(t)
}

func TestSharedRunOutlivesItsClient(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions()})
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		s.sendContext(ctx, t, getQuery("{slow}"))
		close(gone)
	}()
	<-s.graph.started
	second := make(chan answer, 1)
	go func() { second <- s.send(t, http.MethodGet, getQuery("{slow}"), "") }()
	for s.waiting(t) < 2 {
		<-s.tick(t)
	}
	cancel()
	close(s.graph.gate)
	if a := <-second; a.status != 200 {
		t.Errorf("the waiting client got %d %s", a.status, a.body)
	}
	<-gone
}

func TestCanceledWaiterDoesNotEndTheRun(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions()})
	first := make(chan answer, 1)
	go func() { first <- s.send(t, http.MethodGet, getQuery("{slow}"), "") }()
	<-s.graph.started
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		s.sendContext(ctx, t, getQuery("{slow}"))
		close(gone)
	}()
	for s.waiting(t) < 2 {
		<-s.tick(t)
	}
	cancel()
	close(s.graph.gate)
	if a := <-first; a.status != 200 {
		t.Errorf("the running client got %d %s", a.status, a.body)
	}
	<-gone
}

func TestSharedRunThatPanics(t *testing.T) {
	begun, gate := make(chan struct{}), make(chan struct{})
	s := mustServer(t, web.Options{Revisions: newRevisions(), Attach: func(context.Context, web.Request) context.Context {
		close(begun)
		<-gate
		panic("secret")
	}})
	answers := make(chan answer, 2)
	send := func() { answers <- s.send(t, http.MethodGet, getQuery("{hello}"), "") }
	go send()
	<-begun
	go send()
	for s.waiting(t) < 2 {
		<-s.tick(t)
	}
	close(gate)
	for range 2 {
		if a := <-answers; a.status != http.StatusInternalServerError || a.code() != "INTERNAL" || strings.Contains(a.body, "secret") {
			t.Errorf("got %d %s", a.status, a.body)
		}
	}
	if metrics := s.admin(t, "/metrics").body; !strings.Contains(metrics, "panics_total 1") {
		t.Error("the panic is not counted once")
	}
}

func TestAfter(t *testing.T) {
	r := newRevisions()
	s := mustServer(t, web.Options{Revisions: r, Limits: web.Limits{WaitAfter: 1}})
	for name, tt := range map[string]struct {
		wait   func(context.Context, string) error
		status int
		code   string
	}{
		"arrived": {func(context.Context, string) error { return nil }, 200, ""},
		"late":    {func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }, 503, "UNAVAILABLE"},
		"forged": {func(context.Context, string) error {
			return content.Fault(content.BadUserInput, "The token is not one of ours.")
		}, 400, "BAD_USER_INPUT"},
	} {
		t.Run(name, func(t *testing.T) {
			r.wait = func(ctx context.Context, token string) error {
				if token != "t1" {
					return errors.New("another token")
				}
				return tt.wait(ctx, token)
			}
			if a := s.post(t, "{hello}", nil, "X-After: t1"); a.status != tt.status || a.code() != tt.code {
				t.Errorf("got %d %s", a.status, a.body)
			}
		})
	}
	r.wait = nil
	if a := s.post(t, "{hello}", nil); a.status != 200 {
		t.Errorf("without the header: %d", a.status)
	}
}

func TestCacheCanBeOff(t *testing.T) {
	s := mustServer(t, web.Options{Revisions: newRevisions(), CacheBytes: -1})
	var tag string
	for range 2 {
		tag = s.send(t, http.MethodGet, getQuery(patternQuery), "").header.Get("ETag")
	}
	if n := s.graph.executed(); n != 2 || tag == "" {
		t.Errorf("executed %d times, tag %q", n, tag)
	}
}
