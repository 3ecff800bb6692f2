package run

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Check reports whether a query of the program itself passes the limits and rules of documents. Its
// error is BadUserInput with a message for the query's author.
func (r *Runner) Check(query string) error {
	_, err := r.inner(query, nil)
	return err
}

// Execute answers a query of the program itself. It is within the limits of documents, but it is
// not charged, not cached and need not be trusted. ctx identifies the viewer and carries what
// Attach would add. errs are the errors of the answer, as a client would see them; err is the
// reason why there is no answer.
func (r *Runner) Execute(ctx context.Context, query string, vars map[string]any) (data json.RawMessage, errs gqlerror.List, err error) {
	c, err := r.inner(query, vars)
	if err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(WithVisit(ctx, &Visit{ID: r.o.NewID()}), r.o.Limits.Deadline)
	defer cancel()
	next, ctx := r.dispatch(ctx, c)
	resp := next(ctx)
	if resp == nil {
		return nil, nil, fmt.Errorf("run query: %w", context.Cause(ctx))
	}
	return resp.Data, resp.Errors, nil
}

// inner admits a query without a viewer. It coerces variables only if there are any, so that Check
// needs no values for them.
func (r *Runner) inner(query string, vars map[string]any) (*Call, error) {
	op, refusal := r.o.Operations.Find(query, "")
	if refusal == nil && op.Def.Operation != ast.Query {
		return nil, content.Fault(content.BadUserInput, "Only queries can be run here.")
	}
	c := &Call{Operation: op, Params: &operation.Params{}, Vars: map[string]any{}}
	if refusal == nil && vars != nil {
		c.Vars, refusal = r.o.Operations.Coerce(op, vars)
	}
	if refusal != nil {
		return nil, content.Fault(content.BadUserInput, refusal.Errs[0].Message)
	}
	return c, nil
}
