package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

// Current is the present count; null for a figure that the hub does not count.
func (r *excellenceMetricResolver) Current(ctx context.Context, obj *content.ExcellenceMetric) (*int, error) {
	return current(ctx, obj.Slug)
}

// Title and the other fields of the front page share one read of its table.
func (r *homeResolver) Title(ctx context.Context, obj *content.Home) (string, error) {
	return metrics(ctx, func(m *content.Metrics) string { return m.Title })
}

func (r *homeResolver) Tagline(ctx context.Context, obj *content.Home) (string, error) {
	return metrics(ctx, func(m *content.Metrics) string { return m.Tagline })
}

func (r *homeResolver) Tiers(ctx context.Context, obj *content.Home) ([]*content.TierCard, error) {
	return metrics(ctx, func(m *content.Metrics) []*content.TierCard { return pointers(m.Tiers) })
}

func (r *homeResolver) Sections(ctx context.Context, obj *content.Home, group *content.HomeGroup) ([]*content.HomeSection, error) {
	return metrics(ctx, func(m *content.Metrics) []*content.HomeSection { return sections(m, group) })
}

func (r *homeResolver) Roles(ctx context.Context, obj *content.Home) ([]*content.Role, error) {
	return loaders.For(ctx).Roles.All(ctx, content.Order{Field: "ORDER"})
}

func (r *homeResolver) Laws(ctx context.Context, obj *content.Home) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.All(ctx, content.Order{Field: "NUMBER"})
}

func (r *homeResolver) Pillars(ctx context.Context, obj *content.Home) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.All(ctx, content.Order{Field: "NUMBER"})
}

func (r *homeResolver) Metrics(ctx context.Context, obj *content.Home) ([]*content.ExcellenceMetric, error) {
	return metrics(ctx, func(m *content.Metrics) []*content.ExcellenceMetric { return pointers(m.Excellence) })
}

func (r *homeResolver) Featured(ctx context.Context, obj *content.Home) ([]*content.Feature, error) {
	return metrics(ctx, func(m *content.Metrics) []*content.Feature { return pointers(m.Featured) })
}

func (r *homeResolver) Roadmap(ctx context.Context, obj *content.Home) (*content.Roadmap, error) {
	return metrics(ctx, func(m *content.Metrics) *content.Roadmap { return &m.Roadmap })
}

func (r *homeResolver) DatasetCounts(ctx context.Context, obj *content.Home) (*content.DatasetCounts, error) {
	return metrics(ctx, func(m *content.Metrics) *content.DatasetCounts { return &m.DatasetCounts })
}

func (r *homeResolver) PlatformFigures(ctx context.Context, obj *content.Home) (*content.PlatformFigures, error) {
	return metrics(ctx, func(m *content.Metrics) *content.PlatformFigures { return &m.Figures })
}

// Page is null if the link does not refer to a page of the hub.
func (r *homeSectionResolver) Page(ctx context.Context, obj *content.HomeSection) (*content.Page, error) {
	return loaders.For(ctx).Pages.BySlug(ctx, pageOfLink(obj.Link))
}

// Home reads nothing itself: each of its fields reads what it needs.
func (r *queryResolver) Home(ctx context.Context) (*content.Home, error) {
	return &content.Home{}, nil
}

// PatternCount is counted in the viewer's perspective and not taken from the facts.
func (r *tierCardResolver) PatternCount(ctx context.Context, obj *content.TierCard) (int, error) {
	return loaders.For(ctx).Patterns.Count(ctx, content.Scope{Ref: content.RefTo("tier", obj.TierKey)}, nil)
}
