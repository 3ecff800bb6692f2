package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

func (r *companyAdoptionResolver) Company(ctx context.Context, obj *content.CompanyAdoption) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
}

// Current counts now what the figure is about; null for a figure that nobody counts.
func (r *excellenceMetricResolver) Current(ctx context.Context, obj *content.ExcellenceMetric) (*int, error) {
	return current(ctx, obj.Slug)
}

// Pattern, CaseStudy and Company are null where the feature is about something else.
func (r *featureResolver) Pattern(ctx context.Context, obj *content.Feature) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *featureResolver) CaseStudy(ctx context.Context, obj *content.Feature) (*content.CaseStudy, error) {
	return loaders.For(ctx).CaseStudies.Load(ctx, obj.CaseStudyKey)
}

func (r *featureResolver) Company(ctx context.Context, obj *content.Feature) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
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

// Page is null where the link leads to something that is no page of the hub.
func (r *homeSectionResolver) Page(ctx context.Context, obj *content.HomeSection) (*content.Page, error) {
	return loaders.For(ctx).Pages.BySlug(ctx, pageOfLink(obj.Link))
}

func (r *patternGrowthResolver) Pattern(ctx context.Context, obj *content.PatternGrowth) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternImprovementResolver) Pattern(ctx context.Context, obj *content.PatternImprovement) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *patternUsageResolver) Pattern(ctx context.Context, obj *content.PatternUsage) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

// Home reads nothing itself: each of its fields reads what it needs.
func (r *queryResolver) Home(ctx context.Context) (*content.Home, error) {
	return &content.Home{}, nil
}

func (r *tierCardResolver) Tier(ctx context.Context, obj *content.TierCard) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

// PatternCount is counted in the viewer's perspective and not taken from the facts.
func (r *tierCardResolver) PatternCount(ctx context.Context, obj *content.TierCard) (int, error) {
	return loaders.For(ctx).Patterns.Count(ctx, content.Scope{Ref: content.RefTo("tier", obj.TierKey)}, nil)
}

func (r *tierTallyResolver) Tier(ctx context.Context, obj *content.TierTally) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

func (r *topPatternResolver) Pattern(ctx context.Context, obj *content.TopPattern) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.Load(ctx, obj.PatternKey)
}

func (r *Resolver) CompanyAdoption() graph.CompanyAdoptionResolver {
	return &companyAdoptionResolver{r}
}

func (r *Resolver) ExcellenceMetric() graph.ExcellenceMetricResolver {
	return &excellenceMetricResolver{r}
}

func (r *Resolver) Feature() graph.FeatureResolver { return &featureResolver{r} }

func (r *Resolver) Home() graph.HomeResolver { return &homeResolver{r} }

func (r *Resolver) HomeSection() graph.HomeSectionResolver { return &homeSectionResolver{r} }

func (r *Resolver) PatternGrowth() graph.PatternGrowthResolver { return &patternGrowthResolver{r} }

func (r *Resolver) PatternImprovement() graph.PatternImprovementResolver {
	return &patternImprovementResolver{r}
}

func (r *Resolver) PatternUsage() graph.PatternUsageResolver { return &patternUsageResolver{r} }

func (r *Resolver) TierCard() graph.TierCardResolver { return &tierCardResolver{r} }

func (r *Resolver) TierTally() graph.TierTallyResolver { return &tierTallyResolver{r} }

func (r *Resolver) TopPattern() graph.TopPatternResolver { return &topPatternResolver{r} }

type (
	companyAdoptionResolver    struct{ *Resolver }
	excellenceMetricResolver   struct{ *Resolver }
	featureResolver            struct{ *Resolver }
	homeResolver               struct{ *Resolver }
	homeSectionResolver        struct{ *Resolver }
	patternGrowthResolver      struct{ *Resolver }
	patternImprovementResolver struct{ *Resolver }
	patternUsageResolver       struct{ *Resolver }
	tierCardResolver           struct{ *Resolver }
	tierTallyResolver          struct{ *Resolver }
	topPatternResolver         struct{ *Resolver }
)
