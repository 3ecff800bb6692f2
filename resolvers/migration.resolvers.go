package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *migrationResolver) Revisions(ctx context.Context, obj *content.Migration, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// ViaPatterns is the resolver for the viaPatterns field.
func (r *migrationResolver) ViaPatterns(ctx context.Context, obj *content.Migration) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.ViaPatternKeys)
}

// RelatedPatterns is the resolver for the relatedPatterns field.
func (r *migrationResolver) RelatedPatterns(ctx context.Context, obj *content.Migration) ([]*content.Pattern, error) {
	return loaders.For(ctx).Patterns.LoadAll(ctx, obj.RelatedPatternKeys)
}

// Body is the resolver for the body field.
func (r *migrationResolver) Body(ctx context.Context, obj *content.Migration) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Migrations, obj, func(p *content.Migration) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *migrationResolver) Provenance(ctx context.Context, obj *content.Migration) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).Migrations, obj, func(p *content.Migration) *content.Provenance { return &p.Provenance })
}

func (r *mutationResolver) MigrationCreate(ctx context.Context, input model.MigrationInput) (*relay.Payload[content.Migration], error) {
	return create[content.Migration](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) MigrationUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.MigrationInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Migration], error) {
	return update[content.Migration](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Migration is the resolver for the migration field.
func (r *queryResolver) Migration(ctx context.Context, slug string) (*content.Migration, error) {
	return loaders.For(ctx).Migrations.BySlug(ctx, slug)
}

// Migrations is the resolver for the migrations field.
func (r *queryResolver) Migrations(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.MigrationFilter, orderBy *content.OrderBy) (*relay.Connection[content.Migration, relay.Edge[content.Migration]], error) {
	return relay.Found(loaders.For(ctx).Migrations, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Migration() graph.MigrationResolver { return &migrationResolver{r} }

type migrationResolver struct{ *Resolver }
