package resolvers

import (
	"context"

	"patternhub/internal/content"
)

func (r *migrationResolver) PatternsBeside(ctx context.Context, obj *content.Migration) ([]*content.Pattern, error) {
	return r.RelatedPatterns(ctx, obj)
}
