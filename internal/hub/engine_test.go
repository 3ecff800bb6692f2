package hub_test

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/graph"
	"patternhub/internal/web"
	"patternhub/loaders"
)

// spy records the middleware of operations.
type spy struct {
	graphql.ExecutableSchema

	fields graphql.FieldMiddleware
}

func (s *spy) Exec(ctx context.Context) graphql.ResponseHandler {
	s.fields = graphql.GetOperationContext(ctx).ResolverMiddleware
	return s.ExecutableSchema.Exec(ctx)
}

// TestNoExtensionWrapsFields checks that no extension wraps fields, for which the engine has a
// slower path.
func TestNoExtensionWrapsFields(t *testing.T) {
	engine, _ := web.BreadthFirst(graph.NewExecutableSchema(graph.Config{}), loaders.Levels{}, func(_ context.Context, reason string) {
		t.Errorf("left to the stock executor: %s", reason)
	})
	schema := &spy{ExecutableSchema: engine}
	s, err := web.New(web.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	if data, errs, err := s.Execute(t.Context(), "{__typename}", nil); err != nil || len(errs) > 0 || string(data) != `{"__typename":"Query"}` {
		t.Fatalf("got %s: %v (%v)", data, errs, err)
	}
	if !engine.(interface {
		Plain(m graphql.FieldMiddleware) bool
	}).Plain(schema.fields) {
		t.Error("the engine does not recognise the middleware as empty")
	}
}
