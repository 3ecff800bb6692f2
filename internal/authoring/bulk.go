package authoring

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"patternhub/internal/content"
)

// Bulk makes one step of a write of the entries that a filter selects; see content.Editor.
// A step that is too large, whatever bound it exceeds, is tried again with half of its entries.
// Each attempt is a transaction of its own. The entries that a smaller step leaves out remain for the next request,
// so halving loses nothing. A step of one entry that is too large fails.
func (e *Editor) Bulk(ctx context.Context, r content.Request, b content.Bulk) (*content.Outcome, error) {
	for n := content.MaxRelease; ; n /= 2 {
		out, err := e.author(ctx, r, func(ctx context.Context, a *attempt) error { return a.bulk(ctx, b, n) })
		if n == 1 || content.CodeOf(err) != content.LimitExceeded {
			return out, err
		}
	}
}

// bulk plans a step of at most n entries. What remains is stored in the same transaction.
// The author repeats the request until nothing remains. The entries and revisions are those of the first step: one that
// has changed since is refused with CONFLICT, and the whole step with it.
func (a *attempt) bulk(ctx context.Context, b content.Bulk, n int) error {
	name := bulkName(a.by, b)
	rest, err := a.Remaining(ctx, name)
	if err != nil {
		return err
	}
	a.out.Bulk = &content.BulkState{Found: b.Expected, Remaining: len(rest)} // nothing is done yet
	// Once it has begun, the filter need not match any more: publishing drafts makes them leave the list of drafts.
	begun := len(rest) > 0
	if !begun {
		if rest, err = a.expected(ctx, b); err != nil || len(a.out.Errors) > 0 {
			return err
		}
	}
	step := rest[:min(n, len(rest))]
	what := content.Release{IDs: make([]content.ID, len(step)), IfRevisions: make([]int, len(step))}
	for i, s := range step {
		what.IDs[i], what.IfRevisions[i] = s.ID, s.Revision
	}
	defer a.byEntry(what.IDs) // whether act refuses some or not
	if err := a.act(ctx, b, what); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	rest = rest[len(step):]
	// A write that is only validated has done nothing, so everything remains.
	if _, ahead := a.Transaction.(*foresight); !ahead {
		a.out.Bulk.Done, a.out.Bulk.Remaining = len(step), len(rest)
	}
	// The payload has the numbers; nobody reads so many entries.
	a.out.Entries, a.out.Deleted = nil, nil
	// A write of one step stores nothing. The last of several steps stores an empty rest, which removes the row.
	if begun || len(rest) > 0 {
		return a.KeepRemaining(ctx, name, a.at, rest)
	}
	return nil
}

