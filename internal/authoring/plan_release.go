package authoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"patternhub/internal/content"
)

// ChangeRelease creates or changes a named release; see content.ReleaseEditor.
// Additions and removals are applied to the release as it is in the transaction, so authors who change
// different entries of it at the same time lose nothing. A failed release becomes open again.
// The key is made before the transaction, so that each run creates the same release.
func (e *Editor) ChangeRelease(ctx context.Context, r content.Request, c content.ReleaseChange) (*content.Outcome, error) {
	key, err := newKey(content.NonEntryRelease)
	if err != nil {
		return nil, err
	}
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		named, err := a.changing(ctx, r, c, key)
		if err != nil || named == nil {
			return err
		}
		if c.Name != nil {
			named.Name = strings.TrimSpace(*c.Name)
			a.checkName(named.Name)
		}
		if err := a.changeEntries(ctx, named, c); err != nil || len(a.out.Errors) > 0 {
			return err
		}
		if named.State == content.ReleaseFailed {
			named.State, named.At, named.Faults = content.ReleaseOpen, nil, nil
		}
		named.UpdatedAt = a.at
		a.out.Release = named
		return nil
	})
}

// changing returns the release that a change is about; nil if the change was refused.
// The entries of an undo are what the undone release did. If some could be left out, the rest might not fit
// together, and the index of an error would no longer name the entry.
func (a *attempt) changing(ctx context.Context, r content.Request, c content.ReleaseChange, key string) (*content.NamedRelease, error) {
	if c.Key == "" {
		return a.newRelease(ctx, r, key)
	}
	named, err := a.pendingRelease(ctx, c.Key)
	if named != nil && named.Undoes != "" && len(c.Add)+len(c.Remove) > 0 {
		a.refuse(content.ErrNotAllowed, "The entries of a release that undoes another one cannot be changed.", "id")
		return nil, nil //nolint:nilnil // it was refused, as the contract says
	}
	return named, err
}

// newRelease returns a release without a name and entries. It fails if the hub has too many.
// Only those count that are not published: people have to look through these, while the others are a record.
// Two releases that are created at the same time may both pass, and exceed the bound by one.
func (a *attempt) newRelease(ctx context.Context, r content.Request, key string) (*content.NamedRelease, error) {
	n, err := a.CountPending(ctx)
	if err != nil {
		return nil, err
	}
	if n >= content.MaxReleases {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("A hub has at most %d releases that are not published. Publish or delete one.", content.MaxReleases))
	}
	return &content.NamedRelease{Key: key, State: content.ReleaseOpen, By: r.By, CreatedAt: a.at, UpdatedAt: a.at}, nil
}

// pendingRelease returns a release that is not published; nil if it was refused.
// A published one never changes, since it is the record of what was published and the base of its undo.
func (a *attempt) pendingRelease(ctx context.Context, key string) (*content.NamedRelease, error) {
	named, err := a.NamedRelease(ctx, key)
	switch {
	case err != nil:
		return nil, err
	case named == nil:
		a.refuse(content.ErrNotFound, "There is no release with that id.", "id")
		return nil, nil //nolint:nilnil // as above
	case named.State == content.ReleasePublished:
		a.refuse(content.ErrNotAllowed, "The release is published. Make a new one, or undo it.", "id")
		return nil, nil //nolint:nilnil // as above
	}
	return named, nil
}

// checkName refuses names that a list could not show. Two releases may have one name: people know them by
// their times, and a name that is free now may be taken a moment later.
func (a *attempt) checkName(name string) {
	switch {
	case name == "":
		a.refuse(content.ErrRequired, "Give the release a name.", "name")
	case utf8.RuneCountInString(name) > content.MaxReleaseName:
		a.refuse(content.ErrTooLong, fmt.Sprintf("A name has at most %d characters.", content.MaxReleaseName), "name")
	case strings.ContainsFunc(name, unicode.IsControl):
		a.refuse(content.ErrInvalid, "A name is one line of text.", "name")
	}
}

