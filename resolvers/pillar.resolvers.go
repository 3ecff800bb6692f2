package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *pillarResolver) Laws(ctx context.Context, obj *content.Pillar) ([]*content.Law, error) {
	return listAll(ctx, loaders.For(ctx).Laws, content.RefTo("pillars", obj.Key), content.Order{Field: "NUMBER"})
}
