package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

func (r *comparedValueResolver) Pattern(ctx context.Context, obj *content.ComparedValue) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

// Best is empty where nobody can be best or all are equal.
func (r *comparisonRowResolver) Best(ctx context.Context, obj *content.ComparisonRow) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.BestKeys)
}

func (r *patternComparisonResolver) Patterns(ctx context.Context, obj *content.PatternComparison) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternKeys)
}

func (r *patternComparisonResolver) Comparisons(ctx context.Context, obj *content.PatternComparison) ([]*content.Comparison, error) {
	return loaders.For(ctx).Comparisons.LoadAll(ctx, obj.ComparisonKeys)
}

func (r *queryResolver) ComparePatterns(ctx context.Context, slugs []string) (*content.PatternComparison, error) {
	return compare(ctx, slugs)
}

func (r *Resolver) ComparedValue() graph.ComparedValueResolver { return &comparedValueResolver{r} }

func (r *Resolver) ComparisonRow() graph.ComparisonRowResolver { return &comparisonRowResolver{r} }

func (r *Resolver) PatternComparison() graph.PatternComparisonResolver {
	return &patternComparisonResolver{r}
}

type (
	comparedValueResolver     struct{ *Resolver }
	comparisonRowResolver     struct{ *Resolver }
	patternComparisonResolver struct{ *Resolver }
)
