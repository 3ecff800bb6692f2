package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *queryResolver) Page(ctx context.Context, path string) (*content.Page, error) {
	return loaders.For(ctx).Pages.BySlug(ctx, content.CleanPath(path))
}
