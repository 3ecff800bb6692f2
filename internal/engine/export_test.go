package engine

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Written returns what a function writes to a new Writer.
func Written(write func(*Writer)) string {
	w := &Writer{run: &run{engine: &Engine{}}}
	write(w)
	if w.null {
		return "(null)"
	}
	return string(w.buf)
}

// Cached returns the number of operations that an engine caches, and of plans of the latest.
func Cached(es graphql.ExecutableSchema, op *ast.OperationDefinition) (operations, plans int) {
	e := es.(*Engine)
	return len(e.surveys.young) + len(e.surveys.old), len(e.surveys.young[op].plans)
}

// Bounds returns the most operations, and plans of one operation, that an engine caches.
func Bounds() (operations, plans int) { return maxSurveys, maxPlans }

// Held takes a run from the pool and returns how many values it still holds; ok is false when
// the pool was empty.
func Held(es graphql.ExecutableSchema) (held int, ok bool) {
	r := es.(*Engine).pool.Get().(*run)
	for _, g := range r.groups.all {
		for _, o := range g.objs[:cap(g.objs)] {
			if o != nil {
				held++
			}
		}
		if g.sel != nil || g.from != nil {
			held++
		}
	}
	for _, c := range r.columns.all {
		if c.results != nil || c.errs != nil || c.contexts != nil || c.args != nil || c.raws != nil || c.faults != nil || c.group != nil {
			held++
		}
	}
	return held, len(r.groups.all) > 0
}
