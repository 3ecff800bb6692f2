package resolvers

import (
	"context"

	"patternhub/internal/content"
)

func (r *queryResolver) SelectPatterns(ctx context.Context, input content.PatternSelectionInput) (*content.PatternSelection, error) {
	return selectPatterns(ctx, input)
}
