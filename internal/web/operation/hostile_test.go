package operation_test

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql/introspection"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/web/operation"
)

// limits returns generous limits, except for those under test.
func limits() operation.Limits {
	return operation.Limits{
		DocumentBytes: 32_000, Tokens: 2_000, Depth: 16, Aliases: 30, RootFields: 20, Directives: 20, Fragments: 50,
		Nodes: 10_000, Cost: 10_000, Page: 100, OperationBytes: 1 << 20,
	}
}

// mustPreparer returns a Preparer of the schema of the tests.
func mustPreparer(t testing.TB, l operation.Limits) *operation.Preparer {
	t.Helper()
	sdl, err := os.ReadFile("testdata/schema.graphql")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "test.graphql", Input: string(sdl)})
	if err != nil {
		t.Fatal(err)
	}
	return operation.New(operation.Options{Schema: schema, Limits: l, Over: func(string, string) {}})
}

// repeat joins n pieces made from their numbers.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)) + " ")
	}
	return b.String()
}

// hostile returns documents within the byte limit, each the worst of its kind.
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

// BenchmarkHostile measures the worst documents, each on its first request.
func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile() {
		b.Run(strings.ReplaceAll(name, " ", "-"), func(b *testing.B) {
			p := mustPreparer(b, limits())
			b.ReportAllocs()
			for b.Loop() {
				p.Prepare(text)
			}
		})
	}
}

// TestHostileDocumentsAreBounded shows that no document of an allowed size makes the server allocate more
// than 5 MiB, or answer with a refusal of more than 4000 bytes.
func TestHostileDocumentsAreBounded(t *testing.T) {
	p := mustPreparer(t, limits())
	for name, text := range hostile() {
		t.Run(name, func(t *testing.T) {
			if len(text) > 32_000 {
				t.Fatalf("%d bytes are refused unread", len(text))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			refusal := p.Prepare(text)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 5<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
			if refusal == nil {
				return
			}
			if raw, err := json.Marshal(refusal.Errs); err != nil || len(raw) > 4000 {
				t.Errorf("a refusal of %d bytes: %v", len(raw), err)
			}
		})
	}
}

// tower returns fragments that each spread the next one twice: 2^n selections if they were expanded.
func tower(n int, last string) string {
	var b strings.Builder
	b.WriteString("{pattern(slug:\"a\"){...F0}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Pattern{x:tier{pattern{...F%d}} y:tier{pattern{...F%d}}}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Pattern{%s}", n, last)
	return b.String()
}

// TestWorkIsLinear counts steps, not time, so that it does not depend on the machine. The limits are
// raised until only the algorithm bounds the work.
func TestWorkIsLinear(t *testing.T) {
	l := limits()
	l.Depth, l.Aliases, l.Fragments, l.Tokens, l.DocumentBytes = 1000, 1000, 1000, 100_000, 1_000_000
	p := mustPreparer(t, l)
	for name, text := range map[string]string{
		"tower":       tower(40, "slug"),
		"cycle":       tower(40, "...F0"),
		"flat tower":  "{...F0}" + flat(45),
		"all to all":  all(45),
		"introspects": "{__schema{types{...F0}}}" + types(45),
	} {
		t.Run(name, func(t *testing.T) {
			small, err := p.Steps(text)
			if err != nil {
				t.Fatal(err)
			}
			if limit := 2 * len(text); small > limit {
				t.Errorf("%d steps for %d bytes", small, len(text))
			}
			if refusal := p.Prepare(text); refusal == nil && name != "flat tower" && name != "all to all" {
				t.Error("it is served")
			}
		})
	}
}

// flat returns fragments that spread the next one many times on one level.
func flat(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Query{...F%d ...F%d ...F%d}", i, i+1, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Query{hello}", n)
	return b.String()
}

// all returns fragments that each spread all later ones.
func all(n int) string {
	var b strings.Builder
	b.WriteString("{...F0}")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Query{hello ", i)
		for j := i + 1; j <= n; j++ {
			fmt.Fprintf(&b, "...F%d ", j)
		}
		b.WriteString("}")
	}
	fmt.Fprintf(&b, "fragment F%d on Query{hello}", n)
	return b.String()
}

// types returns a tower over the introspection types.
func types(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on __Type{ofType{...F%d} x:ofType{...F%d}}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on __Type{name}", n)
	return b.String()
}

// FuzzDocument looks for documents that panic or that take more than two steps for each byte.
func FuzzDocument(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	p := mustPreparer(f, limits())
	f.Fuzz(func(t *testing.T, text string) {
		p.Prepare(text)
		if steps, err := p.Steps(text); err == nil && steps > 2*len(text)+10 {
			t.Fatalf("%d steps for %d bytes: %q", steps, len(text), text)
		}
	})
}
