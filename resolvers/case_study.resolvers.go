package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *caseStudyResolver) Revisions(ctx context.Context, obj *content.CaseStudy, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Tier is the resolver for the tier field.
func (r *caseStudyResolver) Tier(ctx context.Context, obj *content.CaseStudy) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

// Companies is the resolver for the companies field.
func (r *caseStudyResolver) Companies(ctx context.Context, obj *content.CaseStudy, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.CaseStudyCompanyEdge], error) {
	return relay.ListedWith(loaders.For(ctx).Companies, obj.CompanyParts, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.NewCaseStudyCompanyEdge)
}

// Patterns is the resolver for the patterns field.
func (r *caseStudyResolver) Patterns(ctx context.Context, obj *content.CaseStudy, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.CaseStudyPatternEdge], error) {
	return relay.ListedWith(loaders.For(ctx).Patterns, obj.PatternUses, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.NewCaseStudyPatternEdge)
}

// Practices is the resolver for the practices field.
func (r *caseStudyResolver) Practices(ctx context.Context, obj *content.CaseStudy, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Listed(loaders.For(ctx).Practices, obj.PracticeKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Laws is the resolver for the laws field.
func (r *caseStudyResolver) Laws(ctx context.Context, obj *content.CaseStudy) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.LoadAll(ctx, obj.LawKeys)
}

// Pillars is the resolver for the pillars field.
func (r *caseStudyResolver) Pillars(ctx context.Context, obj *content.CaseStudy) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.LoadAll(ctx, obj.PillarKeys)
}

// Body is the resolver for the body field.
func (r *caseStudyResolver) Body(ctx context.Context, obj *content.CaseStudy) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).CaseStudies, obj, func(p *content.CaseStudy) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *caseStudyResolver) Provenance(ctx context.Context, obj *content.CaseStudy) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).CaseStudies, obj, func(p *content.CaseStudy) *content.Provenance { return &p.Provenance })
}

// QuickStarts is the resolver for the quickStarts field.
func (r *caseStudyResolver) QuickStarts(ctx context.Context, obj *content.CaseStudy, first *int, after *string, last *int, before *string, filter *content.QuickStartFilter, orderBy *content.OrderBy) (*relay.Connection[content.QuickStart, relay.Edge[content.QuickStart]], error) {
	return relay.Found(loaders.For(ctx).QuickStarts, content.Scope{Ref: content.RefTo("caseStudies", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// ListedTier is the resolver for the listedTier field.
func (r *caseStudyPatternEdgeResolver) ListedTier(ctx context.Context, obj *relay.CaseStudyPatternEdge) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.ListedTierKey)
}

func (r *mutationResolver) CaseStudyCreate(ctx context.Context, input model.CaseStudyInput) (*relay.Payload[content.CaseStudy], error) {
	return create[content.CaseStudy](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) CaseStudyUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.CaseStudyInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.CaseStudy], error) {
	return update[content.CaseStudy](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// CaseStudy is the resolver for the caseStudy field.
func (r *queryResolver) CaseStudy(ctx context.Context, slug string) (*content.CaseStudy, error) {
	return loaders.For(ctx).CaseStudies.BySlug(ctx, slug)
}

// CaseStudies is the resolver for the caseStudies field.
func (r *queryResolver) CaseStudies(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) CaseStudy() graph.CaseStudyResolver { return &caseStudyResolver{r} }

func (r *Resolver) CaseStudyPatternEdge() graph.CaseStudyPatternEdgeResolver {
	return &caseStudyPatternEdgeResolver{r}
}

type (
	caseStudyResolver            struct{ *Resolver }
	caseStudyPatternEdgeResolver struct{ *Resolver }
)
