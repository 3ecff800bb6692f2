package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *roleResolver) LearningPath(ctx context.Context, obj *content.Role) (*content.LearningPath, error) {
	return firstOf(listAll(ctx, loaders.For(ctx).LearningPaths, content.RefTo("role", obj.Key), content.Order{}))
}
