package resolvers

import (
	"context"
	"strconv"
	"time"

	"patternhub/graph/model"
	"patternhub/internal/content"
)

// releaseEntries converts the entries of an input.
func releaseEntries(in []*model.ReleaseEntryInput) []content.ReleaseEntry {
	out := make([]content.ReleaseEntry, len(in))
	for i, e := range in {
		out[i] = content.ReleaseEntry{Type: e.ID.Type, Key: e.ID.Key, Action: e.Action}
	}
	return out
}

// releaseOutcome runs a write of a named release and returns its payload. All writes but the deletion have the
// same payload, so a client shows the result of each in the same way.
func (a *Authoring) releaseOutcome(ctx context.Context, r content.Request, run func() (*content.Outcome, error)) (*model.ReleasePayload, error) {
	out, token, err := a.act(ctx, r, run)
	if err != nil {
		return nil, err
	}
	return &model.ReleasePayload{
		Release: out.Release, Kept: pointers(out.Kept), Referrers: pointers(out.Referrers),
		UserErrors: pointers(out.Errors), Token: token, Effects: out.Effects,
	}, nil
}

// changeRelease creates or changes a release.
func (a *Authoring) changeRelease(ctx context.Context, r content.Request, c content.ReleaseChange) (*model.ReleasePayload, error) {
	if wrong := notEntries(c); len(wrong) > 0 {
		return &model.ReleasePayload{UserErrors: pointers(wrong)}, nil
	}
	return a.releaseOutcome(ctx, r, func() (*content.Outcome, error) { return a.Store.ChangeRelease(ctx, r, c) })
}

// notEntries lists the additions that are ids of something else than entries. The store has no graph of those.
func notEntries(c content.ReleaseChange) (out []content.UserError) {
	field := "add"
	if c.Key == "" {
		field = "entries"
	}
	for i, e := range c.Add {
		if !e.Type.IsEntry() {
			out = append(out, content.UserError{Field: []string{field, strconv.Itoa(i), "id"}, Message: "There is no entry with that id.", Code: content.ErrNotFound})
		}
	}
	return out
}

// updateRelease changes a release. An id of something else is not found.
// It has to be checked here, since an empty key means a new release.
func (a *Authoring) updateRelease(ctx context.Context, r content.Request, id content.ID, c content.ReleaseChange) (*model.ReleasePayload, error) {
	if c.Key = keyOf(id, content.NonEntryRelease); c.Key == "" {
		return &model.ReleasePayload{UserErrors: []*content.UserError{{Field: []string{"id"}, Message: "There is no release with that id.", Code: content.ErrNotFound}}}, nil
	}
	return a.changeRelease(ctx, r, c)
}

// publishRelease publishes a release.
// An id of something else has an empty key here, which no release has, so it is not found.
func (a *Authoring) publishRelease(ctx context.Context, r content.Request, id content.ID) (*model.ReleasePayload, error) {
	return a.releaseOutcome(ctx, r, func() (*content.Outcome, error) {
		return a.Store.PublishRelease(ctx, r, keyOf(id, content.NonEntryRelease))
	})
}

// undoRelease makes a release that undoes a published one.
// The payload has the new release, and nothing is published yet.
func (a *Authoring) undoRelease(ctx context.Context, r content.Request, id content.ID) (*model.ReleasePayload, error) {
	return a.releaseOutcome(ctx, r, func() (*content.Outcome, error) {
		return a.Store.UndoRelease(ctx, r, keyOf(id, content.NonEntryRelease))
	})
}

// scheduleRelease plans the publish of a release; a nil time cancels it. The schema has a field for each, since
// a variable that was left out by mistake must not cancel a plan.
func (a *Authoring) scheduleRelease(ctx context.Context, r content.Request, id content.ID, at *time.Time) (*model.ReleasePayload, error) {
	key := keyOf(id, content.NonEntryRelease)
	return a.releaseOutcome(ctx, r, func() (*content.Outcome, error) { return a.Store.ScheduleRelease(ctx, r, key, at) })
}

// dropRelease deletes a release.
func (a *Authoring) dropRelease(ctx context.Context, r content.Request, id content.ID) (*model.ReleaseDeletePayload, error) {
	out, _, err := a.act(ctx, r, func() (*content.Outcome, error) {
		return a.Store.DropRelease(ctx, r, keyOf(id, content.NonEntryRelease))
	})
	if err != nil {
		return nil, err
	}
	p := &model.ReleaseDeletePayload{UserErrors: pointers(out.Errors)}
	if len(out.Deleted) > 0 {
		p.Deleted = &out.Deleted[0]
	}
	return p, nil
}
