package authoring

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"patternhub/internal/content"
)

// errRead ends a transaction that has only read.
var errRead = errors.New("nothing is written")

// Autosave stores a slot; see content.Autosaver. It sets the name and the times of the slot.
// A refused autosave ends the transaction, so the earlier slot stays. With a CONFLICT the slot that is stored is
// returned, so that the client can show both.
func (e *Editor) Autosave(ctx context.Context, slot *content.Autosave, ifSavedAt *time.Time) (*content.Autosave, []content.UserError, error) {
	var kept *content.Autosave
	var wrong []content.UserError
	err := e.write(ctx, slot.PersonKey, func(ctx context.Context, a *attempt) error {
		// Each run has its own copy, since compared sets its Merge.
		s := *slot
		s.Name = content.AutosaveName(s.PersonKey, s.EntryID(), s.DraftKey)
		s.SavedAt, s.EndsAt = a.at, a.at.Add(content.AutosaveLife)
		var err error
		kept, err = a.keepAutosave(ctx, &s, ifSavedAt)
		if wrong = a.out.Errors; err == nil && len(wrong) > 0 {
			return errUnwritten
		}
		return err
	})
	if err != nil && !errors.Is(err, errUnwritten) {
		return nil, nil, err
	}
	return kept, wrong, nil
}

// keepAutosave stores a slot unless something is wrong with it. It returns the slot that is stored then.
// The conflict comes before the bounds, so that a tab whose slot was replaced sees the conflict and is not asked to
// wait.
func (a *attempt) keepAutosave(ctx context.Context, s *content.Autosave, ifSavedAt *time.Time) (*content.Autosave, error) {
	_, _, problems := content.ParseInput(s.Type, s.Input)
	if a.out.Errors = problems; len(s.Input) > content.MaxAutosaveBytes {
		a.refuse(content.ErrTooLong, fmt.Sprintf("An autosave has at most %d bytes.", content.MaxAutosaveBytes), "input")
	}
	if len(a.out.Errors) > 0 {
		return nil, nil //nolint:nilnil // nothing is stored
	}
	earlier, err := a.slot(ctx, s.Name)
	if err != nil {
		return nil, err
	}
	if refused, err := a.refuseAutosave(ctx, s, earlier); err != nil || refused {
		return nil, err
	}
	if ifSavedAt != nil && (earlier == nil || !earlier.SavedAt.Equal(*ifSavedAt)) {
		a.refuse(content.ErrConflict, "The autosave is another one by now: this entry is open elsewhere, or was saved.", "ifSavedAt")
		return a.compared(ctx, earlier)
	}
	if earlier == nil {
		// Only a new slot is counted. Two new ones at the same time may both pass, and exceed the bound by one.
		n, err := a.AutosaveCount(ctx, s.PersonKey, a.at)
		if err != nil {
			return nil, err
		}
		if n >= content.MaxAutosaves {
			return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("A person has at most %d autosaves. Save or discard one that is not needed.", content.MaxAutosaves))
		}
	} else if wait := content.AutosavePause - a.at.Sub(earlier.SavedAt); wait > 0 {
		return nil, content.Fault(content.RateLimited, fmt.Sprintf("An entry is autosaved at most once in a second. Try again in %d ms.", wait.Milliseconds()))
	}
	if err := a.KeepAutosave(ctx, s); err != nil {
		return nil, err
	}
	return a.compared(ctx, s)
}

// refuseAutosave refuses a slot of an entry that does not exist, of a revision that it does not have, and of a new
// entry that was created meanwhile: an autosave may arrive after the save.
func (a *attempt) refuseAutosave(ctx context.Context, s, earlier *content.Autosave) (bool, error) {
	if s.EntryKey == "" {
		if earlier != nil {
			return false, nil
		}
		// The draft of a new entry is the idempotency key of its creation, so a stored answer says that it was created.
		_, created, err := a.Answer(ctx, content.Request{By: s.PersonKey, Key: s.DraftKey}, a.at.Add(-content.AnswerLife))
		if created {
			a.refuse(content.ErrConflict, "This entry was created already. Autosave it by its id.", "draft")
		}
		return created, err
	}
	heads, err := a.Heads(ctx, []content.ID{s.EntryID()})
	if err != nil {
		return false, err
	}
	// The revisions of an entry end with that of its working copy.
	switch h := heads[s.EntryID()]; {
	case h == nil:
		a.refuse(content.ErrNotFound, "There is no entry with that id.", "id")
	case s.BaseRevision == nil:
		a.refuse(content.ErrRequired, "An autosave of an entry names the revision that it is based on.", "baseRevision")
	case *s.BaseRevision < 1 || *s.BaseRevision > h.Revision:
		a.refuse(content.ErrNotFound, "The entry has no such revision.", "baseRevision")
	}
	return len(a.out.Errors) > 0, nil
}

