package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql/introspection"

	"patternhub/web"
)

// hostile are documents within the byte limit, each the worst of its class.
func hostile() map[string]string {
	in := func(s string) string { return `{pattern(slug:"a"){` + s + "}}" }
	return map[string]string{
		"standard introspection": introspection.Query,
		"one field 990 times":    in(strings.Repeat("slug ", 990)),
		"objects that overlap":   in(strings.Repeat("tier{name}", 240)),
		"deep overlap":           in(strings.Repeat("tier{pattern{tier{name}}}", 110)),
		"arguments that overlap": in(strings.Repeat("related(first:1){totalCount}", 100)),
		"conflicts":              in(repeat(30, "a:related(first:#){totalCount}")),
		"fragments that overlap": in(repeat(50, "...F#")) + repeat(50, "fragment F# on Pattern{slug name id tier{name}}"),
		"all to all":             all(38),
		"flat tower":             "{...F0}" + flat(49),
		"unknown fields":         in(repeat(400, "nameX#")),
		"deep inline fragments":  in(strings.Repeat("...{", 49) + "slug" + strings.Repeat("}", 49)),
		"deep lists":             "{echo(grid:" + strings.Repeat("[", 480) + strings.Repeat("]", 480) + ")}",
		"deep objects":           "{echo(filter:" + strings.Repeat("{and:", 320) + "1" + strings.Repeat("}", 320) + ")}",
		"huge number":            "{echo(n:" + strings.Repeat("9", 14_000) + ")}",
		"huge float":             "{echo(f:1e" + strings.Repeat("9", 14_000) + ")}",
		"huge string":            `{echo(text:"` + strings.Repeat(`\u0041`, 2_400) + `")}`,
		"block string":           `{echo(text:"""` + strings.Repeat("\n ", 7_000) + `""")}`,
		"comments":               strings.Repeat("#\n", 7_400) + "{hello}",
		"commas":                 "{hello" + strings.Repeat(",", 14_900) + "}",
		"variables":              "query(" + repeat(190, "$v#:Int") + "){hello}",
		"alias flood":            in(repeat(300, "a#:slug")),
		"directive flood":        "{hello " + repeat(900, "@x") + "}",
		"replacement characters": `{echo(text:"` + strings.Repeat("\uFFFD", 4_000) + `")}`,
		"surrogates":             `{echo(ids:[` + strings.Repeat("\"\\ud83d\\ude00\" ", 900) + `])}`,
		"many strings":           `{echo(ids:[` + strings.Repeat("\"\uFFFD\" ", 900) + `])}`,
	}
}

// BenchmarkHostile is the price of the worst documents, each seen for the first time.
func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			s := mustServer(b, web.Options{})
			b.ReportAllocs()
			for b.Loop() {
				s.Prepare(text)
			}
		})
	}
}

// discard is a writer without a connection, so that a benchmark sees the handler alone.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

// SetReadDeadline and SetWriteDeadline do what a connection would do for a caller.
func (d discard) SetReadDeadline(time.Time) error  { return nil }
func (d discard) SetWriteDeadline(time.Time) error { return nil }

// BenchmarkHandler is what the surface adds to net/http for the cheapest answers.
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

// fixed is a graph that never changes.
type fixed struct{}

func (fixed) Of([]string) uint64                 { return 7 }
func (fixed) Wait(context.Context, string) error { return nil }
