package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"patternhub/internal/web"
)

// discard is a writer without a connection, so that a benchmark measures only the handler.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// SetReadDeadline and SetWriteDeadline accept deadlines, as a connection does.
func (d discard) SetReadDeadline(time.Time) error  { return nil }
func (d discard) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkHandler measures what the server adds to net/http for the cheapest answers.
func BenchmarkHandler(b *testing.B) {
	s := mustServer(b, web.Options{Revisions: fixed{}, Limits: web.Limits{Bucket: 1 << 40, Restore: 1 << 40}})
	const query = "{patterns(first:20){nodes{slug name}}}"
	tag := s.send(b, http.MethodGet, getQuery(query), "").header.Get("ETag")
	for name, headers := range map[string][]string{
		"hit": nil, "zipped-hit": {"Accept-Encoding", "gzip"}, "304": {"If-None-Match", tag},
	} {
		b.Run(name, func(b *testing.B) {
			r := httptest.NewRequest(http.MethodGet, getQuery(query), nil)
			if headers != nil {
				r.Header.Set(headers[0], headers[1])
			}
			b.ReportAllocs()
			for b.Loop() {
				s.Public().ServeHTTP(discard{http.Header{}}, r)
			}
		})
	}
}

// BenchmarkMiss measures what the server adds to an answer that is not cached.
func BenchmarkMiss(b *testing.B) {
	s := mustServer(b, web.Options{Revisions: fixed{}, CacheBytes: -1, Limits: web.Limits{Bucket: 1 << 40, Restore: 1 << 40}})
	r := httptest.NewRequest(http.MethodGet, getQuery("{patterns(first:20){nodes{slug name}}}"), nil)
	b.ReportAllocs()
	for b.Loop() {
		s.Public().ServeHTTP(discard{http.Header{}}, r)
	}
}

// fixed is a graph that never changes.
type fixed struct{}

func (fixed) Of([]string) uint64                 { return 7 }
func (fixed) Wait(context.Context, string) error { return nil }
func (fixed) Now() (web.Generation, bool)        { return fixed{}, true }

func (fixed) Next(context.Context, web.Generation) (web.Generation, error) { return fixed{}, nil }
