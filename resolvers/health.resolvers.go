package resolvers

import (
	"context"

	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *dashboardHealthResolver) AdoptedBy(ctx context.Context, obj *content.DashboardHealth) ([]*content.Company, error) {
	return loaders.For(ctx).Companies.LoadAll(ctx, obj.AdopterKeys)
}

func (r *healthDashboardResolver) Patterns(ctx context.Context, obj *content.HealthDashboard, first *int, after *string, last *int, before *string) (*relay.Connection[*content.PatternHealth, *relay.Edge[*content.PatternHealth]], error) {
	return relay.Healths(obj.Rows, relay.Page{First: first, After: after, Last: last, Before: before})
}

func (r *mutationResolver) PatternHealthRecord(ctx context.Context, input content.PatternHealthRecordInput) (*content.PatternHealthRecordPayload, error) {
	return r.r.recordHealth(ctx, input)
}

func (r *patternResolver) Health(ctx context.Context, obj *content.Pattern) (*content.PatternHealth, error) {
	return healthOf(ctx, obj.Key)
}

func (r *patternHealthResolver) ClassifiedTier(ctx context.Context, obj *content.PatternHealth) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.ClassifiedKey)
}

// Health is null if nothing was recorded, since the payload then names no pattern.
func (r *patternHealthRecordPayloadResolver) Health(ctx context.Context, obj *content.PatternHealthRecordPayload) (*content.PatternHealth, error) {
	return healthOf(ctx, obj.PatternKey)
}

func (r *queryResolver) HealthDashboard(ctx context.Context, filter *content.HealthFilter, orderBy *content.OrderBy) (*content.HealthDashboard, error) {
	return dashboard(ctx, filter, orderBy)
}
