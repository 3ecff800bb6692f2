package operation_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"patternhub/internal/web/operation"
)

// route returns the path of a visitor through a document that is not validated: what it enters, and
// with a slash what it leaves. It enters nothing below a field named stop.
func route(t *testing.T, text string) string {
	t.Helper()
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		t.Fatal(err)
	}
	name := func(sel ast.Selection) string {
		switch sel := sel.(type) {
		case *ast.Field:
			return sel.Name
		case *ast.FragmentSpread:
			return "..." + sel.Name
		default:
			return "..."
		}
	}
	var way []string
	operation.Visit(doc, func(sel ast.Selection) bool {
		way = append(way, name(sel))
		return name(sel) != "stop"
	}, func(sel ast.Selection) { way = append(way, "/"+name(sel)) })
	return strings.Join(way, " ")
}

func TestVisitor(t *testing.T) {
	for text, want := range map[string]string{
		"{a{b}c}":                          "a b /b /a c /c",
		"{stop{b}...{c}}":                  "stop ... c /c /...",
		"{...F a ...F} fragment F on T{b}": "...F b /b /...F a /a ...F",
		"{...F} fragment F on T{a{...F}}":  "...F a ...F /a /...F",
		"{...G a}":                         "...G a /a",
		"{...F} fragment F on T{...G} fragment G on T{a}": "...F ...G a /a /...G /...F",
	} {
		if diff := cmp.Diff(want, route(t, text)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
