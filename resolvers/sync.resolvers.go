package resolvers

import (
	"context"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/loaders"
)

// Entry makes the published state known first: what the operation asks below it is then of that
// state.
func (r *entryUpsertResolver) Entry(ctx context.Context, obj *content.EntryUpsert) (content.Entry, error) {
	loaders.For(ctx).Know(ctx, obj.Entry)
	return obj.Entry, nil
}

// Sync is for the published graph alone, whatever key the viewer has.
func (r *queryResolver) Sync(ctx context.Context, since *string, types []content.EntryType, first *int) (*content.SyncPage, error) {
	if err := publishedOnly(r.ViewerOf(ctx)); err != nil {
		return nil, err
	}
	return r.Changes.page(ctx, since, types, first)
}

// EntryChanged ends with its context. A token of Sync may be handed to it, to go on where a pull
// ended.
func (r *subscriptionResolver) EntryChanged(ctx context.Context, types []content.EntryType, ids []*content.ID, since *string) (<-chan content.EntryChange, error) {
	if err := publishedOnly(r.ViewerOf(ctx)); err != nil {
		return nil, err
	}
	return r.Changes.follow(ctx, types, ids, since)
}

func (r *Resolver) EntryUpsert() graph.EntryUpsertResolver { return &entryUpsertResolver{r} }

func (r *Resolver) Subscription() graph.SubscriptionResolver { return &subscriptionResolver{r} }

type (
	entryUpsertResolver  struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
)
