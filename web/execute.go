package web

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/content"
)

// Check tells whether a query of the program's own passes the limits and rules of documents.
// Its error is BadUserInput with a message for whoever wrote the query.
func (s *Server) Check(query string) error {
	_, err := s.inner(query, nil)
	return err
}

// Execute answers a query of the program's own: within the limits of documents, but charged to
// nobody, kept nowhere and free to be none of the trusted documents. ctx says who asks and
// carries what Attach would give it. An error in the answer is an error here.
func (s *Server) Execute(ctx context.Context, query string, vars map[string]any) (json.RawMessage, error) {
	c, err := s.inner(query, vars)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, visitKey{}, &visit{id: s.opts.NewID()}), s.limits.Deadline)
	defer cancel()
	next, ctx := s.exec.DispatchOperation(ctx, s.operationContext(c))
	resp := next(ctx)
	switch {
	case resp == nil:
		return nil, fmt.Errorf("run query: %w", context.Cause(ctx))
	case len(resp.Errors) > 0:
		return nil, content.Fault(content.Internal, resp.Errors[0].Message)
	}
	return resp.Data, nil
}

// inner admits a query without asking who sends it.
// Variables are only coerced where there are any, so Check needs no values for them.
func (s *Server) inner(query string, vars map[string]any) (*call, error) {
	op, refused := s.operations.find(query, "")
	if refused == nil && op.def.Operation != ast.Query {
		return nil, content.Fault(content.BadUserInput, "Only queries can be run here.")
	}
	c := &call{op: op, params: &params{}, vars: map[string]any{}}
	if refused == nil && vars != nil {
		c.vars, refused = s.coerce(op.def, vars)
	}
	if refused != nil {
		return nil, content.Fault(content.BadUserInput, refused.errs[0].Message)
	}
	return c, nil
}
