package resolvers

import (
	"context"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *entryScheduleResolver) Entry(ctx context.Context, obj *content.Schedule) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.EntryID())
}

// EntryPublish publishes all of the entries or none; cascade adds the entries that they refer to.
func (r *mutationResolver) EntryPublish(ctx context.Context, ids []*content.ID, ifRevisions []int, cascade, _ bool) (*model.EntryPublishPayload, error) {
	return r.r.Authoring.publish(ctx, r.r.request(ctx), release(ids, ifRevisions, cascade))
}

// EntryUnpublish is refused for entries that published ones refer to; the payload lists those.
func (r *mutationResolver) EntryUnpublish(ctx context.Context, ids []*content.ID, ifRevisions []int, _ bool) (*model.EntryUnpublishPayload, error) {
	return r.r.Authoring.unpublish(ctx, r.r.request(ctx), release(ids, ifRevisions, false))
}

// EntryDelete checks for referrers in both graphs. Revisions remain, so EntryRestore can undo it.
func (r *mutationResolver) EntryDelete(ctx context.Context, ids []*content.ID, ifRevisions []int, _ bool) (*model.EntryDeletePayload, error) {
	return r.r.Authoring.remove(ctx, r.r.request(ctx), release(ids, ifRevisions, false))
}

// EntryRestore makes a new revision from an old one; the history loses nothing.
func (r *mutationResolver) EntryRestore(ctx context.Context, id content.ID, revision int, ifRevision *int, _ bool) (*model.EntryRestorePayload, error) {
	return r.r.Authoring.restore(ctx, r.r.request(ctx), id, revision, ifRevision)
}

// EntrySchedulePublish cancels the schedule when at is null.
func (r *mutationResolver) EntrySchedulePublish(ctx context.Context, id content.ID, at *time.Time, ifRevision *int) (*model.EntrySchedulePayload, error) {
	return r.r.Authoring.plan(ctx, r.r.request(ctx), content.Intent{ID: id, Action: content.SchedulePublish, At: at, IfRevision: ifRevision})
}

func (r *mutationResolver) EntryScheduleUnpublish(ctx context.Context, id content.ID, at *time.Time, ifRevision *int) (*model.EntrySchedulePayload, error) {
	return r.r.Authoring.plan(ctx, r.r.request(ctx), content.Intent{ID: id, Action: content.ScheduleUnpublish, At: at, IfRevision: ifRevision})
}

func (r *mutationResolver) PreviewTokenCreate(ctx context.Context, minutes int) (*model.PreviewTokenCreatePayload, error) {
	return r.r.draftsToken(ctx, minutes)
}

// BrokenReferences looks in the viewer's perspective. The list has the same bound as that of
// referrers: an author mends no more at a time.
func (r *queryResolver) BrokenReferences(ctx context.Context) ([]*content.ReferenceRow, error) {
	rows, err := r.r.Authoring.Store.Broken(ctx, r.r.ViewerOf(ctx).Perspective, content.MaxReferrers)
	return pointers(rows), err
}

// EntrySchedules lists the pending and the failed schedules; the entry's history has those that
// ran.
func (r *queryResolver) EntrySchedules(ctx context.Context) ([]*content.Schedule, error) {
	rows, err := r.r.Authoring.Store.Schedules(ctx, content.MaxReferrers)
	return pointers(rows), err
}

// AuthorName reads the names of all writers at once, and keeps them for other revisions.
func (r *revisionResolver) AuthorName(ctx context.Context, obj *content.Revision) (*string, error) {
	return r.r.Accounts.authorName(ctx, obj.By)
}

// Changes compares the two revisions when the field is asked for.
func (r *revisionResolver) Changes(ctx context.Context, obj *content.Revision) ([]*content.FieldChange, error) {
	return changesOf(ctx, obj)
}

func (r *mutationResolver) PreviewCreate(ctx context.Context, ids []*content.ID, release *content.ID, minutes int) (*model.PreviewCreatePayload, error) {
	return r.r.createPreview(ctx, ids, release, minutes)
}

// PreviewRevoke ends a preview at once, on all replicas.
func (r *mutationResolver) PreviewRevoke(ctx context.Context, name string) (*model.PreviewRevokePayload, error) {
	return r.r.revokePreview(ctx, name)
}

func (r *previewResolver) Entries(ctx context.Context, obj *content.Preview) ([]content.Entry, error) {
	return entriesOf(ctx, obj)
}

// Previews lists the previews that are still valid.
func (r *queryResolver) Previews(ctx context.Context) ([]*content.Preview, error) {
	return r.r.Authoring.Previews.List(ctx)
}
