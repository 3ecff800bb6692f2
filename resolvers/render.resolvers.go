package resolvers

import (
	"context"

	"patternhub/graph/model"
)

// Render needs the role of an author, since it costs what a write costs.
func (r *queryResolver) Render(ctx context.Context, input model.RenderInput) (*model.Rendering, error) {
	return r.r.Texts.render(ctx, &input)
}
