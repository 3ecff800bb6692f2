package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *mutationResolver) PillarCreate(ctx context.Context, input model.PillarInput) (*relay.Payload[content.Pillar], error) {
	return create[content.Pillar](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) PillarUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.PillarInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Pillar], error) {
	return update[content.Pillar](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

func (r *pillarResolver) Revisions(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// LawsOnIndex is the resolver for the lawsOnIndex field.
func (r *pillarResolver) LawsOnIndex(ctx context.Context, obj *content.Pillar) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.LoadAll(ctx, obj.LawsOnIndexKeys)
}

func (r *pillarResolver) Laws(ctx context.Context, obj *content.Pillar) ([]*content.Law, error) {
	return listAll(ctx, loaders.For(ctx).Laws, content.RefTo("pillars", obj.Key), content.Order{Field: "NUMBER"})
}

// PatternFit is the resolver for the patternFit field.
func (r *pillarResolver) PatternFit(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.PillarPatternFitEdge], error) {
	return relay.ListedWith(loaders.For(ctx).Patterns, obj.PatternFits, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.NewPillarPatternFitEdge)
}

// Body is the resolver for the body field.
func (r *pillarResolver) Body(ctx context.Context, obj *content.Pillar) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Pillars, obj, func(p *content.Pillar) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *pillarResolver) Provenance(ctx context.Context, obj *content.Pillar) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Pillars, obj, func(p *content.Pillar) *content.Provenance { return &p.Provenance })
}

// Patterns is the resolver for the patterns field.
func (r *pillarResolver) Patterns(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("pillars", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// CaseStudies is the resolver for the caseStudies field.
func (r *pillarResolver) CaseStudies(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, content.Scope{Ref: content.RefTo("pillars", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// LearningPaths is the resolver for the learningPaths field.
func (r *pillarResolver) LearningPaths(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefTo("steps.links.pillar", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *pillarResolver) DirectLaws(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.LawFilter, orderBy *content.OrderBy) (*relay.Connection[content.Law, relay.Edge[content.Law]], error) {
	return relay.Found(loaders.For(ctx).Laws, content.Scope{Ref: content.RefTo("directPillars", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *pillarResolver) CombinedWith(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.PillarFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pillar, relay.Edge[content.Pillar]], error) {
	return relay.Found(loaders.For(ctx).Pillars, content.Scope{Ref: content.RefTo("combinations.pillars", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *pillarResolver) Roles(ctx context.Context, obj *content.Pillar, first *int, after *string, last *int, before *string, filter *content.RoleFilter, orderBy *content.OrderBy) (*relay.Connection[content.Role, relay.Edge[content.Role]], error) {
	return relay.Found(loaders.For(ctx).Roles, content.Scope{Ref: content.RefTo("pillarOrder", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Pillars is the resolver for the pillars field.
func (r *pillarCombinationResolver) Pillars(ctx context.Context, obj *content.PillarCombination) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.LoadAll(ctx, obj.PillarKeys)
}

// Company is the resolver for the company field.
func (r *pillarCombinationResolver) Company(ctx context.Context, obj *content.PillarCombination) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
}

// Pattern is the resolver for the pattern field.
func (r *pillarCombinationResolver) Pattern(ctx context.Context, obj *content.PillarCombination) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

// Practice is the resolver for the practice field.
func (r *pillarCombinationResolver) Practice(ctx context.Context, obj *content.PillarCombination) (*content.Practice, error) {
	return loaders.For(ctx).Practices.Load(ctx, obj.PracticeKey)
}

// Company is the resolver for the company field.
func (r *pillarExampleResolver) Company(ctx context.Context, obj *content.PillarExample) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
}

// Pillar is the resolver for the pillar field.
func (r *queryResolver) Pillar(ctx context.Context, slug string) (*content.Pillar, error) {
	return loaders.For(ctx).Pillars.BySlug(ctx, slug)
}

// Pillars is the resolver for the pillars field.
func (r *queryResolver) Pillars(ctx context.Context) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.All(ctx, content.Order{Field: "NUMBER"})
}

func (r *Resolver) Pillar() graph.PillarResolver { return &pillarResolver{r} }

func (r *Resolver) PillarCombination() graph.PillarCombinationResolver {
	return &pillarCombinationResolver{r}
}

func (r *Resolver) PillarExample() graph.PillarExampleResolver { return &pillarExampleResolver{r} }

type (
	pillarResolver            struct{ *Resolver }
	pillarCombinationResolver struct{ *Resolver }
	pillarExampleResolver     struct{ *Resolver }
)
