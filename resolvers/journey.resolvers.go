package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *journeyResolver) Revisions(ctx context.Context, obj *content.Journey, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Companies is the resolver for the companies field.
func (r *journeyResolver) Companies(ctx context.Context, obj *content.Journey, first *int, after *string, last *int, before *string, filter *content.CompanyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Company, relay.Edge[content.Company]], error) {
	return relay.Listed(loaders.For(ctx).Companies, obj.CompanyKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Body is the resolver for the body field.
func (r *journeyResolver) Body(ctx context.Context, obj *content.Journey) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Journeys, obj, func(p *content.Journey) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *journeyResolver) Provenance(ctx context.Context, obj *content.Journey) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Journeys, obj, func(p *content.Journey) *content.Provenance { return &p.Provenance })
}

// Company is the resolver for the company field.
func (r *journeyOutcomeResolver) Company(ctx context.Context, obj *content.JourneyOutcome) (*content.Company, error) {
	return loaders.For(ctx).Companies.Load(ctx, obj.CompanyKey)
}

// Tiers is the resolver for the tiers field.
func (r *journeyPhaseResolver) Tiers(ctx context.Context, obj *content.JourneyPhase) ([]*content.Tier, error) {
	return loaders.For(ctx).Tiers.LoadAll(ctx, obj.TierKeys)
}

// Patterns is the resolver for the patterns field.
func (r *journeyPhaseResolver) Patterns(ctx context.Context, obj *content.JourneyPhase) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.PatternKeys)
}

// Practices is the resolver for the practices field.
func (r *journeyPhaseResolver) Practices(ctx context.Context, obj *content.JourneyPhase) ([]*content.Practice, error) {
	return loaders.For(ctx).Practices.LoadAll(ctx, obj.PracticeKeys)
}

func (r *mutationResolver) JourneyCreate(ctx context.Context, input model.JourneyInput) (*relay.Payload[content.Journey], error) {
	return create[content.Journey](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) JourneyUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.JourneyInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Journey], error) {
	return update[content.Journey](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Journey is the resolver for the journey field.
func (r *queryResolver) Journey(ctx context.Context, slug string) (*content.Journey, error) {
	return loaders.For(ctx).Journeys.BySlug(ctx, slug)
}

// Journeys is the resolver for the journeys field.
func (r *queryResolver) Journeys(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.JourneyFilter, orderBy *content.OrderBy) (*relay.Connection[content.Journey, relay.Edge[content.Journey]], error) {
	return relay.Found(loaders.For(ctx).Journeys, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Journey() graph.JourneyResolver { return &journeyResolver{r} }

func (r *Resolver) JourneyOutcome() graph.JourneyOutcomeResolver { return &journeyOutcomeResolver{r} }

func (r *Resolver) JourneyPhase() graph.JourneyPhaseResolver { return &journeyPhaseResolver{r} }

type (
	journeyResolver        struct{ *Resolver }
	journeyOutcomeResolver struct{ *Resolver }
	journeyPhaseResolver   struct{ *Resolver }
)
