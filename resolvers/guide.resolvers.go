package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *guideResolver) Revisions(ctx context.Context, obj *content.Guide, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Tier is the resolver for the tier field.
func (r *guideResolver) Tier(ctx context.Context, obj *content.Guide) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

// Tiers is the resolver for the tiers field.
func (r *guideResolver) Tiers(ctx context.Context, obj *content.Guide) ([]*content.Tier, error) {
	return loaders.For(ctx).Tiers.LoadAll(ctx, obj.TierKeys)
}

// PatternsOnPackPage is the resolver for the patternsOnPackPage field.
func (r *guideResolver) PatternsOnPackPage(ctx context.Context, obj *content.Guide) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternsOnPackPageKeys)
}

// Patterns is the resolver for the patterns field.
func (r *guideResolver) Patterns(ctx context.Context, obj *content.Guide, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Listed(loaders.For(ctx).Patterns, obj.PatternKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Practices is the resolver for the practices field.
func (r *guideResolver) Practices(ctx context.Context, obj *content.Guide, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Listed(loaders.For(ctx).Practices, obj.PracticeKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Companies is the resolver for the companies field.
func (r *guideResolver) Companies(ctx context.Context, obj *content.Guide, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.Edge[content.Company]], error) {
	return relay.Listed(loaders.For(ctx).Companies, obj.CompanyKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// ExampleCompanies is the resolver for the exampleCompanies field.
func (r *guideResolver) ExampleCompanies(ctx context.Context, obj *content.Guide, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.Edge[content.Company]], error) {
	return relay.Listed(loaders.For(ctx).Companies, obj.ExampleCompanyKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Body is the resolver for the body field.
func (r *guideResolver) Body(ctx context.Context, obj *content.Guide) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Guides, obj, func(p *content.Guide) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *guideResolver) Provenance(ctx context.Context, obj *content.Guide) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Guides, obj, func(p *content.Guide) *content.Provenance { return &p.Provenance })
}

// LearningPaths is the resolver for the learningPaths field.
func (r *guideResolver) LearningPaths(ctx context.Context, obj *content.Guide, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefTo("steps.links.guide", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Pattern is the resolver for the pattern field.
func (r *monthlyCostResolver) Pattern(ctx context.Context, obj *content.MonthlyCost) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *mutationResolver) GuideCreate(ctx context.Context, input model.GuideInput) (*relay.Payload[content.Guide], error) {
	return create[content.Guide](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) GuideUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.GuideInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Guide], error) {
	return update[content.Guide](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Guide is the resolver for the guide field.
func (r *queryResolver) Guide(ctx context.Context, slug string) (*content.Guide, error) {
	return loaders.For(ctx).Guides.BySlug(ctx, slug)
}

// Guides is the resolver for the guides field.
func (r *queryResolver) Guides(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.GuideFilter, orderBy *content.OrderBy) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Essential is the resolver for the essential field.
func (r *scaleBandResolver) Essential(ctx context.Context, obj *content.ScaleBand) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.EssentialKeys)
}

// Advanced is the resolver for the advanced field.
func (r *scaleBandResolver) Advanced(ctx context.Context, obj *content.ScaleBand) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.AdvancedKeys)
}

func (r *Resolver) Guide() graph.GuideResolver { return &guideResolver{r} }

func (r *Resolver) MonthlyCost() graph.MonthlyCostResolver { return &monthlyCostResolver{r} }

func (r *Resolver) ScaleBand() graph.ScaleBandResolver { return &scaleBandResolver{r} }

type (
	guideResolver       struct{ *Resolver }
	monthlyCostResolver struct{ *Resolver }
	scaleBandResolver   struct{ *Resolver }
)
