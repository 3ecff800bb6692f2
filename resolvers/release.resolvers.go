package resolvers

import (
	"context"
	"time"

	"patternhub/graph/model"
	"patternhub/graph/relay"
	"patternhub/internal/content"
	"patternhub/loaders"
)

func (r *mutationResolver) ReleaseCreate(ctx context.Context, name string, entries []*model.ReleaseEntryInput) (*model.ReleasePayload, error) {
	return r.r.Authoring.changeRelease(ctx, r.r.request(ctx), content.ReleaseChange{Name: &name, Add: releaseEntries(entries)})
}

func (r *mutationResolver) ReleaseUpdate(ctx context.Context, id content.ID, name *string, add []*model.ReleaseEntryInput, remove []*content.ID) (*model.ReleasePayload, error) {
	return r.r.Authoring.updateRelease(ctx, r.r.request(ctx), id, content.ReleaseChange{Name: name, Add: releaseEntries(add), Remove: values(remove)})
}

func (r *mutationResolver) ReleaseDelete(ctx context.Context, id content.ID) (*model.ReleaseDeletePayload, error) {
	return r.r.Authoring.dropRelease(ctx, r.r.request(ctx), id)
}

// ReleasePublish does everything that a release contains in one transaction.
func (r *mutationResolver) ReleasePublish(ctx context.Context, id content.ID, _ bool) (*model.ReleasePayload, error) {
	return r.r.Authoring.publishRelease(ctx, r.r.request(ctx), id)
}

func (r *mutationResolver) ReleaseSchedule(ctx context.Context, id content.ID, at time.Time) (*model.ReleasePayload, error) {
	return r.r.Authoring.scheduleRelease(ctx, r.r.request(ctx), id, &at)
}

func (r *mutationResolver) ReleaseUnschedule(ctx context.Context, id content.ID) (*model.ReleasePayload, error) {
	return r.r.Authoring.scheduleRelease(ctx, r.r.request(ctx), id, nil)
}

func (r *mutationResolver) ReleaseUndo(ctx context.Context, id content.ID) (*model.ReleasePayload, error) {
	return r.r.Authoring.undoRelease(ctx, r.r.request(ctx), id)
}

func (r *queryResolver) Release(ctx context.Context, id content.ID) (*content.NamedRelease, error) {
	return r.r.Authoring.Store.ReleaseByKey(ctx, keyOf(id, content.NonEntryRelease))
}

func (r *queryResolver) Releases(ctx context.Context, first *int, after *string, last *int, before *string, filter *content.ReleaseFilter) (*relay.Connection[*content.NamedRelease, *relay.Edge[*content.NamedRelease]], error) {
	return relay.Releases(r.r.Authoring.Store, relay.Page{First: first, After: after, Last: last, Before: before}, filter)
}

// Gate plans the publish of one release, without writing. Its cost keeps it out of long lists.
func (r *releaseResolver) Gate(ctx context.Context, obj *content.NamedRelease) (*content.ReleaseGate, error) {
	return r.r.Authoring.Store.Gate(ctx, obj.Key)
}

func (r *releaseEntryResolver) Entry(ctx context.Context, obj *content.ReleaseEntry) (content.Entry, error) {
	return loaders.For(ctx).Entry(ctx, obj.EntryID())
}
