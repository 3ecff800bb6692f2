// Package authoring holds the editorial rules: what a save checks, what may be published or taken
// away, how symmetric relations get their other side, how two edits of one entry are merged, and
// which rows of the change log a write makes.
//
// An Editor works on a content.Transactor and does not know how entries are stored. Each of its
// writes is one transaction, which may run several times:
//
//	editor.go    the Editor, an attempt at a write, and how a write is refused
//	foresee.go   what a write that is only validated would change
//	save.go      Save, which checks, mirrors and writes one working copy
//	merge.go     an edit that is based on an older revision
//	restore.go   Restore, of an older revision or of a deleted entry
//	undo.go      Undo, of what was published, withdrawn or removed
//	release.go   Release, Withdraw and Remove, with what they check
//	bulk.go      Bulk, for all entries that a filter selects
//	schedule.go  writes at a later time
//	values.go    a working copy as its input
//	autosave.go  what people have written and not saved yet
//	plan_release.go  named releases: what they contain, when they are published, and their undo
//	gate.go      what publishing a named release would do, and how releases contradict each other
//	put.go       the plain writes of programs, which check little
//	publish.go   what publishing and unpublishing write, for authors and programs
//	mirror.go    the other side of symmetric relations
//	singleton.go types with exactly one entry
//
// A rule about a single entry, such as the length of its name, belongs to package content.
package authoring

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"patternhub/internal/content"
)

// Options are the dependencies of an Editor.
type Options struct {
	Store content.Transactor
	// Render renders the rich texts of an entry.
	Render content.Render
	// Review brings the texts of an author's entry into the form in which they are stored, and
	// returns what is wrong with them, by field. A nil Review accepts all texts as they are.
	Review func(content.Entry) []content.UserError
	// Now returns the time; nil for time.Now.
	Now func() time.Time
}

// Editor is the content.Editor and the content.Writer on any store. It is safe for concurrent use
// and holds no content.
type Editor struct {
	store  content.Transactor
	render content.Render
	review func(content.Entry) []content.UserError
	now    func() time.Time
}

var (
	_ content.Editor = (*Editor)(nil)
	_ content.Writer = (*Editor)(nil)
)

// New returns an Editor.
func New(o Options) *Editor {
	e := &Editor{store: o.Store, render: o.Render, review: o.Review, now: o.Now}
	if e.review == nil {
		e.review = func(content.Entry) []content.UserError { return nil }
	}
	if e.now == nil {
		e.now = time.Now
	}
	return e
}

// attempt is one run of a write: a transaction with the state of this run alone. A transaction may
// run several times, and the errors of an earlier run must not remain in the outcome of a later one
// that finds nothing wrong.
type attempt struct {
	content.Transaction
	at  time.Time
	by  string
	out *content.Outcome
	// lastRevisions holds the numbers of the last revisions of deleted entries; new ones follow
	// them.
	lastRevisions map[content.ID]int
	// revived holds the last heads of restored entries, whose creation time and former slugs
	// continue.
	revived map[content.ID]content.Meta
	// turns is what the plan does to entries, for an undo. earlier holds the patterns that an undo
	// publishes in an earlier revision.
	turns   []content.Turn
	earlier []*content.Pattern
}

// write runs one write. Times are truncated to the precision of stored ones.
func (e *Editor) write(ctx context.Context, by string, plan func(context.Context, *attempt) error) error {
	return e.store.Transact(ctx, func(ctx context.Context, t content.Transaction) error {
		return plan(ctx, &attempt{Transaction: t, at: e.now().UTC().Truncate(time.Millisecond), by: by, out: &content.Outcome{}})
	})
}

// errUnwritten ends a transaction that writes nothing, since its outcome has user errors or effects. It is
// never returned to callers of this package.
var errUnwritten = errors.New("the author's write is refused or only validated")

// author runs one write of an author: once for each idempotency key, and without effect if plan
// finds something wrong.
// An outcome with user errors is not an error here: errors are faults that the author cannot
// correct, such as a lost database. The number of the last change is known only when everything is
// written, so the answer is stored after that, in the same transaction.
func (e *Editor) author(ctx context.Context, r content.Request, plan func(context.Context, *attempt) error) (*content.Outcome, error) {
	var out *content.Outcome
	err := e.write(ctx, r.By, func(ctx context.Context, a *attempt) error {
		out = a.out
		var ahead *foresight
		if r.ValidateOnly {
			ahead = &foresight{Transaction: a.Transaction, planned: map[copyID]content.Entry{}}
			a.Transaction = ahead
		}
		if done, err := a.answered(ctx, r); err != nil || done {
			return err
		}
		if err := plan(ctx, a); err != nil {
			return err
		}
		if len(out.Errors)+len(out.Problems) > 0 {
			// Nothing was written, so nothing is shown as if it were.
			out.Entries, out.Deleted, out.Schedule, out.Release, out.Observation = nil, nil, nil, nil, nil
			return errUnwritten
		}
		if ahead != nil {
			var err error
			*out = content.Outcome{Kept: out.Kept, Bulk: out.Bulk}
			if out.Effects, err = ahead.effects(ctx, a.names); err != nil {
				return err
			}
			return errUnwritten
		}
		a.Finish(func(ctx context.Context, last int64) error {
			if last > 0 {
				out.Seq = last
			}
			if len(a.turns) > 0 {
				if err := a.KeepTurns(ctx, last, a.at, a.turns); err != nil {
					return err
				}
			}
			if out.Release != nil {
				if err := a.keepNamed(ctx, out.Release, last); err != nil {
					return err
				}
			}
			return a.storeAnswer(ctx, r)
		})
		return nil
	})
	if err != nil && !errors.Is(err, errUnwritten) {
		return nil, err
	}
	return out, nil
}

