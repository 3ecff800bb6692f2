package resolvers

import (
	"context"
	"time"

	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *entryProblemResolver) Entry(ctx context.Context, obj *content.EntryProblem) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.EntryID)
}

// AuthorName reads the names of all writers at once, and keeps them for other rows.
func (r *listedEntryResolver) AuthorName(ctx context.Context, obj *content.ListedEntry) (*string, error) {
	return r.r.Accounts.authorName(ctx, obj.By)
}

func (r *listedEntryResolver) Entry(ctx context.Context, obj *content.ListedEntry) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.EntryID())
}

func (r *mutationResolver) EntriesPublish(ctx context.Context, filter content.EntriesFilter, expected content.EntriesExpected, _ bool) (*model.EntriesBulkPayload, error) {
	return r.r.Authoring.bulk(ctx, r.r.request(ctx), content.Bulk{Action: content.BulkPublish, Filter: &filter, Expected: expected})
}

func (r *mutationResolver) EntriesUnpublish(ctx context.Context, filter content.EntriesFilter, expected content.EntriesExpected, _ bool) (*model.EntriesBulkPayload, error) {
	return r.r.Authoring.bulk(ctx, r.r.request(ctx), content.Bulk{Action: content.BulkUnpublish, Filter: &filter, Expected: expected})
}

func (r *mutationResolver) EntriesDelete(ctx context.Context, filter content.EntriesFilter, expected content.EntriesExpected, _ bool) (*model.EntriesBulkPayload, error) {
	return r.r.Authoring.bulk(ctx, r.r.request(ctx), content.Bulk{Action: content.BulkDelete, Filter: &filter, Expected: expected})
}

// EntriesSchedule cancels the schedules when at is null.
func (r *mutationResolver) EntriesSchedule(ctx context.Context, filter content.EntriesFilter, expected content.EntriesExpected, action content.ScheduleAction, at *time.Time, _ bool) (*model.EntriesBulkPayload, error) {
	return r.r.Authoring.bulk(ctx, r.r.request(ctx), content.Bulk{
		Action: content.BulkSchedule, Filter: &filter, Expected: expected, Scheduled: action, At: at,
	})
}

// EntriesUndo takes the token that the payload of every write has.
func (r *mutationResolver) EntriesUndo(ctx context.Context, token string, _ bool) (*model.EntriesUndoPayload, error) {
	return r.r.Authoring.undo(ctx, r.r.request(ctx), token)
}

// Entries lists working copies whatever graph the request reads; only roles that read drafts come here.
func (r *queryResolver) Entries(ctx context.Context, filter *content.EntriesFilter, orderBy *content.OrderBy, first *int, after *string, last *int, before *string) (*relay.ListedEntryConnection, error) {
	return r.r.listEntries(filter, orderBy, relay.Page{First: first, After: after, Last: last, Before: before})
}
