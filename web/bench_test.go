package web_test

import (
	"strings"
	"testing"

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
