package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *companyResolver) Revisions(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Owner is the resolver for the owner field.
func (r *companyResolver) Owner(ctx context.Context, obj *content.Company) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.OwnerKey)
}

// PatternStack is the resolver for the patternStack field.
func (r *companyResolver) PatternStack(ctx context.Context, obj *content.Company) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternStackKeys)
}

// Body is the resolver for the body field.
func (r *companyResolver) Body(ctx context.Context, obj *content.Company) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Companies, obj, func(p *content.Company) *content.RichText { return &p.Body })
}

// Products is the resolver for the products field.
func (r *companyResolver) Products(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.Edge[content.Company]], error) {
	return relay.Found(loaders.For(ctx).Companies, content.Scope{Ref: content.RefTo("owner", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Patterns is the resolver for the patterns field.
func (r *companyResolver) Patterns(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.CompanyPatternEdge], error) {
	return relay.FoundWith(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("companies.company", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.CompanyPatternEdges(obj.Key))
}

// CaseStudies is the resolver for the caseStudies field.
func (r *companyResolver) CaseStudies(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.CompanyCaseStudyEdge], error) {
	return relay.FoundWith(loaders.For(ctx).CaseStudies, content.Scope{Ref: content.RefTo("companies.company", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.CompanyCaseStudyEdges(obj.Key))
}

// Failures is the resolver for the failures field.
func (r *companyResolver) Failures(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.FailureStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.FailureStudy, relay.Edge[content.FailureStudy]], error) {
	return relay.Found(loaders.For(ctx).FailureStudies, content.Scope{Ref: content.RefTo("company", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Guides is the resolver for the guides field.
func (r *companyResolver) Guides(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.GuideFilter, orderBy *content.OrderBy) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Journeys is the resolver for the journeys field.
func (r *companyResolver) Journeys(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.JourneyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Journey, relay.Edge[content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Pillars is the resolver for the pillars field.
func (r *companyResolver) Pillars(ctx context.Context, obj *content.Company, first *int, after *string, last *int, before *string, filter *content.PillarFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pillar, relay.Edge[content.Pillar]], error) {
	return relay.Found(loaders.For(ctx).Pillars, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *mutationResolver) CompanyCreate(ctx context.Context, input model.CompanyInput) (*relay.Payload[content.Company], error) {
	return create[content.Company](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) CompanyUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.CompanyInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Company], error) {
	return update[content.Company](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Company is the resolver for the company field.
func (r *queryResolver) Company(ctx context.Context, slug string) (*content.Company, error) {
	return loaders.For(ctx).Companies.BySlug(ctx, slug)
}

// Companies is the resolver for the companies field.
func (r *queryResolver) Companies(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.Edge[content.Company]], error) {
	return relay.Found(loaders.For(ctx).Companies, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Company() graph.CompanyResolver { return &companyResolver{r} }

type companyResolver struct{ *Resolver }
