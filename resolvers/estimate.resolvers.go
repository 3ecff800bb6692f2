package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *queryResolver) EstimateEffort(ctx context.Context, input content.EstimateInput) (*content.Estimate, error) {
	return estimate(ctx, input)
}

// Calculator returns the tables of the facts, so that a client can look up every term of an
// estimate.
func (r *queryResolver) Calculator(ctx context.Context) (*content.Calculator, error) {
	return loaders.For(ctx).Tables.Calculator(ctx)
}
