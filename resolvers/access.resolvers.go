package resolvers

import (
	"context"

	"patternhub/internal/content"
)

func (r *queryResolver) RateLimit(ctx context.Context, dryRun *bool) (*content.RateLimit, error) {
	return rateLimit(ctx), nil
}
