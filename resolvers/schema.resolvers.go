package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/internal/diagram"
	"patternhub/loaders"
)

func (r *queryResolver) Node(ctx context.Context, id content.ID) (content.Node, error) {
	return r.r.node(ctx, id)
}

func (r *queryResolver) Nodes(ctx context.Context, ids []*content.ID) ([]content.Node, error) {
	return r.r.nodes(ctx, ids)
}

// Entry takes the path at which a site shows the entry; former slugs work too.
func (r *queryResolver) Entry(ctx context.Context, path string) (content.Entry, error) {
	return loaders.For(ctx).EntryAt(ctx, path)
}

func (r *queryResolver) File(ctx context.Context, hash string) (*content.File, error) {
	return loaders.For(ctx).Tables.File(ctx, hash)
}

func (r *queryResolver) Viewer(ctx context.Context) (*content.Viewer, error) {
	return r.r.ViewerOf(ctx), nil
}

func (r *richTextResolver) Diagrams(_ context.Context, obj *content.RichText) ([]*content.Diagram, error) {
	return diagram.In(obj.HTML), nil
}

func (r *richTextResolver) Navigation(ctx context.Context, obj *content.RichText) ([]*content.NavLink, error) {
	return navigation(ctx, obj)
}