// changeEntries applies additions and removals to a release. The bounds are those of the publish, so that a
// release that is too large is refused while it is put together.
func (a *attempt) changeEntries(ctx context.Context, named *content.NamedRelease, c content.ReleaseChange) error {
	added := "add"
	if c.Key == "" {
		added = "entries"
	}
	if len(c.Add) > content.MaxRelease || len(c.Remove) > content.MaxRelease {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be given in one call.", content.MaxRelease))
	}
	// Removals come first, so that an entry can be removed and added in one call, which moves it to the end.
	for i, id := range c.Remove {
		at := positionOf(named.Entries, id)
		if at < 0 {
			a.refuse(content.ErrNotFound, "The release has no such entry.", "remove", strconv.Itoa(i))
			continue
		}
		named.Entries = slices.Delete(named.Entries, at, at+1)
	}
	if len(c.Add) == 0 {
		return nil
	}
	if err := a.checkAdded(ctx, c.Add, added); err != nil {
		return err
	}
	for _, entry := range c.Add {
		// The order of entries is that of their first addition: errors are at their positions.
		if at := positionOf(named.Entries, entry.EntryID()); at >= 0 {
			named.Entries[at].Action = entry.Action
			continue
		}
		named.Entries = append(named.Entries, entry)
	}
	if len(named.Entries) > content.MaxRelease {
		a.refuse(content.ErrTooLong, fmt.Sprintf("A release has at most %d entries.", content.MaxRelease), added)
		return nil
	}
	// The drafts are read for their size: drafts fails if they are too large for one transaction.
	_, err := a.drafts(ctx, named.IDs(content.SchedulePublish))
	if faults := lasting(err); len(faults) > 0 {
		a.refuse(faults[0].Code, faults[0].Message, added)
		return nil
	}
	return err
}

// checkAdded refuses additions that are named twice, do not exist or must stay published.
// Whether they may be published is not checked: a release is put together while its drafts are written. The
// gate says so at any time.
func (a *attempt) checkAdded(ctx context.Context, entries []content.ReleaseEntry, field string) error {
	ids := make([]content.ID, len(entries))
	for i, entry := range entries {
		ids[i] = entry.EntryID()
	}
	exists, err := a.Exist(ctx, content.Drafts, ids)
	if err != nil {
		return err
	}
	for i, id := range ids {
		at := []string{field, strconv.Itoa(i)}
		why := content.Lasting(id.Type)
		switch {
		case slices.Index(ids, id) < i:
			a.refuse(content.ErrInvalid, "The entry is named twice.", append(at, "id")...)
		case !exists[id]:
			a.refuse(content.ErrNotFound, "There is no entry with that id.", append(at, "id")...)
		case why != "" && entries[i].Action == content.ScheduleUnpublish:
			a.refuse(content.ErrNotAllowed, why, append(at, "action")...)
		}
	}
	return nil
}

// positionOf returns the index of an entry in a release, -1 if it is not there. Releases are short, so a search
// costs less than an index that has to be kept.
func positionOf(entries []content.ReleaseEntry, id content.ID) int {
	return slices.IndexFunc(entries, func(e content.ReleaseEntry) bool { return e.EntryID() == id })
}

// DropRelease deletes a release that is not published; see content.ReleaseEditor.
// Entries are not touched, and a preview of the release ends.
// A published release stays, since it is a record; see pendingRelease.
func (e *Editor) DropRelease(ctx context.Context, r content.Request, key string) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		named, err := a.pendingRelease(ctx, key)
		if err != nil || named == nil {
			return err
		}
		a.out.Deleted = []content.ID{named.ID()}
		return a.DropRelease(ctx, key)
	})
}

// ScheduleRelease plans the publish of a release, or cancels the plan; see content.ReleaseEditor.
// As for entries, only the time is checked: the gate may pass by then.
// A release that has a time may get another one. Its actor is whoever scheduled it last.
func (e *Editor) ScheduleRelease(ctx context.Context, r content.Request, key string, at *time.Time) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		named, err := a.pendingRelease(ctx, key)
		if err != nil || named == nil {
			return err
		}
		switch {
		case at == nil && named.State != content.ReleaseScheduled:
			a.refuse(content.ErrInvalid, "The release is not scheduled.", "id")
		case at == nil:
			named.State, named.At, named.Actor = content.ReleaseOpen, nil, ""
		case at.Before(a.at):
			a.refuse(content.ErrInvalid, "The time has passed.", "at")
		case len(named.Entries) == 0:
			a.refuse(content.ErrRequired, "Add at least one entry first.", "id")
		default:
			named.State, named.At, named.Actor = content.ReleaseScheduled, new(at.UTC().Truncate(time.Millisecond)), r.By
		}
		named.Faults, named.UpdatedAt = nil, a.at
		a.out.Release = named
		return nil
	})
}

// PublishRelease does what a release contains, all or nothing; see content.ReleaseEditor.
// A scheduled release may be published before its time. Due then finds it published.
// Whoever publishes a scheduled release takes the place of its actor.
func (e *Editor) PublishRelease(ctx context.Context, r content.Request, key string) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		named, err := a.pendingRelease(ctx, key)
		if err != nil || named == nil {
			return err
		}
		named.Actor = r.By
		return e.carryOut(ctx, a, named)
	})
}

