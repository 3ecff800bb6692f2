package resolvers

import (
	"context"
	"strings"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *mutationResolver) PageCreate(ctx context.Context, input model.PageInput) (*relay.Payload[content.Page], error) {
	return create[content.Page](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) PageUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.PageInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Page], error) {
	return update[content.Page](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

func (r *pageResolver) Revisions(ctx context.Context, obj *content.Page, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Body is the resolver for the body field.
func (r *pageResolver) Body(ctx context.Context, obj *content.Page) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Pages, obj, func(p *content.Page) *content.RichText { return &p.Body })
}

// Page is the resolver for the page field.
func (r *queryResolver) Page(ctx context.Context, path string) (*content.Page, error) {
	return loaders.For(ctx).Pages.BySlug(ctx, strings.Trim(path, "/"))
}

// Pages is the resolver for the pages field.
func (r *queryResolver) Pages(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.PageFilter, orderBy *content.OrderBy) (*relay.Connection[content.Page, relay.Edge[content.Page]], error) {
	return relay.Found(loaders.For(ctx).Pages, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Page() graph.PageResolver { return &pageResolver{r} }

type pageResolver struct{ *Resolver }
