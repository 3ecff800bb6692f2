package main

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"patternhub/graph"
	"patternhub/loaders"
	"patternhub/web"
)

// spy notes the middleware that operations come with.
type spy struct {
	graphql.ExecutableSchema

	fields graphql.FieldMiddleware
}

func (s *spy) Exec(ctx context.Context) graphql.ResponseHandler {
	s.fields = graphql.GetOperationContext(ctx).ResolverMiddleware
	return s.ExecutableSchema.Exec(ctx)
}

// TestNothingStandsAroundFields: the engine has a slower way for programs whose extensions wrap
// fields, which this one must not need.
func TestNothingStandsAroundFields(t *testing.T) {
	engine, _ := web.BreadthFirst(graph.NewExecutableSchema(graph.Config{}), loaders.Levels{}, func(_ context.Context, reason string) {
		t.Errorf("left to the stock executor: %s", reason)
	})
	schema := &spy{ExecutableSchema: engine}
	s, err := web.New(web.Options{Schema: schema})
	if err != nil {
		t.Fatal(err)
	}
	if data, err := s.Execute(t.Context(), "{__typename}", nil); err != nil || string(data) != `{"__typename":"Query"}` {
		t.Fatalf("got %s: %v", data, err)
	}
	if !engine.(interface {
		Plain(m graphql.FieldMiddleware) bool
	}).Plain(schema.fields) {
		t.Error("the engine takes the middleware for one that does something")
	}
}
