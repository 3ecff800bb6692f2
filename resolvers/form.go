package resolvers

import (
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/auth"
	"patternhub/internal/content"
)

// forms lists the forms of all types with what content does not know: the help, which is the
// description of the input field in the schema, and the roles that actions need.
var forms = sync.OnceValue(func() []*content.EntryForm {
	schema, access := (&Resolver{}).Schema().Schema(), auth.NewAccess()
	known := content.Forms()
	out := make([]*content.EntryForm, len(known))
	for i, f := range known {
		form := *f
		form.Fields, form.Actions = slices.Clone(f.Fields), slices.Clone(f.Actions)
		for j := range form.Fields {
			if input := inputField(schema, form.Input, form.Fields[j].Path); input != nil {
				form.Fields[j].Help = input.Description
				// Numbers have no empty value, so only the schema knows which of them must be given.
				form.Fields[j].Required = form.Fields[j].Required || input.Type.NonNull && input.Type.Elem == nil
			}
		}
		for j := range form.Actions {
			form.Actions[j].Role = access.Needs("Mutation", form.Actions[j].Field)
		}
		out[i] = &form
	}
	return out
})

// inputField returns the field at a path of an input type, nil if there is none.
func inputField(schema *ast.Schema, input, path string) *ast.FieldDefinition {
	var f *ast.FieldDefinition
	for name := range strings.SplitSeq(path, ".") {
		def := schema.Types[input]
		if def == nil {
			return nil
		}
		if f = def.Fields.ForName(name); f == nil {
			return nil
		}
		input = f.Type.Name()
	}
	return f
}
