package resolvers

import (
	"context"
	"time"

	"patternhub/content"
	"patternhub/graph"
	"patternhub/graph/model"
	"patternhub/loaders"
)

func (r *entryScheduleResolver) Entry(ctx context.Context, obj *content.Schedule) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.EntryID())
}

// EntryPublish publishes all of the entries or none; cascade takes in what they refer to.
func (r *mutationResolver) EntryPublish(ctx context.Context, ids []*content.ID, ifRevisions []int, cascade bool) (*model.EntryPublishPayload, error) {
	return r.Authoring.publish(ctx, r.request(ctx), release(ids, ifRevisions, cascade))
}

// EntryUnpublish is refused for entries that published ones refer to; the payload lists those.
func (r *mutationResolver) EntryUnpublish(ctx context.Context, ids []*content.ID, ifRevisions []int) (*model.EntryUnpublishPayload, error) {
	return r.Authoring.unpublish(ctx, r.request(ctx), release(ids, ifRevisions, false))
}

// EntryDelete looks for referrers in both graphs. Revisions stay, so EntryRestore can undo it.
func (r *mutationResolver) EntryDelete(ctx context.Context, ids []*content.ID, ifRevisions []int) (*model.EntryDeletePayload, error) {
	return r.Authoring.remove(ctx, r.request(ctx), release(ids, ifRevisions, false))
}

// EntryRestore makes a new revision of an old one; nothing of the history is lost.
func (r *mutationResolver) EntryRestore(ctx context.Context, id content.ID, revision int, ifRevision *int) (*model.EntryRestorePayload, error) {
	return r.Authoring.restore(ctx, r.request(ctx), id, revision, ifRevision)
}

// EntrySchedulePublish takes the schedule back when at is null.
func (r *mutationResolver) EntrySchedulePublish(ctx context.Context, id content.ID, at *time.Time, ifRevision *int) (*model.EntrySchedulePayload, error) {
	return r.Authoring.plan(ctx, r.request(ctx), content.Intent{ID: id, Action: content.SchedulePublish, At: at, IfRevision: ifRevision})
}

func (r *mutationResolver) EntryScheduleUnpublish(ctx context.Context, id content.ID, at *time.Time, ifRevision *int) (*model.EntrySchedulePayload, error) {
	return r.Authoring.plan(ctx, r.request(ctx), content.Intent{ID: id, Action: content.ScheduleUnpublish, At: at, IfRevision: ifRevision})
}

func (r *mutationResolver) PreviewTokenCreate(ctx context.Context, minutes int) (*model.PreviewTokenCreatePayload, error) {
	return r.preview(ctx, minutes)
}

// BrokenReferences looks in the viewer's perspective. The list has the length of that of referrers:
// more nobody mends at a time.
func (r *queryResolver) BrokenReferences(ctx context.Context) ([]*content.ReferenceRow, error) {
	rows, err := r.Authoring.Store.Broken(ctx, r.ViewerOf(ctx).Perspective, content.MaxReferrers)
	return pointers(rows), err
}

// EntrySchedules shows what waits and what has failed; what was done is in the history of its
// entry.
func (r *queryResolver) EntrySchedules(ctx context.Context) ([]*content.Schedule, error) {
	rows, err := r.Authoring.Store.Schedules(ctx, content.MaxReferrers)
	return pointers(rows), err
}

// Changes are worked out when they are asked for, from the two revisions at hand.
func (r *revisionResolver) Changes(ctx context.Context, obj *content.Revision) ([]*content.FieldChange, error) {
	return changesOf(ctx, obj)
}

func (r *Resolver) EntrySchedule() graph.EntryScheduleResolver { return &entryScheduleResolver{r} }

func (r *Resolver) Mutation() graph.MutationResolver { return &mutationResolver{r} }

func (r *Resolver) Revision() graph.RevisionResolver { return &revisionResolver{r} }

type (
	entryScheduleResolver struct{ *Resolver }
	mutationResolver      struct{ *Resolver }
	revisionResolver      struct{ *Resolver }
)
