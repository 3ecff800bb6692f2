package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *comparisonResolver) Revisions(ctx context.Context, obj *content.Comparison, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// ParentPattern is the resolver for the parentPattern field.
func (r *comparisonResolver) ParentPattern(ctx context.Context, obj *content.Comparison) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.ParentPatternKey)
}

// Body is the resolver for the body field.
func (r *comparisonResolver) Body(ctx context.Context, obj *content.Comparison) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Comparisons, obj, func(p *content.Comparison) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *comparisonResolver) Provenance(ctx context.Context, obj *content.Comparison) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Comparisons, obj, func(p *content.Comparison) *content.Provenance { return &p.Provenance })
}

func (r *mutationResolver) ComparisonCreate(ctx context.Context, input model.ComparisonInput) (*relay.Payload[content.Comparison], error) {
	return create[content.Comparison](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) ComparisonUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.ComparisonInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Comparison], error) {
	return update[content.Comparison](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Comparison is the resolver for the comparison field.
func (r *queryResolver) Comparison(ctx context.Context, slug string) (*content.Comparison, error) {
	return loaders.For(ctx).Comparisons.BySlug(ctx, slug)
}

// Comparisons is the resolver for the comparisons field.
func (r *queryResolver) Comparisons(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.ComparisonFilter, orderBy *content.OrderBy) (*relay.Connection[content.Comparison, relay.Edge[content.Comparison]], error) {
	return relay.Found(loaders.For(ctx).Comparisons, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Comparison() graph.ComparisonResolver { return &comparisonResolver{r} }

type comparisonResolver struct{ *Resolver }
