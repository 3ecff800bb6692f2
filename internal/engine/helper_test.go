package engine_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/engine"
	"patternhub/internal/engine/testdata/odd"
	"patternhub/internal/engine/testdata/odd/graph"
)

// difference is an operation on which the executors disagree.
type difference struct {
	text      string
	variables map[string]any
	err       error
}

func (d *difference) Error() string {
	return fmt.Sprintf("%v\n%s\nvariables %v", d.err, d.text, d.variables)
}

func (d *difference) Unwrap() error { return d.err }

func newEngine(config graph.Config, options ...engine.Option) graphql.ExecutableSchema {
	return graph.NewEngine(config, odd.Levels{}, options...)
}

func parsed(t testing.TB, schema *ast.Schema, text string) *ast.QueryDocument {
	t.Helper()
	doc, errs := gqlparser.LoadQuery(schema, text) //nolint:staticcheck // the rules do not matter here
	if errs != nil {
		t.Fatal(errs)
	}
	return doc
}

// execute runs an operation without the executor's own work, which a benchmark must not measure.
func execute(ctx context.Context, es graphql.ExecutableSchema, doc *ast.QueryDocument, variables map[string]any, change ...func(*graphql.OperationContext)) *graphql.Response {
	recovered := func(_ context.Context, v any) error { return gqlerror.Errorf("panic: %v", v) }
	oc := &graphql.OperationContext{
		Doc: doc, Operation: doc.Operations[0], Variables: variables, RecoverFunc: recovered,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) },
	}
	for _, f := range change {
		f(oc)
	}
	ctx = graphql.WithOperationContext(ctx, oc)
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, recovered)
	r := es.Exec(ctx)(ctx)
	if r == nil { // a subscription that was refused
		r = &graphql.Response{}
	}
	r.Errors = graphql.GetErrors(ctx)
	return r
}
