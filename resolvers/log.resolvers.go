package resolvers

import (
	"context"

	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *logEntryResolver) AuthorName(ctx context.Context, obj *content.Act) (*string, error) {
	return r.r.Accounts.authorName(ctx, obj.By)
}

func (r *logEntryResolver) Entry(ctx context.Context, obj *content.Act) (content.Entry, error) {
	id := obj.Entry()
	if id == nil {
		return nil, nil
	}
	return loaders.For(ctx).Entry(ctx, *id)
}

func (r *queryResolver) Log(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.ActFilter) (*relay.Connection[*content.Act, *relay.Edge[*content.Act]], error) {
	filter, err := logFilter(filter)
	if err != nil {
		return nil, err
	}
	return relay.Log(r.r.Changes.Acts, relay.Page{First: first, After: after, Last: last, Before: before}, filter)
}
