package resolvers

import (
	"context"

	"patternhub/internal/content"
)

func (r *queryResolver) ComparePatterns(ctx context.Context, slugs []string) (*content.PatternComparison, error) {
	return compare(ctx, slugs)
}
