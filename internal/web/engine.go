package web

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Loads connects an executor with the loaders of the program; see the engine's interface of that
// name. It is an alias, because generated code and the program both use it without importing each
// other.
type Loads = interface {
	Attach(ctx context.Context, wait func()) context.Context
	Flush(ctx context.Context)
}

// BreadthFirst puts the engine in front of a schema, if the schema offers it, and returns the
// reasons for which the engine may leave an operation to the schema itself. onStock is called for
// each operation that it leaves. The engine is found through a method of the schema, so that the
// hub builds and serves without it too.
func BreadthFirst(stock graphql.ExecutableSchema, loads Loads, onStock func(ctx context.Context, reason string)) (graphql.ExecutableSchema, []string) {
	fast, ok := stock.(interface {
		BreadthFirst(loads Loads, onStock func(ctx context.Context, reason string)) graphql.ExecutableSchema
		StockReasons() []string
	})
	if !ok {
		return stock, nil
	}
	return fast.BreadthFirst(loads, onStock), fast.StockReasons()
}
