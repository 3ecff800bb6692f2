package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/loaders"
)

func (r *learningPathResolver) Revisions(ctx context.Context, obj *content.LearningPath, first *int, after *string, last *int, before *string) (*relay.Connection[content.Revision, relay.Edge[content.Revision]], error) {
	return revisions(ctx, obj, relay.Page{First: first, After: after, Last: last, Before: before})
}

// Role is the resolver for the role field.
func (r *learningPathResolver) Role(ctx context.Context, obj *content.LearningPath) (*content.Role, error) {
	return loaders.For(ctx).Roles.Load(ctx, obj.RoleKey)
}

// LinkedFromRole is the resolver for the linkedFromRole field.
func (r *learningPathResolver) LinkedFromRole(ctx context.Context, obj *content.LearningPath) (*content.Role, error) {
	return loaders.For(ctx).Roles.Load(ctx, obj.LinkedFromRoleKey)
}

// Patterns is the resolver for the patterns field.
func (r *learningPathResolver) Patterns(ctx context.Context, obj *content.LearningPath, first *int, after *string, last *int, before *string, filter *content.PatternFilter, orderBy *content.OrderBy) (*relay.Connection[content.Pattern, relay.Edge[content.Pattern]], error) {
	return relay.Listed(loaders.For(ctx).Patterns, obj.PatternKeys, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

// Body is the resolver for the body field.
func (r *learningPathResolver) Body(ctx context.Context, obj *content.LearningPath) (*content.RichText, error) {
	return pageOf(ctx, loaders.For(ctx).LearningPaths, obj, func(p *content.LearningPath) *content.RichText { return &p.Body })
}

// Provenance is the resolver for the provenance field.
func (r *learningPathResolver) Provenance(ctx context.Context, obj *content.LearningPath) (*content.Provenance, error) {
	return pageOf(ctx, loaders.For(ctx).LearningPaths, obj, func(p *content.LearningPath) *content.Provenance { return &p.Provenance })
}

func (r *mutationResolver) LearningPathCreate(ctx context.Context, input model.LearningPathInput) (*relay.Payload[content.LearningPath], error) {
	return create[content.LearningPath](ctx, &r.Authoring, r.request(ctx), input)
}

func (r *mutationResolver) LearningPathUpdate(ctx context.Context, id content.ID, ifRevision *int, input model.LearningPathInput, mergeStrategy *content.MergeStrategy) (*relay.Payload[content.LearningPath], error) {
	return update[content.LearningPath](ctx, &r.Authoring, r.request(ctx), change{id, ifRevision, mergeStrategy, input})
}

// LearningPath is the resolver for the learningPath field.
func (r *queryResolver) LearningPath(ctx context.Context, slug string) (*content.LearningPath, error) {
	return loaders.For(ctx).LearningPaths.BySlug(ctx, slug)
}

// LearningPaths is the resolver for the learningPaths field.
func (r *queryResolver) LearningPaths(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.LearningPathFilter, orderBy *content.OrderBy) (*relay.Connection[content.LearningPath, relay.Edge[content.LearningPath]], error) {
	return relay.Found(loaders.For(ctx).LearningPaths, content.Scope{}, relay.Page{First: first, After: after, Last: last, Before: before}, filter, orderBy)
}

func (r *stepLinkResolver) Label(ctx context.Context, obj *content.StepLink) (string, error) {
	return stepLabel(ctx, obj)
}

func (r *stepLinkResolver) Entry(ctx context.Context, obj *content.StepLink) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.Target())
}

func (r *Resolver) LearningPath() graph.LearningPathResolver { return &learningPathResolver{r} }

func (r *Resolver) StepLink() graph.StepLinkResolver { return &stepLinkResolver{r} }

type (
	learningPathResolver struct{ *Resolver }
	stepLinkResolver     struct{ *Resolver }
)
