package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"patternhub/web"
)

// nested gives a query of the depth.
func nested(depth int) string {
	var b strings.Builder
	b.WriteString("{pattern(slug:\"a\")")
	for range (depth - 2) / 2 {
		b.WriteString("{tier{pattern")
	}
	if depth%2 == 0 {
		b.WriteString("{slug}")
	} else {
		b.WriteString("{tier{name}}")
	}
	b.WriteString(strings.Repeat("}}", (depth-2)/2))
	return b.String() + "}"
}

// repeat joins n pieces made from their numbers.
func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", strconv.Itoa(i)) + " ")
	}
	return b.String()
}

func TestDocumentLimits(t *testing.T) {
	s := mustServer(t, web.Options{})
	comment := func(bytes int) string { return "{hello}#" + strings.Repeat("x", bytes-len("{hello}#")) }
	tests := map[string]struct{ at, over string }{
		"bytes":      {comment(15_000), comment(15_001)},
		"tokens":     {"{pattern(slug:\"a\"){" + strings.Repeat("slug ", 990) + "}}", "{pattern(slug:\"a\"){" + strings.Repeat("slug ", 991) + "}}"},
		"depth":      {nested(12), nested(13)},
		"aliases":    {"{pattern(slug:\"a\"){" + repeat(30, "a#:slug") + "}}", "{pattern(slug:\"a\"){" + repeat(31, "a#:slug") + "}}"},
		"root":       {"{" + repeat(20, "a#:hello") + "}", "{" + repeat(21, "a#:hello") + "}"},
		"directives": {"{hello " + repeat(20, "@note") + "}", "{hello " + repeat(21, "@note") + "}"},
		"fragments": {
			"{pattern(slug:\"a\"){" + repeat(50, "...F#") + "}}" + repeat(50, "fragment F# on Pattern{slug}"),
			"{pattern(slug:\"a\"){" + repeat(51, "...F#") + "}}" + repeat(51, "fragment F# on Pattern{slug}"),
		},
		"inline fragments": {"{pattern(slug:\"a\"){" + repeat(50, "...{slug}") + "}}", "{pattern(slug:\"a\"){" + repeat(51, "...{slug}") + "}}"},
		"nodes": {
			"{patterns(first:100){nodes{related(first:99){totalCount}}}}",
			"{patterns(first:100){nodes{related(first:100){totalCount}}}}",
		},
		"cost": {
			// 1 + 90 x (1 + 1 + 54 x 2) and one object more a row.
			"{patterns(first:90){nodes{related(first:54){nodes{tier{name}}}}}}",
			"{patterns(first:90){nodes{related(first:55){nodes{tier{name}}}}}}",
		},
		"introspection": {
			"{" + repeat(9, "a#:__schema{types{name fields{name}}}") + "}",
			"{__schema{types{ofType" + strings.Repeat("{ofType", 19) + "{name}" + strings.Repeat("}", 19) + "}}}",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.post(t, tt.at, nil); a.code() == "LIMIT_EXCEEDED" || a.status != 200 {
				t.Errorf("at the limit: %d %.300s", a.status, a.body)
			}
			for _, accept := range []string{acceptNew, acceptJSON} {
				a := s.post(t, tt.over, nil, accept)
				if a.code() != "LIMIT_EXCEEDED" || a.status != http.StatusBadRequest {
					t.Errorf("over the limit: %d %.300s", a.status, a.body)
				}
			}
		})
	}
}

func TestMeasuredLimitsAreNotRefused(t *testing.T) {
	s := mustServer(t, web.Options{MeasureOnly: true})
	if a := s.post(t, nested(13), nil); a.status != 200 || a.code() != "" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	metrics := s.admin(t, "/metrics")
	if !strings.Contains(metrics.body, `limited_total{limit="document"} 1`) {
		t.Error("the metric does not tell it")
	}
}

