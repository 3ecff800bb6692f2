package hub_test

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph"
	"patternhub/internal/content"
)

// selectAll selects every field that needs no arguments and is not deprecated, down to a depth, as
// generators of clients do.
func selectAll(schema *ast.Schema, def *ast.Definition, depth int) string {
	var b strings.Builder
	indent := strings.Repeat("  ", 6-depth)
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") || needsArguments(f) || f.Directives.ForName("deprecated") != nil {
			continue
		}
		target := schema.Types[f.Type.Name()]
		if target.IsLeafType() {
			b.WriteString(indent + f.Name + "\n")
		} else if inner := ""; depth > 1 {
			if inner = selectAll(schema, target, depth-1); inner != "" {
				b.WriteString(indent + f.Name + " {\n" + inner + indent + "}\n")
			}
		}
	}
	return b.String()
}

// needsArguments reports whether a field cannot be selected by its name alone.
func needsArguments(f *ast.FieldDefinition) bool {
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			return true
		}
	}
	return false
}

// TestSelectAllDocumentsAreAnswered sends, under the default limits and without a key, the
// documents that tools generate for each entry type: all of its fields, and two levels of the types
// that they return.
func TestSelectAllDocumentsAreAnswered(t *testing.T) {
	s := seeded(t)
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	for _, et := range content.Types() {
		t.Run(et.Name(), func(t *testing.T) {
			first := s.mustAsk(t, `query ($type: EntryType!) { sync(types: [$type], first: 1) { changes { ... on EntryUpsert { entry { id } } } } }`, map[string]any{"type": et})
			id := at(first, "sync", "changes").([]any)[0].(map[string]any)["entry"].(map[string]any)["id"]
			all := selectAll(schema, schema.Types[et.Name()], 3)
			got := s.mustAsk(t, "query ($id: ID!) {\n  node(id: $id) {\n    ... on "+et.Name()+" {\n"+all+"    }\n  }\n}\n", map[string]any{"id": id})
			if at(got, "node", "revisions") != nil {
				t.Error("revisions are shown without a key")
			}
		})
	}
}
