package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

// Tier is the resolver for the tier field.
func (r *governanceRuleResolver) Tier(ctx context.Context, obj *content.GovernanceRule) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

func (r *mutationResolver) QuickStartCreate(ctx context.Context, input model.QuickStartInput) (*relay.Payload[content.QuickStart], error) {
	return create[content.QuickStart](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) QuickStartUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.QuickStartInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.QuickStart], error) {
	return update[content.QuickStart](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// QuickStart is the resolver for the quickStart field.
func (r *queryResolver) QuickStart(ctx context.Context, slug string) (*content.QuickStart, error) {
	return loaders.For(ctx).QuickStarts.BySlug(ctx, slug)
}

// QuickStarts is the resolver for the quickStarts field.
func (r *queryResolver) QuickStarts(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.QuickStartFilter, orderBy *content.OrderBy) (*relay.Connection[content.QuickStart, relay.Edge[content.QuickStart]], error) {
	return relay.Found(loaders.For(ctx).QuickStarts, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *quickStartResolver) Revisions(ctx context.Context, obj *content.QuickStart, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Patterns is the resolver for the patterns field.
func (r *quickStartResolver) Patterns(ctx context.Context, obj *content.QuickStart, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Listed(loaders.For(ctx).Patterns, obj.PatternKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// CaseStudies is the resolver for the caseStudies field.
func (r *quickStartResolver) CaseStudies(ctx context.Context, obj *content.QuickStart, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Listed(loaders.For(ctx).CaseStudies, obj.CaseStudyKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Body is the resolver for the body field.
func (r *quickStartResolver) Body(ctx context.Context, obj *content.QuickStart) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).QuickStarts, obj, func(p *content.QuickStart) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *quickStartResolver) Provenance(ctx context.Context, obj *content.QuickStart) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).QuickStarts, obj, func(p *content.QuickStart) *content.Provenance { return &p.Provenance })
}

// LearningPaths is the resolver for the learningPaths field.
func (r *quickStartResolver) LearningPaths(ctx context.Context, obj *content.QuickStart, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefTo("steps.links.quickStart", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) GovernanceRule() graph.GovernanceRuleResolver { return &governanceRuleResolver{r} }

func (r *Resolver) QuickStart() graph.QuickStartResolver { return &quickStartResolver{r} }

type (
	governanceRuleResolver struct{ *Resolver }
	quickStartResolver     struct{ *Resolver }
)
