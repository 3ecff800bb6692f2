package web_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"patternhub/web"
)

// eager is a schema that writes over an answer as soon as it has it back.
type eager struct {
	*graph

	back atomic.Int64
}

func (e *eager) Recycle(data []byte) {
	e.back.Add(1)
	copy(data[:cap(data)], bytes.Repeat([]byte("!"), cap(data)))
}

func mustEager(t *testing.T, o web.Options) (*server, *eager) {
	t.Helper()
	g := newGraph(t)
	e := &eager{graph: g}
	o.Schema = e
	s := mustServer(t, o)
	s.graph = g
	return s, e
}

func TestAnswersGoBackWhenTheyAreSent(t *testing.T) {
	for name, tt := range map[string]struct {
		o    web.Options
		back int64 // of three requests
	}{
		"kept":      {web.Options{Revisions: newRevisions()}, 1},
		"not kept":  {web.Options{Revisions: newRevisions(), CacheBytes: -1}, 3},
		"not known": {web.Options{}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s, e := mustEager(t, tt.o)
			// An answer that is large enough to be compressed.
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
			if n := e.back.Load(); n != tt.back {
				t.Errorf("%d answers came back, want %d", n, tt.back)
			}
		})
	}
}

func TestSharedAnswersStay(t *testing.T) {
	s, e := mustEager(t, web.Options{Revisions: newRevisions(), CacheBytes: -1})
	s.joined(t)
	if n := e.back.Load(); n != 0 {
		t.Errorf("%d answers came back that others still read", n)
	}
}

// cut is a connection that breaks.
type cut struct{ *httptest.ResponseRecorder }

func (cut) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestWhatCouldNotBeSentStays(t *testing.T) {
	s, e := mustEager(t, web.Options{Revisions: newRevisions(), CacheBytes: -1})
	r := httptest.NewRequest(http.MethodGet, getQuery("{hello}"), nil)
	s.Public().ServeHTTP(cut{httptest.NewRecorder()}, r.WithContext(t.Context()))
	if n := e.back.Load(); n != 0 || s.graph.executed() != 1 {
		t.Errorf("%d answers came back from a broken connection", n)
	}
}