func TestRequestLimits(t *testing.T) {
	s := mustServer(t, web.Options{})
	body := func(bytes int) string {
		const head, tail = `{"query":"{hello}","x":"`, `"}`
		return head + strings.Repeat("x", bytes-len(head)-len(tail)) + tail
	}
	target := func(bytes int) string {
		head := "/graphql?query=" + url.QueryEscape("{hello}") + "&x="
		return head + strings.Repeat("x", bytes-len(head))
	}
	deep := func(levels int) string {
		return `{"query":"{hello}","x":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + "}"
	}
	tests := map[string]struct {
		method, atTarget, at, overTarget, over string
		status                                 int
	}{
		"body":       {http.MethodPost, "/graphql", body(1 << 20), "/graphql", body(1<<20 + 1), 413},
		"url":        {http.MethodGet, target(8 << 10), "", target(8<<10 + 1), "", 414},
		"json depth": {http.MethodPost, "/graphql", deep(64), "/graphql", deep(65), 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if a := s.send(t, tt.method, tt.atTarget, tt.at, typeJSON); a.status != 200 {
				t.Errorf("at the limit: %d %.200s", a.status, a.body)
			}
			a := s.send(t, tt.method, tt.overTarget, tt.over, typeJSON)
			if a.status != tt.status || len(a.body) > 4096 {
				t.Errorf("over the limit: %d %.200s", a.status, a.body)
			}
		})
	}
}

// tower gives fragments that each spread the next one twice: 2^n selections without memory.
func tower(n int, last string) string {
	var b strings.Builder
	b.WriteString("{pattern(slug:\"a\"){...F0}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Pattern{x:tier{pattern{...F%d}} y:tier{pattern{...F%d}}}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Pattern{%s}", n, last)
	return b.String()
}

func TestWorkIsLinear(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{Depth: 1000, Aliases: 1000, Fragments: 1000, Tokens: 100_000, DocumentBytes: 1_000_000}})
	for name, text := range map[string]string{
		"tower":       tower(40, "slug"),
		"cycle":       tower(40, "...F0"),
		"flat tower":  "{...F0}" + flat(45),
		"all to all":  all(45),
		"introspects": "{__schema{types{...F0}}}" + types(45),
	} {
		t.Run(name, func(t *testing.T) {
			small, err := s.Steps(text)
			if err != nil {
				t.Fatal(err)
			}
			if limit := 2 * len(text); small > limit {
				t.Errorf("%d steps for %d bytes", small, len(text))
			}
			a := s.post(t, text, nil)
			if a.status != http.StatusBadRequest && name != "flat tower" && name != "all to all" {
				t.Errorf("got %d %.200s", a.status, a.body)
			}
		})
	}
}

// flat gives fragments that spread the next one many times on one level.
func flat(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Query{...F%d ...F%d ...F%d}", i, i+1, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Query{hello}", n)
	return b.String()
}

// all gives fragments that each spread all later ones.
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

// types gives a tower over the introspection types.
func types(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on __Type{ofType{...F%d} x:ofType{...F%d}}", i, i+1, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on __Type{name}", n)
	return b.String()
}

func TestRefusalsAreSmall(t *testing.T) {
	s := mustServer(t, web.Options{})
	long := strings.Repeat("n", 4000)
	for name, text := range map[string]string{
		"unknown fields": "{" + repeat(400, "unknown#") + "}",
		"long name":      "{" + long + "}",
		"long string":    `{echo(n:"` + long + `")}`,
		"long variable":  "query($" + long + ":Int){hello}",
		"conflicts":      "{" + repeat(15, "a:echo(n:#)") + "}",
		"parse":          "{hello(" + long,
	} {
		t.Run(name, func(t *testing.T) {
			a := s.post(t, text, nil)
			if a.status != 400 || len(a.body) > 4096 || len(a.Errors) > 5 {
				t.Errorf("%d, %d bytes, %d errors: %.300s", a.status, len(a.body), len(a.Errors), a.body)
			}
		})
	}
	a := s.post(t, `query($o:PatternFilter){echo(filter:$o)}`, map[string]any{"o": map[string]any{long: 1}})
	if a.status != 400 || len(a.body) > 4096 {
		t.Errorf("variable: %d, %d bytes", a.status, len(a.body))
	}
}
