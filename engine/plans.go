package engine

import (
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// maxSurveys bounds the operations that are remembered; a program of one's own has some
	// hundreds of them.
	maxSurveys = 2048
	// maxPlans bounds the plans of one operation: five switches in every combination.
	maxPlans = 32
)

// surveys remembers operations in two generations: when the young one is full it becomes the
// old one, and what was not asked for meanwhile is forgotten.
// Two generations forget without counting who asked when, at the price of remembering up to twice
// as long.
type surveys struct {
	mu         sync.Mutex
	young, old map[*ast.OperationDefinition]*survey
}

// of finds or makes the survey of an operation. Operations are told apart by identity: the
// server's cache of parsed operations gives the same one for the same text.
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

// plan gives the plan of an operation, or why there is none. The lock is held while a plan is
// made: many requests for a new operation at once then make it once, and the first selection
// is all there is to make.
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
	if e.flaw == flawPlanKey {
		key = 0
	}
	if p := s.plans[key]; p != nil {
		return p, ""
	}
	if len(s.plans) >= maxPlans {
		clear(s.plans)
	}
	p := &plan{root: e.selection(oc, e.query, oc.Operation.SelectionSet)}
	s.plans[key] = p
	return p, ""
}
