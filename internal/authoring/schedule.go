package authoring

import (
	"context"
	"errors"
	"time"

	"patternhub/internal/content"
)

// Plan schedules an action; see content.Editor.
// It checks only the time and the revision, not whether a publish would be allowed now, since
// references may be published before then. The time is truncated to the precision of stored ones,
// because schedules are found by their time.
func (e *Editor) Plan(ctx context.Context, r content.Request, want content.Intent) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		current, err := a.draft(ctx, want.ID)
		if err != nil {
			return err
		}
		if current == nil {
			a.refuse(content.ErrNotFound, "There is no entry with that id.", "id")
			return nil
		}
		if want.IfRevision != nil && *want.IfRevision != current.Head().Revision {
			a.refuseStale(current, "")
		}
		if why := content.Lasting(want.ID.Type); why != "" && want.At != nil && want.Action == content.ScheduleUnpublish {
			a.refuse(content.ErrNotAllowed, why, "id")
		}
		if want.At != nil && want.At.Before(a.at) {
			a.refuse(content.ErrInvalid, "The time has passed.", "at")
		}
		if len(a.out.Errors) > 0 {
			return nil
		}
		a.out.Entries = []content.Entry{current}
		if want.At == nil {
			a.Unschedule(want.ID, want.Action)
			return nil
		}
		a.out.Schedule = &content.Schedule{
			Type: want.ID.Type, Key: want.ID.Key, Action: want.Action,
			At: want.At.UTC().Truncate(time.Millisecond), State: content.ScheduleWaiting, By: r.By,
		}
		a.Schedule(*a.out.Schedule)
		return nil
	})
}

// Due runs the schedules and releases that are due; see content.Editor.
func (e *Editor) Due(ctx context.Context, failed func(*content.NamedRelease)) (*time.Time, error) {
	next, err := e.dueSchedules(ctx)
	release, other := e.dueReleases(ctx, failed)
	if next == nil || release != nil && release.Before(*next) {
		next = release
	}
	return next, errors.Join(err, other)
}

// dueSchedules runs the schedules of entries that are due.
// It runs one after the other until none is due, and returns the time of the next. An error ends
// it; the next call tries that schedule again. A schedule whose content is refused is marked as
// failed and not tried again.
func (e *Editor) dueSchedules(ctx context.Context) (*time.Time, error) {
	for {
		next, err := e.store.Waiting(ctx, 1)
		if err != nil || len(next) == 0 {
			return nil, err
		}
		if next[0].At.After(e.now()) {
			return &next[0].At, nil
		}
		if err := e.perform(ctx, next[0]); err != nil {
			return nil, err
		}
	}
}

// errElsewhere ends the transaction of a schedule that another replica has run, or that was moved.
var errElsewhere = errors.New("the schedule has ended elsewhere")

// perform runs one schedule and marks it done in the same transaction, so that it runs once for any
// number of replicas. A refusal undoes that transaction, so it is stored in one of its own.
func (e *Editor) perform(ctx context.Context, p content.Schedule) error {
	end := func(ctx context.Context, a *attempt, state content.ScheduleState, problem *string) error {
		p.State, p.Problem = state, problem
		ended, err := a.EndSchedule(ctx, p)
		if err == nil && !ended {
			return errElsewhere
		}
		return err
	}
	out, err := e.author(ctx, content.Request{By: p.By}, func(ctx context.Context, a *attempt) error {
		if err := end(ctx, a, content.ScheduleDone, nil); err != nil {
			return err
		}
		what := content.Release{IDs: []content.ID{p.EntryID()}}
		if p.Action == content.ScheduleUnpublish {
			return a.withdraw(ctx, what)
		}
		return a.release(ctx, what)
	})
	if err == nil && len(out.Errors) > 0 {
		err = e.write(ctx, p.By, func(ctx context.Context, a *attempt) error {
			return end(ctx, a, content.ScheduleFailed, &out.Errors[0].Message)
		})
	}
	if errors.Is(err, errElsewhere) {
		return nil
	}
	return err
}
