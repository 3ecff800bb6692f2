package engine

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxSurveys bounds the operations that are cached; a site or an app has some hundreds.
	maxSurveys = 2048
	// maxPlans bounds the plans of one operation: five switches in every combination.
	maxPlans = 32
)

// surveys caches operations in two generations: when the young one is full it becomes the old one,
// and operations that were not used since the last time are dropped. This needs no record of each
// use, and retains an unused operation up to twice as long. mu guards the maps and the plans.
type surveys struct {
	mu         sync.Mutex
	young, old map[*ast.OperationDefinition]*survey
}

// of returns the survey of an operation and makes it if needed. The key is the pointer: the
// server's cache of parsed operations returns the same one for the same text.
func (s *surveys) of(e *Engine, oc *graphql.OperationContext) *survey {
	found := s.young[oc.Operation]
	if found != nil {
		return found
	}
	if found = s.old[oc.Operation]; found == nil {
		found = e.survey(oc.Doc, oc.Operation)
	}
	if s.young == nil || len(s.young) >= maxSurveys/2 {
		s.young, s.old = map[*ast.OperationDefinition]*survey{}, s.young
	}
	s.young[oc.Operation] = found
	return found
}

// plan returns the plan of an operation, or the reason why there is none. It makes a new plan under
// the lock, so that concurrent requests for a new operation make it once; that is short, for only
// the root selection is made.
func (e *Engine) plan(oc *graphql.OperationContext) (*plan, string) {
	e.surveys.mu.Lock()
	defer e.surveys.mu.Unlock()
	s := e.surveys.of(e, oc)
	if s.stock != "" {
		return nil, s.stock
	}
	key, ok := s.key(oc.Variables)
	if !ok {
		return nil, StockVariable
	}
	if p := s.plans[key]; p != nil {
		return p, ""
	}
	if len(s.plans) >= maxPlans {
		clear(s.plans)
	}
	op := oc.Operation.Operation
	p := &plan{operation: op, root: e.selection(oc, e.roots[op], oc.Operation.SelectionSet)}
	if op == ast.Subscription && !p.root.follows() {
		return nil, StockEvents
	}
	s.plans[key] = p
	return p, ""
}
