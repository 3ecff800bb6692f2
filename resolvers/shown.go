package resolvers

import (
	"context"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
)

// Shown returns the types of the entries of which the field that is being resolved shows what only pages
// have: with them the loaders read entries whole at once, instead of their pages afterwards. Under any
// executor it follows from the field's selection; the hub's own derives it once for each plan. It looks at the entries that the field returns, and
// at those in the edges that it returns.
func Shown(ctx context.Context) []content.EntryType {
	of := func(f graphql.CollectedField) any {
		s := shown{ctx: ctx}
		s.set(f.Selections)
		return s.types
	}
	if call, ok := ctx.(interface {
		Derived(of func(graphql.CollectedField) any) any
	}); ok {
		return call.Derived(of).([]content.EntryType)
	}
	if fc := graphql.GetFieldContext(ctx); fc != nil {
		return of(fc.Field).([]content.EntryType)
	}
	return nil
}

// shown walks through a selection.
type shown struct {
	ctx   context.Context //nolint:containedctx // it lives for one walk
	types []content.EntryType
}

func (s *shown) set(set ast.SelectionSet) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			s.field(sel)
		case *ast.InlineFragment:
			if s.included(sel.Directives) {
				s.set(sel.SelectionSet)
			}
		case *ast.FragmentSpread:
			if s.included(sel.Directives) {
				s.set(sel.Definition.SelectionSet)
			}
		}
	}
}

// field adds the types whose pages have the field. A field of an interface may be that of any type.
func (s *shown) field(f *ast.Field) {
	types := pageFields()[f.Name]
	edge := f.Name == "node" && f.ObjectDefinition.Kind == ast.Object
	if types == nil && !edge || !s.included(f.Directives) {
		return
	}
	if edge {
		s.set(f.SelectionSet)
		return
	}
	for _, t := range types {
		of := f.ObjectDefinition
		if (of.Kind != ast.Object || of.Name == t.Name() || of.Name == hitName) && !slices.Contains(s.types, t) {
			s.types = append(s.types, t)
		}
	}
}

// included reports whether @skip and @include keep a part of a selection.
func (s *shown) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		if d.Name == "skip" || d.Name == "include" {
			if on, _ := d.ArgumentMap(graphql.GetOperationContext(s.ctx).Variables)["if"].(bool); on != (d.Name == "include") {
				return false
			}
		}
	}
	return true
}

// hitName is the type of a hit of a search, whose highlights are in texts of its entry.
const hitName = "SearchResultEdge"

// pageFields returns the types whose pages have a field, by the name of the field.
var pageFields = sync.OnceValue(func() map[string][]content.EntryType {
	out := map[string][]content.EntryType{"highlights": content.Types()}
	for _, t := range content.Types() {
		for _, name := range t.PageFields() {
			out[name] = append(out[name], t)
		}
	}
	return out
})
