package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"patternhub/internal/web"
)

// nested returns a query of the given depth.
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
		"bytes":      {comment(32_000), comment(32_001)},
		"tokens":     {"{pattern(slug:\"a\"){" + strings.Repeat("slug ", 1990) + "}}", "{pattern(slug:\"a\"){" + strings.Repeat("slug ", 1991) + "}}"},
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
		t.Error("the metric does not count it")
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
