package web_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"patternhub/internal/web"
)

// overwritingSchema is a schema that overwrites an answer as soon as it is recycled.
type overwritingSchema struct {
	*graph

	recycled atomic.Int64
}

func (e *overwritingSchema) Recycle(data []byte) {
	e.recycled.Add(1)
	copy(data[:cap(data)], bytes.Repeat([]byte("!"), cap(data)))
}

func newOverwritingServer(t *testing.T, o web.Options) (*server, *overwritingSchema) {
	t.Helper()
	g := newGraph(t)
	e := &overwritingSchema{graph: g}
	o.Schema = e
	s := mustServer(t, o)
	s.graph = g
	return s, e
}

func TestRecycleAfterSend(t *testing.T) {
	for name, tt := range map[string]struct {
		o        web.Options
		recycled int64 // recycled responses of three requests
	}{
		"cached":       {web.Options{Revisions: newRevisions()}, 1},
		"not cached":   {web.Options{Revisions: newRevisions(), CacheBytes: -1}, 3},
		"no revisions": {web.Options{}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := newOverwritingServer(t, tt.o)
			// The answer is large enough to be compressed.
			target := getQuery("{patterns(first:100){nodes{slug name}}}")
			want := mustServer(t, web.Options{}).send(t, http.MethodGet, target, "", acceptNew).body
			for _, encoding := range []string{"", "", "gzip"} {
				a := s.send(t, http.MethodGet, target, "", acceptNew, "Accept-Encoding: "+encoding)
				if a.header.Get("Content-Encoding") != encoding {
					t.Fatalf("got %q, want %q", a.header.Get("Content-Encoding"), encoding)
				}
				if encoding == "gzip" {
					a.body = unzip(t, a.body)
				}
				if a.status != 200 || a.body != want {
					t.Errorf("got %d %s", a.status, a.body)
				}
			}
			if n := e.recycled.Load(); n != tt.recycled {
				t.Errorf("recycled %d responses, want %d", n, tt.recycled)
			}
		})
	}
}

func TestSharedResponseNotRecycled(t *testing.T) {
	s, e := newOverwritingServer(t, web.Options{Revisions: newRevisions(), CacheBytes: -1})
	s.shareRun(t)
	if n := e.recycled.Load(); n != 0 {
		t.Errorf("recycled %d responses still in use", n)
	}
}

// brokenWriter is a connection that breaks.
type brokenWriter struct{ *httptest.ResponseRecorder }

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestFailedSendNotRecycled(t *testing.T) {
	s, e := newOverwritingServer(t, web.Options{Revisions: newRevisions(), CacheBytes: -1})
	r := httptest.NewRequest(http.MethodGet, getQuery("{hello}"), nil)
	s.Public().ServeHTTP(brokenWriter{httptest.NewRecorder()}, r.WithContext(t.Context()))
	if n := e.recycled.Load(); n != 0 || s.graph.executed() != 1 {
		t.Errorf("recycled %d responses after a failed send, executed %d requests, want 0 and 1", n, s.graph.executed())
	}
}
