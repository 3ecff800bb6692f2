package resolvers

import (
	"context"

	"patternhub/graph/relay"
	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *patternImpactResolver) Guides(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[*content.Guide, *relay.Edge[*content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) Journeys(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[*content.Journey, *relay.Edge[*content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) LearningPaths(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[*content.LearningPath, *relay.Edge[*content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) Migrations(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[*content.Migration, *relay.Edge[*content.Migration]], error) {
	return relay.Found(loaders.For(ctx).Migrations, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) Comparisons(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[*content.Comparison, *relay.Edge[*content.Comparison]], error) {
	return relay.Found(loaders.For(ctx).Comparisons, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

func (r *patternImpactResolver) CaseStudies(ctx context.Context, obj *content.PatternImpact, first *int, after *string, last *int, before *string) (*relay.Connection[*content.CaseStudy, *relay.Edge[*content.CaseStudy]], error) {
	return relay.Found(loaders.For(ctx).CaseStudies, naming(obj), relay.Page{First: first, After: after, Last: last, Before: before}, nil, nil)
}

// PatternPath follows the relations in the direction that patterns state, unless asked otherwise.
func (r *queryResolver) PatternPath(ctx context.Context, from string, to string, relations []content.PatternRelation, direction *content.RelationDirection) ([]*content.PatternPathStep, error) {
	return r.r.path(ctx, from, to, advisor.RelationSelector{Relations: relations, Direction: valueOr(direction, "OUT")})
}

// PatternNeighborhood looks in both directions and one hop far, unless asked otherwise.
func (r *queryResolver) PatternNeighborhood(ctx context.Context, slug string, depth *int, relations []content.PatternRelation, direction *content.RelationDirection) (*content.PatternGraph, error) {
	return r.r.neighborhood(ctx, slug, valueOr(depth, 1), advisor.RelationSelector{Relations: relations, Direction: valueOr(direction, "BOTH")})
}

// PatternNetwork returns the relations as the patterns state them, so it needs no direction.
func (r *queryResolver) PatternNetwork(ctx context.Context, relations []content.PatternRelation, after *string) (*content.PatternNetwork, error) {
	n, _, err := r.r.network(ctx)
	if err != nil {
		return nil, err
	}
	return n.Whole(valueOr(after, ""), advisor.RelationSelector{Relations: relations})
}

func (r *queryResolver) PatternImpact(ctx context.Context, slug string) (*content.PatternImpact, error) {
	return r.r.impact(ctx, slug)
}
