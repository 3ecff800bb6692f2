package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *mutationResolver) TierCreate(ctx context.Context, input model.TierInput) (*relay.Payload[content.Tier], error) {
	return create[content.Tier](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) TierUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.TierInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Tier], error) {
	return update[content.Tier](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Tier is the resolver for the tier field.
func (r *queryResolver) Tier(ctx context.Context, slug string) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.BySlug(ctx, slug)
}

// Tiers is the resolver for the tiers field.
func (r *queryResolver) Tiers(ctx context.Context) ([]*content.Tier, error) {
	return loaders.For(ctx).Tiers.All(ctx, content.Order{Field: "RANK"})
}

func (r *tierResolver) Revisions(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Criteria is the resolver for the criteria field.
func (r *tierResolver) Criteria(ctx context.Context, obj *content.Tier) ([]string, error) {
	return pageOf(ctx, loaders.For(ctx).Tiers, obj, func(p *content.Tier) []string { return p.Criteria })
}

// Body is the resolver for the body field.
func (r *tierResolver) Body(ctx context.Context, obj *content.Tier) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Tiers, obj, func(p *content.Tier) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *tierResolver) Provenance(ctx context.Context, obj *content.Tier) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Tiers, obj, func(p *content.Tier) *content.Provenance { return &p.Provenance })
}

// Patterns is the resolver for the patterns field.
func (r *tierResolver) Patterns(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("tier", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// CaseStudies is the resolver for the caseStudies field.
func (r *tierResolver) CaseStudies(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, content.Scope{Ref: content.RefTo("tier", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Guides is the resolver for the guides field.
func (r *tierResolver) Guides(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.GuideFilter, orderBy *content.OrderBy) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Journeys is the resolver for the journeys field.
func (r *tierResolver) Journeys(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.JourneyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Journey, relay.Edge[content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, content.Scope{Ref: content.RefTo("phases.tiers", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// LearningPaths is the resolver for the learningPaths field.
func (r *tierResolver) LearningPaths(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefTo("steps.links.tier", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *tierResolver) Practices(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Found(loaders.For(ctx).Practices, content.Scope{Ref: content.RefTo("tierClaim", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *tierResolver) ClaimedPatterns(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("tierClaims.tier", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *tierResolver) QuickStarts(ctx context.Context, obj *content.Tier, first *int, after *string, last *int, before *string, filter *content.QuickStartFilter, orderBy *content.OrderBy) (*relay.Connection[content.QuickStart, relay.Edge[content.QuickStart]], error) {
	return relay.Found(loaders.For(ctx).QuickStarts, content.Scope{Ref: content.RefTo("governance.tier", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Tier() graph.TierResolver { return &tierResolver{r} }

type tierResolver struct{ *Resolver }
