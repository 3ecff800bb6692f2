package web

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"patternhub/content"
)

// singleField is the rule SingleFieldSubscriptions. gqlparser's counts fields by their names, so
// one field under two aliases passes it, and gqlgen panics over what has two streams.
func singleField(events *core.Events, add core.AddErrFunc) {
	events.OnOperation(func(_ *core.Walker, op *ast.OperationDefinition) {
		if op.Operation != ast.Subscription {
			return
		}
		name := "Anonymous Subscription"
		if op.Name != "" {
			name = `Subscription "` + shorten(op.Name) + `"`
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

// rootsOf gives the first field of each name in the answer, without those that are left out
// whatever the variables are.
func rootsOf(set ast.SelectionSet) []*ast.Field {
	var out []*ast.Field
	seen, spread := map[string]bool{}, map[string]bool{}
	var left walk // without variables only literals decide
	var in func(set ast.SelectionSet)
	in = func(set ast.SelectionSet) {
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				if !left.skipped(sel.Directives) && !seen[sel.Alias] {
					seen[sel.Alias] = true
					out = append(out, sel)
				}
			case *ast.InlineFragment:
				if !left.skipped(sel.Directives) {
					in(sel.SelectionSet)
				}
			case *ast.FragmentSpread:
				if sel.Definition != nil && !spread[sel.Name] && !left.skipped(sel.Directives) {
					spread[sel.Name] = true
					in(sel.Definition.SelectionSet)
				}
			}
		}
	}
	in(set)
	return out
}

// oneStream refuses a subscription whose only field its directives leave out, which gqlgen would
// panic over.
func oneStream(op *graphql.OperationContext) *refusal {
	if len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})) == 1 {
		return nil
	}
	return faulty(content.BadUserInput, coded(content.BadUserInput, "A subscription follows one field; its directives leave none."))
}
