package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *dashboardHealthResolver) AdoptedBy(ctx context.Context, obj *content.DashboardHealth) ([]*content.Company, error) {
	return loaders.For(ctx).Companies.LoadAll(ctx, obj.AdopterKeys)
}

func (r *dashboardHealthResolver) ListedTier(ctx context.Context, obj *content.DashboardHealth) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.ListedTierKey)
}

func (r *healthDashboardResolver) Patterns(ctx context.Context, obj *content.HealthDashboard, first *int, after *string, last *int, before *string) (*relay.Connection[content.PatternHealth, relay.Edge[content.PatternHealth]], error) {
	return relay.Healths(obj.Rows, relay.Page{First: first, After: after, Last: last, Before: before})
}

func (r *mutationResolver) PatternHealthRecord(ctx context.Context, input content.PatternHealthRecordInput) (*content.PatternHealthRecordPayload, error) {
	return r.recordHealth(ctx, input)
}

func (r *observationResolver) Companies(ctx context.Context, obj *content.Observation) ([]*content.Company, error) {
	return loaders.For(ctx).Companies.LoadAll(ctx, obj.CompanyKeys)
}

func (r *patternResolver) Health(ctx context.Context, obj *content.Pattern) (*content.PatternHealth, error) {
	return healthOf(ctx, obj.Key)
}

func (r *patternHealthResolver) Pattern(ctx context.Context, obj *content.PatternHealth) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternHealthResolver) ClassifiedTier(ctx context.Context, obj *content.PatternHealth) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.ClassifiedKey)
}

// Health is null where nothing was recorded, as the payload then names no pattern.
func (r *patternHealthRecordPayloadResolver) Health(ctx context.Context, obj *content.PatternHealthRecordPayload) (*content.PatternHealth, error) {
	return healthOf(ctx, obj.PatternKey)
}

func (r *queryResolver) HealthDashboard(ctx context.Context, filter *content.HealthFilter, orderBy *content.OrderBy) (*content.HealthDashboard, error) {
	return dashboard(ctx, filter, orderBy)
}

func (r *tierHealthResolver) Tier(ctx context.Context, obj *content.TierHealth) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

func (r *tierThresholdResolver) Tier(ctx context.Context, obj *content.TierThreshold) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

func (r *Resolver) DashboardHealth() graph.DashboardHealthResolver {
	return &dashboardHealthResolver{r}
}

func (r *Resolver) HealthDashboard() graph.HealthDashboardResolver {
	return &healthDashboardResolver{r}
}

func (r *Resolver) Observation() graph.ObservationResolver { return &observationResolver{r} }

func (r *Resolver) PatternHealth() graph.PatternHealthResolver { return &patternHealthResolver{r} }

func (r *Resolver) PatternHealthRecordPayload() graph.PatternHealthRecordPayloadResolver {
	return &patternHealthRecordPayloadResolver{r}
}

func (r *Resolver) TierHealth() graph.TierHealthResolver { return &tierHealthResolver{r} }

func (r *Resolver) TierThreshold() graph.TierThresholdResolver { return &tierThresholdResolver{r} }

type (
	dashboardHealthResolver            struct{ *Resolver }
	healthDashboardResolver            struct{ *Resolver }
	observationResolver                struct{ *Resolver }
	patternHealthResolver              struct{ *Resolver }
	patternHealthRecordPayloadResolver struct{ *Resolver }
	tierHealthResolver                 struct{ *Resolver }
	tierThresholdResolver              struct{ *Resolver }
)