// bulkName identifies a write in steps: the same author asks for the same with the same expectation.
// So a repetition continues without a token, and two authors with the same request do not share their steps.
func bulkName(by string, b content.Bulk) string {
	raw, err := json.Marshal([]any{by, b})
	if err != nil {
		raw = []byte(err.Error()) // cannot fail: they are plain values
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// expected returns the entries that the filter selects, in the order of the steps, and refuses the write if
// they are not the expected ones. What others refer to comes first when it is published, and last when it is
// removed, since steps are checked one by one.
// The digest covers the revisions too: an entry that was edited after the author saw the list is a conflict.
func (a *attempt) expected(ctx context.Context, b content.Bulk) ([]content.RevisionID, error) {
	var digest content.EntriesDigest
	var out []content.RevisionID
	err := a.Matching(ctx, b.Filter, func(id content.ID, revision int) error {
		digest.Add(id, revision)
		if digest.Count <= content.MaxBulk { // more are refused below, so they need no memory
			out = append(out, content.RevisionID{ID: id, Revision: revision})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	found := content.EntriesExpected{Count: digest.Count, Digest: digest.String()}
	a.out.Bulk.Found, a.out.Bulk.Remaining = found, found.Count
	switch {
	case found != b.Expected:
		a.refuse(content.ErrConflict, fmt.Sprintf("The filter now matches %d entries, and not the expected %d in their revisions. Look at the list again.", found.Count, b.Expected.Count), "expected")
	case found.Count == 0:
		a.refuse(content.ErrInvalid, "The filter matches no entry.", "filter")
	case found.Count > content.MaxBulk:
		a.refuse(content.ErrTooLong, fmt.Sprintf("The filter matches %d entries; at most %d can be changed in one go. Narrow it.", found.Count, content.MaxBulk), "filter")
	}
	// The order is also total, so an attempt that runs again makes the same steps.
	types := content.Types()
	slices.SortFunc(out, func(x, y content.RevisionID) int {
		return cmp.Or(cmp.Compare(slices.Index(types, x.ID.Type), slices.Index(types, y.ID.Type)), cmp.Compare(x.ID.Key, y.ID.Key))
	})
	if b.Action == content.BulkUnpublish || b.Action == content.BulkDelete {
		slices.Reverse(out)
	}
	return out, nil
}

// act plans what a write does to the entries of a step.
// These are the plans of the single writes, so that a write in bulk has the same rules.
func (a *attempt) act(ctx context.Context, b content.Bulk, what content.Release) error {
	switch b.Action {
	case content.BulkPublish:
		return a.release(ctx, what)
	case content.BulkUnpublish:
		return a.withdraw(ctx, what)
	case content.BulkDelete:
		return a.remove(ctx, what)
	case content.BulkSchedule:
		return a.scheduleAll(ctx, b, what)
	}
	return content.Fault(content.BadUserInput, "Unknown action.")
}

// scheduleAll plans a schedule for each entry, or to cancel the ones that there are.
// Only the revisions and the time are checked, as for a single schedule: an entry may become fit to publish by then.
// Cancelling is no error for an entry without a schedule, since the filter may select such entries.
func (a *attempt) scheduleAll(ctx context.Context, b content.Bulk, what content.Release) error {
	heads, err := a.Heads(ctx, what.IDs)
	if err != nil {
		return err
	}
	if b.At != nil && b.At.Before(a.at) {
		a.refuse(content.ErrInvalid, "The time has passed.", "at")
	}
	if b.At != nil && b.Scheduled == content.ScheduleUnpublish {
		a.refuseLasting(what.IDs)
	}
	for i, id := range what.IDs {
		switch h := heads[id]; {
		case h == nil:
			a.refuse(content.ErrNotFound, "There is no entry with that id.", at(i)...)
		case h.Revision != what.IfRevisions[i]:
			a.refuse(content.ErrConflict, fmt.Sprintf("The entry now has revision %d.", h.Revision), at(i)...)
		case b.At == nil:
			a.Unschedule(id, b.Scheduled)
		default:
			a.Schedule(content.Schedule{
				Type: id.Type, Key: id.Key, Action: b.Scheduled,
				At: b.At.UTC().Truncate(time.Millisecond), State: content.ScheduleWaiting, By: a.by,
			})
		}
	}
	return nil
}

// byEntry moves the errors about the ith of some ids to the problems of that entry, since the request does not
// name ids.
// Paths lose their first two parts, which are the list and the index. Problems are in the order of the ids.
func (a *attempt) byEntry(ids []content.ID) {
	found := map[int]*content.EntryProblem{}
	var others []content.UserError
	for _, wrong := range a.out.Errors {
		i, ok := indexOf(wrong.Field, len(ids))
		if !ok {
			others = append(others, wrong)
			continue
		}
		if found[i] == nil {
			found[i] = &content.EntryProblem{EntryID: ids[i]}
		}
		wrong.Field = wrong.Field[2:]
		found[i].UserErrors = append(found[i].UserErrors, wrong)
	}
	a.out.Errors = others
	for i := range ids {
		if p := found[i]; p != nil {
			a.out.Problems = append(a.out.Problems, *p)
		}
	}
}

// indexOf returns the index in a path such as ids.3.name. It reports false for a path to something else.
func indexOf(path []string, n int) (int, bool) {
	if len(path) < 2 || path[0] != "ids" && path[0] != "ifRevisions" {
		return 0, false
	}
	i, err := strconv.Atoi(path[1])
	return i, err == nil && i < n
}