// carryOut plans what a release contains, and marks the release as published. author stores it with the
// writes. Errors are at the index of the entry in the release.
func (e *Editor) carryOut(ctx context.Context, a *attempt, named *content.NamedRelease) error {
	var err error
	if named.Undoes == "" {
		err = a.carryOutEntries(ctx, named.Entries)
	} else {
		err = e.carryOutUndo(ctx, a, named)
	}
	for i := range a.out.Errors {
		switch field := a.out.Errors[i].Field; field[0] {
		case "ids":
			a.out.Errors[i].Field = append([]string{"entries"}, field[1:]...)
		case "token":
			a.out.Errors[i].Field = []string{"id"}
		}
	}
	// author drops the release again if there are errors, and so does the gate.
	named.State, named.At, named.UpdatedAt, named.Faults = content.ReleasePublished, new(a.at), a.at, nil
	a.out.Release = named
	return err
}

// keepNamed stores a release with the writes of its transaction, of which last is the last change. The undo of a
// publish is found by that number, which is known only when everything else is written.
func (a *attempt) keepNamed(ctx context.Context, named *content.NamedRelease, last int64) error {
	if named.State == content.ReleasePublished {
		named.Seq = last
	}
	return a.KeepRelease(ctx, named)
}

// carryOutEntries plans to publish some working copies and to unpublish other entries, in one step: what is
// published may refer to what comes with it, but not to what goes.
// It uses the plan of an undo, which publishes and withdraws in one write, too.
func (a *attempt) carryOutEntries(ctx context.Context, entries []content.ReleaseEntry) error {
	ids := make([]content.ID, len(entries))
	for i, entry := range entries {
		ids[i] = entry.EntryID()
	}
	copies, err := a.namedCopies(ctx, content.Release{IDs: ids})
	if err != nil || len(a.out.Errors) > 0 {
		return err
	}
	standing, err := a.Published(ctx, ids)
	if err != nil {
		return err
	}
	// An undo of this release compares what is published then with After of these turns, which reverse completes.
	u := &reversal{drafts: copies}
	for i, id := range ids {
		was := standing[id]
		was.Exists = true
		u.turns = append(u.turns, content.Turn{ID: id, After: was})
		switch {
		case entries[i].Action == content.SchedulePublish:
			u.publish, u.entries = append(u.publish, i), append(u.entries, copies[id].Entry)
		case was.Published == 0:
			a.refuse(content.ErrInvalid, "The entry is not published.", at(i)...)
		default:
			u.withdraw = append(u.withdraw, i)
		}
	}
	if err := a.checkReversal(ctx, u); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	return a.reverse(ctx, u)
}

// UndoRelease creates a release that undoes a published one; see content.ReleaseEditor.
// The new release has the same entries in the same order, with the opposite actions. What is kept is found
// again when it is published, since more may have changed by then.
// Nothing is undone yet: people can look at the new release, check its gate and schedule it like any other.
func (e *Editor) UndoRelease(ctx context.Context, r content.Request, key string) (*content.Outcome, error) {
	made, err := newKey(content.NonEntryRelease)
	if err != nil {
		return nil, err
	}
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		was, err := a.NamedRelease(ctx, key)
		if err != nil {
			return err
		}
		if was == nil {
			a.refuse(content.ErrNotFound, "There is no release with that id.", "id")
			return nil
		}
		if was.State != content.ReleasePublished {
			a.refuse(content.ErrInvalid, "The release is not published, so there is nothing to undo.", "id")
			return nil
		}
		turns, err := a.turnsOf(ctx, was.Seq)
		if err != nil || len(turns) == 0 {
			return err
		}
		// This finds what has changed since, for the author. Nothing of it is planned yet.
		u, err := a.reversalOf(ctx, turns)
		if err != nil {
			return err
		}
		if len(a.out.Kept) == len(turns) {
			a.refuse(content.ErrConflict, "There is nothing to undo: all entries have changed since.", "id")
			return nil
		}
		named, err := a.newRelease(ctx, r, made)
		if err != nil {
			return err
		}
		name := []rune("Undo: " + was.Name)
		named.Name, named.Undoes, named.UndoesSeq = string(name[:min(len(name), content.MaxReleaseName)]), was.Key, was.Seq
		for _, turn := range u.turns {
			named.Entries = append(named.Entries, opposite(turn))
		}
		a.out.Release = named
		return nil
	})
}

