package resolvers

import (
	"context"

	"patternhub/advisor"
	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *patternGraphResolver) Centre(ctx context.Context, obj *content.PatternGraph) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.CentreKey)
}

func (r *patternGraphEdgeResolver) From(ctx context.Context, obj *content.PatternGraphEdge) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.FromKey)
}

func (r *patternGraphEdgeResolver) To(ctx context.Context, obj *content.PatternGraphEdge) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.ToKey)
}

func (r *patternGraphNodeResolver) Pattern(ctx context.Context, obj *content.PatternGraphNode) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternImpactResolver) Pattern(ctx context.Context, obj *content.PatternImpact) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternImpactResolver) Guides(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) Journeys(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[content.Journey, relay.Edge[content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) LearningPaths(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) Migrations(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[content.Migration, relay.Edge[content.Migration]], error) {
	return relay.Found(loaders.For(ctx).Migrations, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) Comparisons(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[content.Comparison, relay.Edge[content.Comparison]], error) {
	return relay.Found(loaders.For(ctx).Comparisons, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) CaseStudies(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[content.CaseStudy, relay.Edge[content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternPathStepResolver) From(ctx context.Context, obj *content.PatternPathStep) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.FromKey)
}

func (r *patternPathStepResolver) To(ctx context.Context, obj *content.PatternPathStep) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.ToKey)
}

// PatternPath follows what patterns state, unless another direction is asked for.
func (r *queryResolver) PatternPath(ctx context.Context, from string, to string, relations []content.PatternRelation, direction *content.RelationDirection) ([]*content.PatternPathStep, error) {
	return r.path(ctx, from, to, advisor.Which{Relations: relations, Direction: given(direction, "OUT")})
}

// PatternNeighborhood looks both ways and one hop far, unless asked otherwise.
func (r *queryResolver) PatternNeighborhood(ctx context.Context, slug string, depth *int, relations []content.PatternRelation, direction *content.RelationDirection) (*content.PatternGraph, error) {
	return r.neighborhood(ctx, slug, given(depth, 1), advisor.Which{Relations: relations, Direction: given(direction, "BOTH")})
}

func (r *queryResolver) PatternImpact(ctx context.Context, slug string) (*content.PatternImpact, error) {
	return r.impact(ctx, slug)
}

func (r *Resolver) PatternGraph() graph.PatternGraphResolver { return &patternGraphResolver{r} }

func (r *Resolver) PatternGraphEdge() graph.PatternGraphEdgeResolver {
	return &patternGraphEdgeResolver{r}
}

func (r *Resolver) PatternGraphNode() graph.PatternGraphNodeResolver {
	return &patternGraphNodeResolver{r}
}

func (r *Resolver) PatternImpact() graph.PatternImpactResolver { return &patternImpactResolver{r} }

func (r *Resolver) PatternPathStep() graph.PatternPathStepResolver {
	return &patternPathStepResolver{r}
}

type (
	patternGraphResolver     struct{ *Resolver }
	patternGraphEdgeResolver struct{ *Resolver }
	patternGraphNodeResolver struct{ *Resolver }
	patternImpactResolver    struct{ *Resolver }
	patternPathStepResolver  struct{ *Resolver }
)
