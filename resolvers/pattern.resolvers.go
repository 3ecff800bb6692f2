package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *mutationResolver) PatternCreate(ctx context.Context, input model.PatternInput) (*relay.Payload[content.Pattern], error) {
	return create[content.Pattern](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) PatternUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.PatternInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Pattern], error) {
	return update[content.Pattern](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

func (r *patternResolver) Revisions(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Tier is the resolver for the tier field.
func (r *patternResolver) Tier(ctx context.Context, obj *content.Pattern) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

// TierClaims is the resolver for the tierClaims field.
func (r *patternResolver) TierClaims(ctx context.Context, obj *content.Pattern) ([]*content.TierClaim, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) []*content.TierClaim { return pointers(p.TierClaims) })
}

// Problem is the resolver for the problem field.
func (r *patternResolver) Problem(ctx context.Context, obj *content.Pattern) (string, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) string { return p.Problem })
}

// Solution is the resolver for the solution field.
func (r *patternResolver) Solution(ctx context.Context, obj *content.Pattern) (string, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) string { return p.Solution })
}

// WhenToUse is the resolver for the whenToUse field.
func (r *patternResolver) WhenToUse(ctx context.Context, obj *content.Pattern) ([]string, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) []string { return p.WhenToUse })
}

// WhenNotToUse is the resolver for the whenNotToUse field.
func (r *patternResolver) WhenNotToUse(ctx context.Context, obj *content.Pattern) ([]string, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) []string { return p.WhenNotToUse })
}

// TradeOffs is the resolver for the tradeOffs field.
func (r *patternResolver) TradeOffs(ctx context.Context, obj *content.Pattern) (*content.TradeOffs, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) *content.TradeOffs { return &p.TradeOffs })
}

// Checklist is the resolver for the checklist field.
func (r *patternResolver) Checklist(ctx context.Context, obj *content.Pattern) ([]*content.ChecklistItem, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) []*content.ChecklistItem { return p.Checklist })
}

// Body is the resolver for the body field.
func (r *patternResolver) Body(ctx context.Context, obj *content.Pattern) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) *content.RichText { return &p.Body })
}

// Laws is the resolver for the laws field.
func (r *patternResolver) Laws(ctx context.Context, obj *content.Pattern) ([]*content.Law, error) {
	return loaders.For(ctx).Laws.LoadAll(ctx, obj.LawKeys)
}

// Pillars is the resolver for the pillars field.
func (r *patternResolver) Pillars(ctx context.Context, obj *content.Pattern) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.LoadAll(ctx, obj.PillarKeys)
}

// Companies is the resolver for the companies field.
func (r *patternResolver) Companies(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.PatternCompanyEdge], error) {
	return relay.ListedWith(loaders.For(ctx).Companies, obj.Adoptions, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.NewPatternCompanyEdge)
}

