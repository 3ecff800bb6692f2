package resolvers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/seed"
)

// TestRelationsAreReadBothWays requires that the target of every reference in the seed lists the
// referring entry in one of its own fields.
func TestRelationsAreReadBothWays(t *testing.T) {
	h := newHub(t)
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]map[string]bool{}
	ids := map[content.EntryType][]string{}
	for _, e := range entries {
		ids[e.ID().Type] = append(ids[e.ID().Type], e.ID().String())
	}
	for entryType, list := range ids {
		query := neighbors(h.schema.Schema(), entryType.Name())
		for part := range slices.Chunk(list, 100) {
			h.note(t, refs, query, part)
		}
	}
	missing := map[string]int{}
	for _, e := range entries {
		for _, r := range content.References(e) {
			if oneWay(e.ID().Type, r.Path) {
				continue
			}
			if target := r.Target.String(); !refs[target][e.ID().String()] {
				missing[fmt.Sprintf("%s.%s to %s", e.ID().Type.Name(), r.Path, r.Target.Type.Name())]++
			}
		}
	}
	for path, n := range missing {
		t.Errorf("%s has no way back from its target, %d times", path, n)
	}
}

// oneWay reports whether a reference only adds to a relation that has its own way back: the tier
// under which a study lists a pattern is edge data of that use. Tools refer to most patterns in their tables,
// which says nothing of a pattern.
func oneWay(t content.EntryType, path string) bool {
	return t == content.TypeCaseStudy && path == "patterns.listedTier" || t == content.TypeWizard || t == content.TypeCalculator
}

// neighbors returns a query for all entries that the fields of a type's entries return.
func neighbors(schema *ast.Schema, name string) string {
	var b strings.Builder
	entry := func(def *ast.Definition) bool { return slices.Contains(def.Interfaces, "Entry") }
	for _, f := range schema.Types[name].Fields {
		def := schema.Types[f.Type.Name()]
		switch {
		case f.Name == "revisions":
		case strings.HasSuffix(def.Name, "Connection"):
			args := "first: 100"
			if f.Arguments.ForName("direction") != nil {
				args += ", direction: BOTH"
			}
			fmt.Fprintf(&b, " %s(%s) { nodes { id } }", f.Name, args)
		case entry(def):
			fmt.Fprintf(&b, " %s { id }", f.Name)
		}
	}
	return fmt.Sprintf("query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on %s { id%s } } }", name, b.String())
}

// note records the entries that the fields of each entry name.
func (h *hub) note(t *testing.T, refs map[string]map[string]bool, query string, ids []string) {
	t.Helper()
	resp, _ := h.answer(t, h.engine, query, map[string]any{"ids": ids})
	if len(resp.Errors) > 0 {
		t.Fatalf("%v", resp.Errors)
	}
	var data struct{ Nodes []map[string]any }
	if err := json.Unmarshal(resp.Data, &data); err != nil {
		t.Fatal(err)
	}
	for _, node := range data.Nodes {
		id := node["id"].(string)
		delete(node, "id")
		refs[id] = map[string]bool{}
		gather(node, refs[id])
	}
}

// gather collects the ids in a value.
func gather(v any, into map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			gather(x, into)
		}
	case map[string]any:
		if id, ok := v["id"].(string); ok {
			into[id] = true
		}
		for _, x := range v {
			gather(x, into)
		}
	}
}