// opposite returns what undoes a turn. It is what people see of an undo: what is written follows from the turn
// itself, so that it cannot differ from the undo of any other write.
func opposite(turn content.Turn) content.ReleaseEntry {
	out := content.ReleaseEntry{Type: turn.ID.Type, Key: turn.ID.Key, Action: content.ScheduleUnpublish}
	if before := turn.Before.Published; before > 0 {
		out.Action, out.Revision = content.SchedulePublish, &before
	}
	return out
}

// turnsOf returns what the release with the last change seq did; none if that was too long ago, which it refuses.
func (a *attempt) turnsOf(ctx context.Context, seq int64) ([]content.Turn, error) {
	turns, err := a.Turns(ctx, seq)
	if err == nil && len(turns) == 0 {
		a.refuse(content.ErrNotFound, fmt.Sprintf("The release was published more than %d days ago and can no longer be undone.", int(content.UndoLife.Hours()/24)), "id")
	}
	return turns, err
}

// carryOutUndo plans to undo another release, by the plan that undoes every write of an author. It lists entries
// that have changed since as kept, and brings back the revisions that were published.
func (e *Editor) carryOutUndo(ctx context.Context, a *attempt, named *content.NamedRelease) error {
	turns, err := a.turnsOf(ctx, named.UndoesSeq)
	if err != nil || len(turns) == 0 {
		return err
	}
	return e.undo(ctx, a, turns)
}

// dueReleases publishes the releases that are due, and returns the time of the next. It calls failed, which may be nil,
// for those that are refused.
// Releases are published one after the other, the earliest first. An error other than a refusal ends the loop, and the
// next call begins with the same release.
func (e *Editor) dueReleases(ctx context.Context, failed func(*content.NamedRelease)) (*time.Time, error) {
	for {
		next, err := e.store.NextRelease(ctx)
		if err != nil || next == nil {
			return nil, err
		}
		if next.At.After(e.now()) {
			return next.At, nil
		}
		refused, err := e.performRelease(ctx, next)
		if err != nil {
			return nil, err
		}
		if refused != nil && failed != nil {
			failed(refused)
		}
	}
}

// performRelease publishes a scheduled release, and returns it if that was refused. Its state changes in the
// transaction of the publish, so it is published once for any number of replicas. A refusal undoes that transaction,
// so it is stored in one of its own.
func (e *Editor) performRelease(ctx context.Context, planned *content.NamedRelease) (refused *content.NamedRelease, err error) {
	out, err := e.author(ctx, content.Request{By: planned.Actor}, func(ctx context.Context, a *attempt) error {
		named, err := a.stillDue(ctx, planned)
		if err != nil {
			return err
		}
		return e.carryOut(ctx, a, named)
	})
	// Either the plan could not be made and never will be, or it was made and is refused.
	faults := lasting(err)
	if out != nil {
		faults = append(faults, out.Errors...)
	}
	if len(faults) > 0 {
		// Between the two transactions the release may have been published or moved to another time. Then the refusal
		// is dropped.
		err = e.write(ctx, planned.Actor, func(ctx context.Context, a *attempt) error {
			var err error
			if refused, err = a.stillDue(ctx, planned); err != nil {
				return err
			}
			refused.State, refused.UpdatedAt, refused.Faults = content.ReleaseFailed, a.at, faults[:min(len(faults), content.MaxReferrers)]
			return a.KeepRelease(ctx, refused)
		})
	}
	if errors.Is(err, errElsewhere) {
		return nil, nil //nolint:nilnil // nil is none, as the contract says
	}
	return refused, err
}

// stillDue returns a scheduled release as it is now. It fails with errElsewhere if another replica has published it, or
// if it was changed to another time.
func (a *attempt) stillDue(ctx context.Context, planned *content.NamedRelease) (*content.NamedRelease, error) {
	named, err := a.NamedRelease(ctx, planned.Key)
	if err == nil && (named == nil || named.State != content.ReleaseScheduled || !named.At.Equal(*planned.At)) {
		return nil, errElsewhere
	}
	return named, err
}

// lasting returns an error that another attempt would meet again, as a fault of the release; nil for any other
// error. A release with such an error must not keep others from being published.
func lasting(err error) []content.UserError {
	known, ok := errors.AsType[*content.Error](err)
	if !ok {
		return nil
	}
	codes := map[content.Code]content.UserErrorCode{content.LimitExceeded: content.ErrTooLong, content.BadUserInput: content.ErrInvalid}
	code, ok := codes[known.Code]
	if !ok {
		return nil
	}
	return []content.UserError{{Field: []string{"entries"}, Message: known.Message, Code: code}}
}
