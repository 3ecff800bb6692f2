package resolvers

import (
	"context"

	"patternhub/graph/model"
	"patternhub/internal/content"
)

// PresenceBeat shows others that the person has the entry open.
func (r *mutationResolver) PresenceBeat(ctx context.Context, id content.ID, field *string) (*model.PresenceBeatPayload, error) {
	return r.r.beat(ctx, id, field)
}

// EntryPresence ends with its context.
func (r *subscriptionResolver) EntryPresence(ctx context.Context, ids []*content.ID) (<-chan *content.EntryPresence, error) {
	return r.r.presence(ctx, ids)
}
