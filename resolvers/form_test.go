package resolvers_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/resolvers"
)

// TestFormsHaveTheFieldsOfTheInputs compares the paths of each form with the input type that it names,
// so that a client that follows the form can write every field and no other.
func TestFormsHaveTheFieldsOfTheInputs(t *testing.T) {
	t.Parallel()
	schema := (&resolvers.Resolver{}).Schema().Schema()
	for _, form := range resolvers.Forms() {
		inputs := map[string]*ast.FieldDefinition{}
		addInputs(inputs, schema, form.Input, "")
		var have []string
		for _, f := range form.Fields {
			have = append(have, f.Path)
			in := inputs[f.Path]
			if in == nil {
				continue // the comparison below reports it
			}
			if f.List != (in.Type.Elem != nil) {
				t.Errorf("%s.%s is a list in one of both", form.Input, f.Path)
			}
			if in.Type.NonNull && !f.Required && !f.List {
				t.Errorf("%s.%s must be given, but the form does not say so", form.Input, f.Path)
			}
			if f.Help == "" || f.Help != in.Description {
				t.Errorf("the help of %s.%s is %q", form.Input, f.Path, f.Help)
			}
			if def := schema.Types[in.Type.Name()]; def.Kind == ast.Enum {
				var values []string
				for _, v := range def.EnumValues {
					values = append(values, v.Name)
				}
				if diff := cmp.Diff(values, f.Values); diff != "" {
					t.Errorf("the values of %s.%s: %s", form.Input, f.Path, diff)
				}
			}
		}
		for _, a := range form.Actions {
			if schema.Mutation.Fields.ForName(a.Field) == nil || a.Role == "" {
				t.Errorf("the action %s of %s needs the role %q and the field %q", a.Action, form.Name, a.Role, a.Field)
			}
		}
		slices.Sort(have)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(inputs)), have); diff != "" {
			t.Errorf("%s (-input +form):\n%s", form.Input, diff)
		}
	}
}

// addInputs adds the fields of an input by their paths, those of nested inputs too. It does not end for an input
// that contains itself.
func addInputs(to map[string]*ast.FieldDefinition, schema *ast.Schema, input, prefix string) {
	for _, f := range schema.Types[input].Fields {
		to[prefix+f.Name] = f
		if def := schema.Types[f.Type.Name()]; def.Kind == ast.InputObject {
			addInputs(to, schema, def.Name, prefix+f.Name+".")
		}
	}
}
