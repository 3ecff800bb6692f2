package engine

import (
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Flaw puts a mistake into the engine; the names are those of the sabotages.
func Flaw(name string) Option {
	return func(e *Engine) {
		e.flaw = map[string]flaw{
			"wrong plan key": flawPlanKey, "lost null bubble": flawNull, "wrong float format": flawFloat,
			"swapped parents": flawParents, "skipped error": flawError, "stale argument": flawArgument,
		}[name]
	}
}

// Written writes with a Writer of its own.
func Written(write func(*Writer)) string {
	w := &Writer{run: &run{engine: &Engine{}}}
	write(w)
	if w.null {
		return "(null)"
	}
	return string(w.buf)
}

// Remembered is the number of operations an engine remembers, and of plans of the latest.
func Remembered(es graphql.ExecutableSchema, op *ast.OperationDefinition) (operations, plans int) {
	e := es.(*Engine)
	return len(e.surveys.young) + len(e.surveys.old), len(e.surveys.young[op].plans)
}

// Bounds are the most operations and plans of one that are remembered.
func Bounds() (operations, plans int) { return maxSurveys, maxPlans }

// Held takes a run from the pool and says how many values it still holds; ok is false when
// there was none.
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
