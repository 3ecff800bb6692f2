package resolvers_test

import (
	"slices"
	"strings"
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
		var have []string
		for _, f := range form.Fields {
			have = append(have, f.Path)
			in := inputAt(schema, form.Input, f.Path)
			if in == nil {
				continue
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
		want := inputPaths(schema, form.Input, "")
		slices.Sort(have)
		slices.Sort(want)
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("%s (-input +form):\n%s", form.Input, diff)
		}
	}
}

// inputAt returns the field of an input at a path of names with dots between them, or nil if there is none.
func inputAt(schema *ast.Schema, input, path string) *ast.FieldDefinition {
	var f *ast.FieldDefinition
	for name := range strings.SplitSeq(path, ".") {
		if schema.Types[input] == nil {
			return nil
		}
		if f = schema.Types[input].Fields.ForName(name); f == nil {
			return nil
		}
		input = f.Type.Name()
	}
	return f
}

// inputPaths returns the paths of all fields of an input, those of nested inputs after their parent. It does
// not end for an input that contains itself.
func inputPaths(schema *ast.Schema, input, prefix string) []string {
	var out []string
	for _, f := range schema.Types[input].Fields {
		out = append(out, prefix+f.Name)
		if def := schema.Types[f.Type.Name()]; def.Kind == ast.InputObject {
			out = append(out, inputPaths(schema, def.Name, prefix+f.Name+".")...)
		}
	}
	return out
}
