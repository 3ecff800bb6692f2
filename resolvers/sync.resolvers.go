package resolvers

import (
	"context"

	"patternhub/internal/content"
	"patternhub/loaders"
)

// Entry first stores the published entry in the loaders, so that the fields below it read that
// state.
func (r *entryUpsertResolver) Entry(ctx context.Context, obj *content.EntryUpsert) (content.Entry, error) {
	loaders.Prime(ctx, obj.Entry)
	return obj.Entry, nil
}

// Sync reads the published graph only, whatever key the viewer has.
func (r *queryResolver) Sync(ctx context.Context, since *string, types []content.EntryType, first *int) (*content.SyncPage, error) {
	if err := publishedOnly(r.r.ViewerOf(ctx)); err != nil {
		return nil, err
	}
	return r.r.Changes.page(ctx, since, types, first)
}

// EntryChanged ends with its context. It accepts a token of Sync and then continues where the pull
// ended.
func (r *subscriptionResolver) EntryChanged(ctx context.Context, types []content.EntryType, ids []*content.ID, since *string) (<-chan content.EntryChange, error) {
	if err := publishedOnly(r.r.ViewerOf(ctx)); err != nil {
		return nil, err
	}
	return r.r.Changes.follow(ctx, types, ids, since)
}