// CaseStudies is the resolver for the caseStudies field.
func (r *patternResolver) CaseStudies(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.CaseStudyFilter, orderBy *content.OrderBy) (*relay.Connection[content.CaseStudy, relay.PatternCaseStudyEdge], error) {
	return relay.FoundWith(loaders.For(ctx).CaseStudies, content.Scope{Ref: content.RefTo("patterns.pattern", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.PatternCaseStudyEdges(obj.Key))
}

// RelatedPatterns has its own kind of list, since relations are read from both ends.
func (r *patternResolver) RelatedPatterns(ctx context.Context, obj *content.Pattern, relations []content.PatternRelation, direction *content.RelationDirection, first *int, after *string, last *int, before *string, filter *content.PatternFilter) (*relay.Connection[content.Pattern, relay.PatternRelationEdge], error) {
	wanted := relay.Relations{Kinds: relations, Direction: given(direction, "OUT")}
	return relay.Related(loaders.For(ctx).Patterns, obj, wanted, relay.Page{First: first, After: after, Last: last, Before: before}, filter)
}

// Migrations is the resolver for the migrations field.
func (r *patternResolver) Migrations(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.MigrationFilter, orderBy *content.OrderBy) (*relay.Connection[content.Migration, relay.Edge[content.Migration]], error) {
	return relay.Found(loaders.For(ctx).Migrations, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Guides is the resolver for the guides field.
func (r *patternResolver) Guides(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.GuideFilter, orderBy *content.OrderBy) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefTo("patterns", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Journeys is the resolver for the journeys field.
func (r *patternResolver) Journeys(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.JourneyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Journey, relay.Edge[content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, content.Scope{Ref: content.RefTo("phases.patterns", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// LearningPaths is the resolver for the learningPaths field.
func (r *patternResolver) LearningPaths(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// QuickStarts is the resolver for the quickStarts field.
func (r *patternResolver) QuickStarts(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.QuickStartFilter, orderBy *content.OrderBy) (*relay.Connection[content.QuickStart, relay.Edge[content.QuickStart]], error) {
	return relay.Found(loaders.For(ctx).QuickStarts, content.Scope{Ref: content.RefTo("patterns", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Comparisons is the resolver for the comparisons field.
func (r *patternResolver) Comparisons(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.ComparisonFilter, orderBy *content.OrderBy) (*relay.Connection[content.Comparison, relay.Edge[content.Comparison]], error) {
	return relay.Found(loaders.For(ctx).Comparisons, content.Scope{Ref: content.RefTo("subjects.pattern", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// PillarFits is the resolver for the pillarFits field.
func (r *patternResolver) PillarFits(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.PillarFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pillar, relay.PatternPillarFitEdge], error) {
	return relay.FoundWith(loaders.For(ctx).Pillars, content.Scope{Ref: content.RefTo("patternFit.pattern", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy, relay.PatternPillarFitEdges(obj.Key))
}

// StackedBy is the resolver for the stackedBy field.
func (r *patternResolver) StackedBy(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.Edge[content.Company]], error) {
	return relay.Found(loaders.For(ctx).Companies, content.Scope{Ref: content.RefTo("patternStack", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// AlternativeTo is the resolver for the alternativeTo field.
func (r *patternResolver) AlternativeTo(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{Ref: content.RefTo("modernAlternatives.pattern", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Replaces is the resolver for the replaces field.
func (r *patternResolver) Replaces(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Found(loaders.For(ctx).Practices, content.Scope{Ref: content.RefTo("replacedBy.pattern", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Provenance is the resolver for the provenance field.
func (r *patternResolver) Provenance(ctx context.Context, obj *content.Pattern) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Patterns, obj, func(p *content.Pattern) *content.Provenance { return &p.Provenance })
}

func (r *patternResolver) LawMentions(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.LawFilter, orderBy *content.OrderBy) (*relay.Connection[content.Law, relay.Edge[content.Law]], error) {
	return relay.Found(loaders.For(ctx).Laws, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *patternResolver) PillarMentions(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.PillarFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pillar, relay.Edge[content.Pillar]], error) {
	return relay.Found(loaders.For(ctx).Pillars, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *patternResolver) GuideMentions(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.GuideFilter, orderBy *content.OrderBy) (*relay.Connection[content.Guide, relay.Edge[content.Guide]], error) {
	return relay.Found(loaders.For(ctx).Guides, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *patternResolver) QuickStartMentions(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.QuickStartFilter, orderBy *content.OrderBy) (*relay.Connection[content.QuickStart, relay.Edge[content.QuickStart]], error) {
	return relay.Found(loaders.For(ctx).QuickStarts, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *patternResolver) ComparisonMentions(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.ComparisonFilter, orderBy *content.OrderBy) (*relay.Connection[content.Comparison, relay.Edge[content.Comparison]], error) {
	return relay.Found(loaders.For(ctx).Comparisons, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *patternResolver) ConflictingPractices(ctx context.Context, obj *content.Pattern, first *int, after *string, last *int, before *string, filter *content.PracticeFilter, orderBy *content.OrderBy) (*relay.Connection[content.Practice, relay.Edge[content.Practice]], error) {
	return relay.Found(loaders.For(ctx).Practices, content.Scope{Ref: content.RefTo("conflictsWith.pattern", obj.Key)}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// ListedTier is the resolver for the listedTier field.
func (r *patternCaseStudyEdgeResolver) ListedTier(ctx context.Context, obj *relay.PatternCaseStudyEdge) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.ListedTierKey)
}

// Pattern is the resolver for the pattern field.
func (r *queryResolver) Pattern(ctx context.Context, slug string) (*content.Pattern, error) {
	return loaders.For(ctx).Patterns.BySlug(ctx, slug)
}

// Patterns is the resolver for the patterns field.
func (r *queryResolver) Patterns(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Found(loaders.For(ctx).Patterns, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Tier is the resolver for the tier field.
func (r *tierClaimResolver) Tier(ctx context.Context, obj *content.TierClaim) (*content.Tier, error) {
	return loaders.For(ctx).Tiers.Load(ctx, obj.TierKey)
}

func (r *Resolver) Pattern() graph.PatternResolver { return &patternResolver{r} }

func (r *Resolver) PatternCaseStudyEdge() graph.PatternCaseStudyEdgeResolver {
	return &patternCaseStudyEdgeResolver{r}
}

func (r *Resolver) TierClaim() graph.TierClaimResolver { return &tierClaimResolver{r} }

type (
	patternResolver              struct{ *Resolver }
	patternCaseStudyEdgeResolver struct{ *Resolver }
	tierClaimResolver            struct{ *Resolver }
)
