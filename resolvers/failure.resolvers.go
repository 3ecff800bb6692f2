package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *failureStudyResolver) Revisions(ctx context.Context, obj *content.FailureStudy, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Company is the resolver for the company field.
func (r *failureStudyResolver) Company(ctx context.Context, obj *content.FailureStudy) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
}

// Body is the resolver for the body field.
func (r *failureStudyResolver) Body(ctx context.Context, obj *content.FailureStudy) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).FailureStudies, obj, func(p *content.FailureStudy) *content.RichText { return &p.Body })
}

func (r *mutationResolver) FailureStudyCreate(ctx context.Context, input model.FailureStudyInput) (*relay.Payload[content.FailureStudy], error) {
	return create[content.FailureStudy](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) FailureStudyUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.FailureStudyInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.FailureStudy], error) {
	return update[content.FailureStudy](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Failure is the resolver for the failure field.
func (r *queryResolver) Failure(ctx context.Context, slug string) (*content.FailureStudy, error) {
	return loaders.For(ctx).FailureStudies.BySlug(ctx, slug)
}

// Failures is the resolver for the failures field.
func (r *queryResolver) Failures(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.FailureStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.FailureStudy, relay.Edge[content.FailureStudy]], error) {
	return relay.Found(loaders.For(ctx).FailureStudies, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) FailureStudy() graph.FailureStudyResolver { return &failureStudyResolver{r} }

type failureStudyResolver struct{ *Resolver }
