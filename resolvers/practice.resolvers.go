package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *mutationResolver) PracticeCreate(ctx context.Context, input model.PracticeInput) (*relay.Payload[content.Practice], error) {
	return create[content.Practice](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) PracticeUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.PracticeInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Practice], error) {
	return update[content.Practice](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

func (r *practiceResolver) Revisions(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// TierClaim is the resolver for the tierClaim field.
func (r *practiceResolver) TierClaim(ctx context.Context, obj *content.Practice) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierClaimKey)
}

// Body is the resolver for the body field.
func (r *practiceResolver) Body(ctx context.Context, obj *content.Practice) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Practices, obj, func(p *content.Practice) *content.RichText { return &p.Body })
}

// CaseStudies is the resolver for the caseStudies field.
func (r *practiceResolver) CaseStudies(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, content.Scope{Ref: content.RefTo("practices", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Migrations is the resolver for the migrations field.
func (r *practiceResolver) Migrations(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.MigrationFilter, orderBy *content.OrderBy) (*relay.Connection[content.Migration, relay.Edge[content.Migration]], error) {
	return relay.Found(loaders.For(ctx).Migrations, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Guides is the resolver for the guides field.
func (r *practiceResolver) Guides(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.GuideFilter, orderBy *content.OrderBy) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Journeys is the resolver for the journeys field.
func (r *practiceResolver) Journeys(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.JourneyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Journey, relay.Edge[content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, content.Scope{Ref: content.RefTo("phases.practices", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// QuickStarts is the resolver for the quickStarts field.
func (r *practiceResolver) QuickStarts(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.QuickStartFilter, orderBy *content.OrderBy) (*relay.Connection[content.QuickStart, relay.Edge[content.QuickStart]], error) {
	return relay.Found(loaders.For(ctx).QuickStarts, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Comparisons is the resolver for the comparisons field.
func (r *practiceResolver) Comparisons(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.ComparisonFilter, orderBy *content.OrderBy) (*relay.Connection[content.Comparison, relay.Edge[content.Comparison]], error) {
	return relay.Found(loaders.For(ctx).Comparisons, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// AlternativeTo is the resolver for the alternativeTo field.
func (r *practiceResolver) AlternativeTo(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("modernAlternatives.practice", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Replaces is the resolver for the replaces field.
func (r *practiceResolver) Replaces(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Found(loaders.For(ctx).Practices, content.Scope{Ref: content.RefTo("replacedBy.practice", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Laws is the resolver for the laws field.
func (r *practiceResolver) Laws(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.LawFilter, orderBy *content.OrderBy) (*relay.Connection[content.Law, relay.Edge[content.Law]], error) {
	return relay.Found(loaders.For(ctx).Laws, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *practiceResolver) ConflictingPractices(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Found(loaders.For(ctx).Practices, content.Scope{Ref: content.RefTo("conflictsWith.practice", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *practiceResolver) Pillars(ctx context.Context, obj *content.Practice, first *int, after *string, last *int, before *string, filter *content.PillarFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pillar, relay.Edge[content.Pillar]], error) {
	return relay.Found(loaders.For(ctx).Pillars, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Practice is the resolver for the practice field.
func (r *queryResolver) Practice(ctx context.Context, slug string) (*content.Practice, error) {
	return loaders.For(ctx).Practices.BySlug(ctx, slug)
}

// Practices is the resolver for the practices field.
func (r *queryResolver) Practices(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Found(loaders.For(ctx).Practices, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Practice() graph.PracticeResolver { return &practiceResolver{r} }

type practiceResolver struct{ *Resolver }
