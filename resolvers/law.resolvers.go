package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *lawResolver) Revisions(ctx context.Context, obj *content.Law, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Pillars is the resolver for the pillars field.
func (r *lawResolver) Pillars(ctx context.Context, obj *content.Law) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.LoadAll(ctx, obj.PillarKeys)
}

// DirectPillars is the resolver for the directPillars field.
func (r *lawResolver) DirectPillars(ctx context.Context, obj *content.Law) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.LoadAll(ctx, obj.DirectPillarKeys)
}

// Body is the resolver for the body field.
func (r *lawResolver) Body(ctx context.Context, obj *content.Law) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Laws, obj, func(p *content.Law) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *lawResolver) Provenance(ctx context.Context, obj *content.Law) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Laws, obj, func(p *content.Law) *content.Provenance { return &p.Provenance })
}

// Patterns is the resolver for the patterns field.
func (r *lawResolver) Patterns(ctx context.Context, obj *content.Law, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("laws", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// CaseStudies is the resolver for the caseStudies field.
func (r *lawResolver) CaseStudies(ctx context.Context, obj *content.Law, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, content.Scope{Ref: content.RefTo("laws", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// LearningPaths is the resolver for the learningPaths field.
func (r *lawResolver) LearningPaths(ctx context.Context, obj *content.Law, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefTo("steps.links.law", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *lawResolver) LawMentions(ctx context.Context, obj *content.Law, first *int, after *string, last *int, before *string, filter *content.LawFilter, orderBy *content.OrderBy) (*relay.Connection[content.Law, relay.Edge[content.Law]], error) {
	return relay.Found(loaders.For(ctx).Laws, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *lawResolver) PillarsOnIndex(ctx context.Context, obj *content.Law, first *int, after *string, last *int, before *string, filter *content.PillarFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pillar, relay.Edge[content.Pillar]], error) {
	return relay.Found(loaders.For(ctx).Pillars, content.Scope{Ref: content.RefTo("lawsOnIndex", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Laws is the resolver for the laws field.
func (r *lawCombinationResolver) Laws(ctx context.Context, obj *content.LawCombination) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.LoadAll(ctx, obj.LawKeys)
}

// Law is the resolver for the law field.
func (r *lawInteractionResolver) Law(ctx context.Context, obj *content.LawInteraction) (*content.Law, error) {
	return loaders.For(ctx).Laws.Load(ctx, obj.LawKey)
}

func (r *mutationResolver) LawCreate(ctx context.Context, input model.LawInput) (*relay.Payload[content.Law], error) {
	return create[content.Law](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) LawUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.LawInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Law], error) {
	return update[content.Law](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Law is the resolver for the law field.
func (r *queryResolver) Law(ctx context.Context, slug string) (*content.Law, error) {
	return loaders.For(ctx).Laws.BySlug(ctx, slug)
}

// Laws is the resolver for the laws field.
func (r *queryResolver) Laws(ctx context.Context) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.All(ctx, content.Order{Field: "NUMBER"})
}

// Path is the resolver for the path field.
func (r *reinforcementLoopResolver) Path(ctx context.Context, obj *content.ReinforcementLoop) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.LoadAll(ctx, obj.PathKeys)
}

func (r *Resolver) Law() graph.LawResolver { return &lawResolver{r} }

func (r *Resolver) LawCombination() graph.LawCombinationResolver { return &lawCombinationResolver{r} }

func (r *Resolver) LawInteraction() graph.LawInteractionResolver { return &lawInteractionResolver{r} }

func (r *Resolver) ReinforcementLoop() graph.ReinforcementLoopResolver {
	return &reinforcementLoopResolver{r}
}

type (
	lawResolver               struct{ *Resolver }
	lawCombinationResolver    struct{ *Resolver }
	lawInteractionResolver    struct{ *Resolver }
	reinforcementLoopResolver struct{ *Resolver }
)
