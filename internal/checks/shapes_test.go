package checks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

// ownMeaning reports whether a field has a different meaning on each type. A document that selects
// it on several types has to use aliases, as docs/decisions/0007 says.
func ownMeaning(name string) bool { return name == "kind" }

// TestEntryTypesAgree requires that fields of one name have one shape on all entry types, since a
// document that selects both is invalid otherwise. Deprecated fields are exempt.
func TestEntryTypesAgree(t *testing.T) {
	s := schema(t)
	for _, conflict := range conflicts(s, s.PossibleTypes["Entry"], map[[2]string]bool{}) {
		t.Error(conflict)
	}
}

// conflicts lists the fields that two of the types have with different shapes.
func conflicts(s *ast.Schema, types []*ast.Definition, reported map[[2]string]bool) []string {
	var out []string
	for i, a := range types {
		for _, b := range types[:i] {
			pair := [2]string{min(a.Name, b.Name), max(a.Name, b.Name)}
			if a.Name == b.Name || reported[pair] {
				continue
			}
			reported[pair] = true
			for _, f := range a.Fields {
				g := b.Fields.ForName(f.Name)
				if g == nil || strings.HasPrefix(f.Name, "__") || ownMeaning(f.Name) ||
					f.Directives.ForName("deprecated") != nil || g.Directives.ForName("deprecated") != nil {
					continue
				}
				x, y := s.Types[f.Type.Name()], s.Types[g.Type.Name()]
				bare := func(t *ast.Type) string { return strings.ReplaceAll(t.String(), t.Name(), "") }
				switch {
				case bare(f.Type) != bare(g.Type), (x.IsLeafType() || y.IsLeafType()) && x != y:
					out = append(out, a.Name+"."+f.Name+": "+f.Type.String()+" and "+b.Name+"."+f.Name+": "+g.Type.String())
				case !x.IsLeafType():
					out = append(out, conflicts(s, []*ast.Definition{x, y}, reported)...)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// TestRootsThatCanFailAreNullable: a wrong argument must not null the rest of the answer. Any field
// with arguments can get a wrong one.
func TestRootsThatCanFailAreNullable(t *testing.T) {
	s := schema(t)
	for _, root := range []*ast.Definition{s.Query, s.Mutation} {
		for _, f := range root.Fields {
			if len(f.Arguments) > 0 && f.Type.NonNull {
				t.Errorf("%s.%s takes arguments and is %s", root.Name, f.Name, f.Type)
			}
		}
	}
}

// TestNoTypeIsDead requires that every type is reachable from a root.
func TestNoTypeIsDead(t *testing.T) {
	s := schema(t)
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		def := s.Types[name]
		if def == nil || reached[name] {
			return
		}
		reached[name] = true
		for _, f := range def.Fields {
			visit(f.Type.Name())
			for _, a := range f.Arguments {
				visit(a.Type.Name())
			}
		}
		for _, d := range s.GetPossibleTypes(def) {
			visit(d.Name)
			for _, i := range d.Interfaces {
				visit(i)
			}
		}
	}
	for _, root := range []string{"Query", "Mutation", "Subscription"} {
		visit(root)
	}
	for _, d := range own(t) {
		if !reached[d.Name] {
			t.Errorf("%s is not used", d.Name)
		}
	}
}

// TestTypesOfEqualFieldsAreOne exempts payloads, which differ over time.
func TestTypesOfEqualFieldsAreOne(t *testing.T) {
	reported := map[string]string{}
	for _, d := range own(t) {
		if d.Kind != ast.Object || strings.HasSuffix(d.Name, "Payload") {
			continue
		}
		var fields []string
		for _, f := range d.Fields {
			fields = append(fields, f.Name+" "+f.Type.String())
		}
		slices.Sort(fields)
		shape := strings.Join(fields, "\n")
		if other := reported[shape]; other != "" {
			t.Errorf("%s and %s have the same fields", other, d.Name)
		}
		reported[shape] = d.Name
	}
}

// TestTypesWithAnIDAreNodes: an id under that name is the identity of its object. The one of
// EntryDeletion is another object's, which is why it is deprecated.
func TestTypesWithAnIDAreNodes(t *testing.T) {
	for _, d := range own(t) {
		f := d.Fields.ForName("id")
		if f == nil || d.Kind != ast.Object || f.Directives.ForName("deprecated") != nil {
			continue
		}
		if !slices.Contains(d.Interfaces, "Node") || f.Type.String() != "ID!" {
			t.Errorf("%s has an id and is not a Node", d.Name)
		}
	}
}

func TestScalarsAreSpecified(t *testing.T) {
	for _, d := range own(t) {
		if d.Kind == ast.Scalar && d.Directives.ForName("specifiedBy") == nil {
			t.Errorf("%s does not specify its format", d.Name)
		}
	}
	if schema(t).Description == "" {
		t.Error("the schema has no description")
	}
}