// slot reads a slot that has not ended; nil if there is none. The store may delete it later than it ends.
func (a *attempt) slot(ctx context.Context, name string) (*content.Autosave, error) {
	s, err := a.Autosave(ctx, name)
	if err != nil || s == nil || !a.at.Before(s.EndsAt) {
		return nil, err
	}
	return s, nil
}

// compared sets the Merge of a slot. It returns nil for a slot whose entry is gone, and for nil.
// It does what a save with the revision of the slot would do, without its checks: references to unknown slugs keep
// them, since an autosave is unfinished.
func (a *attempt) compared(ctx context.Context, s *content.Autosave) (*content.Autosave, error) {
	if s == nil || s.EntryKey == "" {
		return s, nil
	}
	theirs, err := a.draft(ctx, s.EntryID())
	if err != nil || theirs == nil {
		return nil, err
	}
	base, err := a.revision(ctx, s.EntryID(), *s.BaseRevision)
	if err != nil {
		return nil, err
	}
	if base == nil {
		// Only a copy of the database without its history lacks it. Nothing is a change of others then.
		base = content.Clone(theirs)
	}
	// The problems were refused when the slot was stored.
	values, fields, _ := content.ParseInput(s.Type, s.Input)
	keys, err := a.keys(ctx, values)
	if err != nil {
		return nil, err
	}
	content.MapReferences(values, func(r content.Reference) string {
		if key, ok := keys[r.Target]; ok {
			return key
		}
		return r.Target.Key // a save would refuse it
	})
	yours := content.Clone(base)
	content.Assign(yours, values, fields)
	if err := a.compare(ctx, base, theirs, yours); err != nil {
		return nil, err
	}
	s.Merge = merged(base, theirs, yours, a.out.Conflicts)
	return s, nil
}

// merged returns the outcome of a merge with these conflicts.
// A field to which both have given the same value is in neither list, since a save would not change it.
func merged(base, theirs, yours content.Entry, conflicts []content.FieldConflict) *content.AutosaveMerge {
	out := &content.AutosaveMerge{Revision: theirs.Head().Revision, Fields: []string{}, Conflicts: conflicts}
	mine := content.Changed(base, yours)
	for _, name := range content.Changed(theirs, yours) {
		disputed := slices.ContainsFunc(conflicts, func(c content.FieldConflict) bool { return c.Path == name })
		if slices.Contains(mine, name) && !disputed {
			out.Fields = append(out.Fields, name)
		}
	}
	return out
}

// endAutosave ends the slot of what a save has written, unless it has a field that the save does not name: a second
// tab may have written that one.
// It runs in the transaction of the save, so a save that is refused, only validated or lost keeps the slot. A write by
// an API key has no person and ends nothing. Names of fields are compared, not values: what was saved is what the
// person has decided.
func (a *attempt) endAutosave(ctx context.Context, r content.Request, edit content.Edit) error {
	if r.Person == "" || edit.ID.Key == "" && r.Key == "" || len(a.out.Errors) > 0 {
		return nil
	}
	name := content.AutosaveName(r.Person, edit.ID, r.Key)
	s, err := a.Autosave(ctx, name)
	if err != nil || s == nil {
		return err
	}
	_, fields, _ := content.ParseInput(s.Type, s.Input)
	if slices.ContainsFunc(fields, func(f string) bool { return !slices.Contains(edit.Fields, f) }) {
		return nil
	}
	_, err = a.EndAutosave(ctx, name)
	return err
}

// AutosaveNamed returns a slot; see content.Autosaver.
// The slot, the entry and its base are read in one transaction, so that they are of one state. It commits nothing.
func (e *Editor) AutosaveNamed(ctx context.Context, name string) (*content.Autosave, error) {
	var found *content.Autosave
	err := e.write(ctx, "", func(ctx context.Context, a *attempt) error {
		s, err := a.slot(ctx, name)
		if err != nil {
			return err
		}
		if found, err = a.compared(ctx, s); err != nil {
			return err
		}
		return errRead
	})
	if err != nil && !errors.Is(err, errRead) {
		return nil, err
	}
	return found, nil
}

// DiscardAutosave deletes a slot; see content.Autosaver.
// It also deletes a slot that has ended and that the store still has. It does not compare the time of the slot: a
// person may discard whatever is in it.
func (e *Editor) DiscardAutosave(ctx context.Context, name string) (bool, error) {
	var ended bool
	err := e.write(ctx, "", func(ctx context.Context, a *attempt) error {
		var err error
		ended, err = a.EndAutosave(ctx, name)
		return err
	})
	return ended, err
}
