package resolvers

import (
	"context"

	"patternhub/internal/content"
)

func (r *queryResolver) EstimateEffort(ctx context.Context, input content.EstimateInput) (*content.Estimate, error) {
	return estimate(ctx, input)
}
