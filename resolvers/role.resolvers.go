package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *mutationResolver) RoleCreate(ctx context.Context, input model.RoleInput) (*relay.Payload[content.Role], error) {
	return create[content.Role](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) RoleUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.RoleInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.Role], error) {
	return update[content.Role](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// Role is the resolver for the role field.
func (r *queryResolver) Role(ctx context.Context, slug string) (*content.Role, error) {
	return loaders.For(ctx).Roles.BySlug(ctx, slug)
}

// Roles is the resolver for the roles field.
func (r *queryResolver) Roles(ctx context.Context) ([]*content.Role, error) {
	return loaders.For(ctx).Roles.All(ctx, content.Order{Field: "ORDER"})
}

func (r *roleResolver) Revisions(ctx context.Context, obj *content.Role, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// PillarOrder is the resolver for the pillarOrder field.
func (r *roleResolver) PillarOrder(ctx context.Context, obj *content.Role) ([]*content.Pillar, error) {
	return loaders.For(ctx).Pillars.LoadAll(ctx, obj.PillarOrderKeys)
}

func (r *roleResolver) LearningPath(ctx context.Context, obj *content.Role) (*content.LearningPath, error) {
	return firstOf(listAll(ctx, loaders.For(ctx).LearningPaths, content.RefTo("role", obj.Key), content.Order{}))
}

// Body is the resolver for the body field.
func (r *roleResolver) Body(ctx context.Context, obj *content.Role) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).Roles, obj, func(p *content.Role) *content.RichText { return &p.Body })
}

// LearningPaths is the resolver for the learningPaths field.
func (r *roleResolver) LearningPaths(ctx context.Context, obj *content.Role, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{Ref: content.RefToAny(obj.ID())}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *Resolver) Role() graph.RoleResolver { return &roleResolver{r} }

type roleResolver struct{ *Resolver }
