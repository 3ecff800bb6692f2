package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

// Node finds entries alone; an id of something else is null.
func (r *queryResolver) Node(ctx context.Context, id content.ID) (content.Node, error) {
	return asNode(loaders.For(ctx).Entry(ctx, id))
}

func (r *queryResolver) Nodes(ctx context.Context, ids []*content.ID) ([]content.Node, error) {
	return nodes(ctx, ids)
}

// Entry takes the path under which a site shows it, with former slugs too.
func (r *queryResolver) Entry(ctx context.Context, path string) (content.Entry, error) {
	return loaders.For(ctx).EntryAt(ctx, path)
}

func (r *queryResolver) Viewer(ctx context.Context) (*content.Viewer, error) {
	return r.ViewerOf(ctx), nil
}

func (r *Resolver) Query() graph.QueryResolver { return &queryResolver{r} }

type queryResolver struct{ *Resolver }
