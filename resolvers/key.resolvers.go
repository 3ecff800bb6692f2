package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
)

// AuthorName returns the name of the author as history shows it.
func (r *apiKeyResolver) AuthorName(ctx context.Context, obj *content.APIKey) (*string, error) {
	if obj.By == "" {
		return nil, nil
	}
	return r.r.Accounts.authorName(ctx, obj.By)
}

// KeyCreate shows the token only in this payload.
func (r *mutationResolver) KeyCreate(ctx context.Context, input model.KeyCreateInput) (*model.KeyCreatePayload, error) {
	return r.r.createKey(ctx, &input)
}

func (r *mutationResolver) KeyRevoke(ctx context.Context, id content.ID) (*model.KeyRevokePayload, error) {
	return r.r.revokeKey(ctx, id)
}

func (r *queryResolver) Keys(ctx context.Context, first *int, after *string, last *int, before *string) (*relay.Connection[*content.APIKey, *relay.Edge[*content.APIKey]], error) {
	return relay.Keys(r.r.Accounts.Keys.Store(), relay.Page{First: first, After: after, Last: last, Before: before})
}

func (r *viewerResolver) Keys(ctx context.Context, obj *content.Viewer) ([]*content.APIKey, error) {
	return r.r.Accounts.keysOf(ctx, obj)
}
