package operation

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// singleField is the rule SingleFieldSubscriptions. gqlparser's rule compares field names, so it
// accepts one field under two aliases, and gqlgen panics on two streams.
func singleField(events *core.Events, add core.AddErrFunc) {
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		if op.Operation != ast.Subscription {
			return
		}
		name := "Anonymous Subscription"
		if op.Name != "" {
			name = `Subscription "` + Shorten(op.Name) + `"`
		}
		fields := rootsOf(op.SelectionSet)
		if len(fields) > 1 {
			add(core.Message("%s must select only one top level field.", name), core.At(fields[1].Position))
		}
		for _, f := range fields {
			if reserved(f.Name) {
				add(core.Message("%s must not select an introspection top level field.", name), core.At(f.Position))
			}
		}
	})
}

// rootsOf returns the first field for each response key, ignoring fields that a literal @skip or
// @include excludes.
func rootsOf(set ast.SelectionSet) []*ast.Field {
	var out []*ast.Field
	seen := map[string]bool{}
	var skip walk // without variables, so only literals decide
	v := visitor{enter: func(sel ast.Selection) bool {
		if skip.skipped(directivesOf(sel)) {
			return false
		}
		field, ok := sel.(*ast.Field)
		if ok && !seen[field.Alias] {
			seen[field.Alias] = true
			out = append(out, field)
		}
		return !ok
	}}
	v.visit(set)
	return out
}

// eventKey returns the response key of the field called idField, the last one if it is selected more than
// once, or "".
func eventKey(info *schemaInfo, op *Operation, idField string) string {
	key := ""
	each(info, op, func(f *ast.Field, _ *fieldInfo) {
		if f.Name == idField {
			key = f.Alias
		}
	})
	return key
}