// answered reports whether the write must not run. Either the outcome is that of the first write
// with this key, or the key was used for another input and the write is refused with
// IDEMPOTENCY_MISMATCH.
// It runs within the transaction of the write. Of two equal writes at the same time, one therefore
// finds the other's answer when its transaction runs again.
func (a *attempt) answered(ctx context.Context, r content.Request) (bool, error) {
	if r.Key == "" || r.ValidateOnly {
		return false, nil
	}
	first, found, err := a.Answer(ctx, r, a.at.Add(-content.AnswerLife))
	if err != nil || !found {
		return false, err
	}
	if first.Hash != r.Hash {
		a.refuse(content.ErrIdempotencyMismatch, "This idempotency key was used for another input.", "key")
		return true, nil
	}
	a.out.Seq, a.out.Schedule, a.out.Deleted, a.out.Kept, a.out.Bulk = first.Seq, first.Schedule, first.Deleted, first.Kept, first.Bulk
	a.out.Release, a.out.Observation = first.Release, first.Observation
	for _, h := range first.Entries {
		e, err := a.revision(ctx, h.ID(), h.Revision)
		if err != nil {
			return false, err
		}
		if e == nil {
			return false, fmt.Errorf("read answer: %s has no revision %d", h.ID(), h.Revision)
		}
		*e.Head() = h
		a.out.Entries = append(a.out.Entries, e)
	}
	return true, nil
}

// storeAnswer stores the outcome of an idempotent write, in its transaction. A refused write does
// not come here, so its key may be used again for the corrected input.
func (a *attempt) storeAnswer(ctx context.Context, r content.Request) error {
	if r.Key == "" {
		return nil
	}
	out := content.Answer{
		Hash: r.Hash, At: a.at, Deleted: a.out.Deleted, Kept: a.out.Kept, Bulk: a.out.Bulk, Schedule: a.out.Schedule,
		Release: a.out.Release, Observation: a.out.Observation, Seq: a.out.Seq,
	}
	for _, e := range a.out.Entries {
		out.Entries = append(out.Entries, *e.Head())
	}
	return a.Remember(ctx, r, out)
}

// refuse adds an error with a message for the author. The plan continues, so that the author sees
// all errors together; author ends the transaction after the plan.
func (a *attempt) refuse(code content.UserErrorCode, message string, field ...string) {
	a.out.Errors = append(a.out.Errors, content.UserError{Field: field, Message: message, Code: code})
}

// refused reports whether a field has an error.
func (a *attempt) refused(field []string) bool {
	for _, e := range a.out.Errors {
		if strings.Join(e.Field, ".") == strings.Join(field, ".") {
			return true
		}
	}
	return false
}

// refuseStale refuses a write that is based on another revision than the current one.
func (a *attempt) refuseStale(current content.Entry, hint string) {
	a.refuse(content.ErrConflict, fmt.Sprintf("The entry now has revision %d.%s", current.Head().Revision, hint), "ifRevision")
}

// draft returns a working copy; nil when there is none.
func (a *attempt) draft(ctx context.Context, id content.ID) (content.Entry, error) {
	found, err := a.Copies(ctx, content.Drafts, []content.ID{id}, nil)
	return found[id].Entry, err
}

// revision returns one revision of an entry; nil when there is none of that number.
func (a *attempt) revision(ctx context.Context, id content.ID, n int) (content.Entry, error) {
	found, err := a.Revisions(ctx, id, n+1, 1)
	if err != nil || len(found) == 0 || found[0].Revision != n {
		return nil, err
	}
	return found[0].Entry, nil
}

// logChange plans the row of the change log for one copy of an entry.
func (a *attempt) logChange(id content.ID, op content.Op, p content.Perspective, revision int) {
	a.Log(content.Change{Type: id.Type, Key: id.Key, Op: op, Graph: p, Revision: revision, At: a.at, By: a.by})
}

// logPublished plans the row of the change log for a published copy. Relations are those of the copy if
// they differ from the revision's, otherwise nil.
func (a *attempt) logPublished(h *content.Meta, relations *[]content.RelationRow) {
	a.Log(content.Change{
		Type: h.Type, Key: h.Key, Op: content.OpUpsert, Graph: content.Published, Revision: h.Revision, At: a.at, By: a.by,
		Relations: relations, Publication: h.Publication,
	})
}

// newKey returns the key of a new entry of a type. Keys grow with time, so that new entries are
// neighbours in the store. A singleton has a fixed key.
func newKey(t content.EntryType) (string, error) {
	if only := t.OnlyKey(); only != "" {
		return only, nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make key: %w", err)
	}
	return id.String(), nil
}

// at returns the path of the ith id among the arguments.
func at(i int) []string { return []string{"ids", strconv.Itoa(i)} }

// steps splits a path within an entry: "companies[3].company" becomes companies, 3, company.
func steps(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '[' || r == ']' || r == '.' })
}
