package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

func (r *complexityInteractionResolver) Patterns(ctx context.Context, obj *content.ComplexityInteraction) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternKeys)
}

func (r *constraintRowResolver) Pattern(ctx context.Context, obj *content.ConstraintRow) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *estimateResolver) Patterns(ctx context.Context, obj *content.Estimate) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternKeys)
}

func (r *estimateResolver) Migrations(ctx context.Context, obj *content.Estimate) ([]*content.Migration, error) {
	return loaders.For(ctx).Migrations.LoadAll(ctx, obj.MigrationKeys)
}

func (r *estimateComplexityResolver) Unscored(ctx context.Context, obj *content.EstimateComplexity) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.UnscoredKeys)
}

func (r *estimateTermResolver) Pattern(ctx context.Context, obj *content.EstimateTerm) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *estimateTermResolver) Migration(ctx context.Context, obj *content.EstimateTerm) (*content.Migration, error) {
	return loaders.For(ctx).Migrations.Load(ctx, obj.MigrationKey)
}

func (r *pageEffortResolver) Pattern(ctx context.Context, obj *content.PageEffort) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternBreakEvenResolver) Pattern(ctx context.Context, obj *content.PatternBreakEven) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternEffortResolver) Pattern(ctx context.Context, obj *content.PatternEffort) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternReturnResolver) Pattern(ctx context.Context, obj *content.PatternReturn) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternReturnResolver) Company(ctx context.Context, obj *content.PatternReturn) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
}

func (r *patternSuccessResolver) Pattern(ctx context.Context, obj *content.PatternSuccess) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *queryResolver) EstimateEffort(ctx context.Context, input content.EstimateInput) (*content.Estimate, error) {
	return estimate(ctx, input)
}

// Calculator gives the tables as the facts have them, so that every term of an estimate can be
// looked up.
func (r *queryResolver) Calculator(ctx context.Context) (*content.Calculator, error) {
	return loaders.For(ctx).Tables.Calculator(ctx)
}

func (r *successMetricResolver) Pattern(ctx context.Context, obj *content.SuccessMetric) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *tierBaselineResolver) Tier(ctx context.Context, obj *content.TierBaseline) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

func (r *Resolver) ComplexityInteraction() graph.ComplexityInteractionResolver {
	return &complexityInteractionResolver{r}
}

func (r *Resolver) ConstraintRow() graph.ConstraintRowResolver { return &constraintRowResolver{r} }

func (r *Resolver) Estimate() graph.EstimateResolver { return &estimateResolver{r} }

func (r *Resolver) EstimateComplexity() graph.EstimateComplexityResolver {
	return &estimateComplexityResolver{r}
}

func (r *Resolver) EstimateTerm() graph.EstimateTermResolver { return &estimateTermResolver{r} }

func (r *Resolver) PageEffort() graph.PageEffortResolver { return &pageEffortResolver{r} }

func (r *Resolver) PatternBreakEven() graph.PatternBreakEvenResolver {
	return &patternBreakEvenResolver{r}
}

func (r *Resolver) PatternEffort() graph.PatternEffortResolver { return &patternEffortResolver{r} }

func (r *Resolver) PatternReturn() graph.PatternReturnResolver { return &patternReturnResolver{r} }

func (r *Resolver) PatternSuccess() graph.PatternSuccessResolver { return &patternSuccessResolver{r} }

func (r *Resolver) SuccessMetric() graph.SuccessMetricResolver { return &successMetricResolver{r} }

func (r *Resolver) TierBaseline() graph.TierBaselineResolver { return &tierBaselineResolver{r} }

type (
	complexityInteractionResolver struct{ *Resolver }
	constraintRowResolver         struct{ *Resolver }
	estimateResolver              struct{ *Resolver }
	estimateComplexityResolver    struct{ *Resolver }
	estimateTermResolver          struct{ *Resolver }
	pageEffortResolver            struct{ *Resolver }
	patternBreakEvenResolver      struct{ *Resolver }
	patternEffortResolver         struct{ *Resolver }
	patternReturnResolver         struct{ *Resolver }
	patternSuccessResolver        struct{ *Resolver }
	successMetricResolver         struct{ *Resolver }
	tierBaselineResolver          struct{ *Resolver }
)
