package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *stepLinkResolver) Label(ctx context.Context, obj *content.StepLink) (string, error) {
	return stepLabel(ctx, obj)
}

func (r *stepLinkResolver) Entry(ctx context.Context, obj *content.StepLink) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.Target())
}
