package authoring

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"patternhub/internal/content"
)

// Release publishes working copies; see content.Editor.
func (e *Editor) Release(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error { return a.release(ctx, what) })
}

// release plans an atomic publish. The entries may refer only to entries that are published or part
// of the release, and each must satisfy the editorial rules.
// It reports all errors of all entries, up to a bound for references. The transaction discards what
// was planned before an error was found.
func (a *attempt) release(ctx context.Context, what content.Release) error {
	copies, err := a.namedCopies(ctx, what)
	if err != nil || len(a.out.Errors) > 0 {
		return err
	}
	list := make([]cascaded, len(what.IDs))
	for i, id := range what.IDs {
		list[i] = cascaded{id: id, root: i}
	}
	if what.Cascade {
		if list, err = a.cascade(ctx, list, copies); err != nil {
			return err
		}
		if len(list) > content.MaxRelease {
			return content.Fault(content.LimitExceeded, fmt.Sprintf("The entries refer to so many unpublished ones that more than %d would be published at once.", content.MaxRelease))
		}
	}
	ids := make([]content.ID, len(list))
	for i, c := range list {
		ids[i] = c.id
	}
	entries, err := a.publishAll(ctx, ids, copies)
	if err != nil {
		return err
	}
	for i, e := range entries {
		for _, p := range content.Validate(e, true) {
			a.refuse(p.Code, e.Head().ResourcePath()+": "+p.Message, list[i].at(p.Field)...)
		}
	}
	a.out.Entries = entries
	if err := a.checkReferences(ctx, list, entries, nil); err != nil {
		return err
	}
	return a.keepTurns(ctx, ids, func(id content.ID) content.Standing {
		return content.Standing{Exists: true, Published: copies[id].Entry.Head().Revision}
	})
}

// checkReferences refuses entries that refer to something that is neither published nor in the
// release. Symmetric relations are exempt: they are also written on the other side, whose authors
// would otherwise have to wait for a draft that is not theirs. going has published entries that leave in the
// same write.
func (a *attempt) checkReferences(ctx context.Context, list []cascaded, entries []content.Entry, going map[content.ID]bool) error {
	among := map[content.ID]bool{}
	for _, c := range list {
		among[c.id] = true
	}
	var targets []content.ID
	for _, e := range entries {
		for _, ref := range content.Needed(e) {
			if !among[ref.Target] {
				targets = append(targets, ref.Target)
			}
		}
	}
	exists, err := a.Exist(ctx, content.Published, targets)
	if err != nil {
		return err
	}
	for id := range going {
		delete(exists, id)
	}
	if !slices.ContainsFunc(targets, func(id content.ID) bool { return !exists[id] }) {
		return nil
	}
	names, err := a.names(ctx, entries...)
	if err != nil {
		return err
	}
	for i, e := range entries {
		for _, ref := range content.Needed(e) {
			if !exists[ref.Target] && !among[ref.Target] && len(a.out.Errors) < content.MaxReferrers {
				a.refuse(content.ErrUnpublishedReference, fmt.Sprintf("%s refers to the %s %q, which is not published.", e.Head().ResourcePath(), ref.Target.Type.Name(), names(ref.Target)), list[i].at(steps(ref.Place))...)
			}
		}
	}
	return nil
}

// cascaded is an entry of a release, with the index of its id or, if a cascade added it, of the id that
// required it.
type cascaded struct {
	id    content.ID
	root  int
	added bool
}

// at returns the path of a field of an entry of a release. An entry that a cascade added is no
// argument, so its errors are reported at the id that required it.
func (c cascaded) at(field []string) []string {
	if c.added {
		return at(c.root)
	}
	return append(at(c.root), field...)
}

// namedCopies returns the working copies of the entries that an author names, and checks ids and
// revisions.
// It reports all errors in the list, each at its index in ids or ifRevisions. It may return
// copies even if there are errors, so callers must check for errors first.
func (a *attempt) namedCopies(ctx context.Context, what content.Release) (map[content.ID]content.Copy, error) {
	if len(what.IDs) > content.MaxRelease {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be given in one call.", content.MaxRelease))
	}
	if len(what.IDs) == 0 {
		a.refuse(content.ErrRequired, "Name at least one entry.", "ids")
	}
	if n := len(what.IfRevisions); n > 0 && n != len(what.IDs) {
		a.refuse(content.ErrInvalid, "Give a revision for each id, in the same order.", "ifRevisions")
		return nil, nil
	}
	copies, err := a.drafts(ctx, what.IDs)
	if err != nil {
		return nil, err
	}
	named := map[content.ID]bool{}
	for i, id := range what.IDs {
		if named[id] {
			a.refuse(content.ErrInvalid, "The entry is named twice.", at(i)...)
		}
		named[id] = true
		c, ok := copies[id]
		if !ok {
			a.refuse(content.ErrNotFound, "There is no entry with that id.", at(i)...)
			continue
		}
		if len(what.IfRevisions) == 0 {
			continue
		}
		if has := c.Entry.Head().Revision; has != what.IfRevisions[i] {
			a.refuse(content.ErrConflict, fmt.Sprintf("The entry now has revision %d.", has), "ifRevisions", strconv.Itoa(i))
		}
	}
	return copies, nil
}

// cascade adds the unpublished entries that a release refers to, directly or through others, and
// adds their working copies to copies.
// It works in rounds. Each collects the references of the entries of the last round, drops those
// that are published or in the list, and reads the rest. A round costs at most two commands for
// each type, and there are as many rounds as the longest chain of unpublished references has
// entries. It stops once the list exceeds the limit of a release, which the caller refuses.
// References to missing entries are skipped here and refused by checkReferences.
func (a *attempt) cascade(ctx context.Context, out []cascaded, copies map[content.ID]content.Copy) ([]cascaded, error) {
	for from := 0; from < len(out) && len(out) <= content.MaxRelease; {
		var wanted []content.ID
		roots := map[content.ID]int{}
		for _, c := range out[from:] {
			for _, ref := range content.Needed(copies[c.id].Entry) {
				_, wantedAlready := roots[ref.Target]
				if _, listed := copies[ref.Target]; !wantedAlready && !listed {
					roots[ref.Target] = c.root
					wanted = append(wanted, ref.Target)
				}
			}
		}
		from = len(out)
		exists, err := a.Exist(ctx, content.Published, wanted)
		if err != nil {
			return nil, err
		}
		missing := slices.DeleteFunc(wanted, func(id content.ID) bool { return exists[id] })
		more, err := a.drafts(ctx, missing)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			if c, ok := more[id]; ok {
				copies[id] = c
				out = append(out, cascaded{id: id, root: roots[id], added: true})
			}
		}
	}
	return out, nil
}

// Withdraw removes entries from the published graph; see content.Editor.
func (e *Editor) Withdraw(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error { return a.withdraw(ctx, what) })
}

// withdraw plans to remove entries from the published graph. Naming one that is not published is
// INVALID, as is naming one twice, so that an author notices a mistake in the list.
func (a *attempt) withdraw(ctx context.Context, what content.Release) error {
	copies, err := a.namedCopies(ctx, what)
	if err != nil || len(a.out.Errors) > 0 {
		return err
	}
	a.refuseLasting(what.IDs)
	exists, err := a.Exist(ctx, content.Published, what.IDs)
	if err != nil {
		return err
	}
	for i, id := range what.IDs {
		if !exists[id] {
			a.refuse(content.ErrInvalid, "The entry is not published.", at(i)...)
		}
	}
	if err := a.refuseReferenced(ctx, what.IDs, content.Published); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	if a.out.Entries, err = a.unpublishAll(ctx, what.IDs, copies); err != nil {
		return err
	}
	return a.keepTurns(ctx, what.IDs, func(content.ID) content.Standing { return content.Standing{Exists: true} })
}

// Remove deletes entries; see content.Editor.
func (e *Editor) Remove(ctx context.Context, r content.Request, what content.Release) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error { return a.remove(ctx, what) })
}

// remove plans to delete entries and their schedules.
func (a *attempt) remove(ctx context.Context, what content.Release) error {
	if _, err := a.namedCopies(ctx, what); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	a.refuseLasting(what.IDs)
	if err := a.refuseReferenced(ctx, what.IDs, content.Drafts, content.Published); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	if err := a.deleteAll(ctx, what.IDs); err != nil {
		return err
	}
	for _, id := range what.IDs {
		a.Unschedule(id, content.SchedulePublish, content.ScheduleUnpublish)
	}
	a.out.Deleted = what.IDs
	return a.keepTurns(ctx, what.IDs, func(content.ID) content.Standing { return content.Standing{} })
}

// refuseReferenced refuses to remove entries that others in the graphs refer to, and lists the
// referrers.
// References between the removed entries do not count, as they go too. Nor do symmetric relations
// in the published graph, which end with either side. Each target is refused once, with the first
// referrer found, while the list of referrers has every reference up to its limit. An entry that
// refers from both graphs is listed once.
func (a *attempt) refuseReferenced(ctx context.Context, ids []content.ID, graphs ...content.Perspective) error {
	index := map[content.ID]int{}
	for i, id := range ids {
		index[id] = i
	}
	listed := map[content.ID]bool{}
	for _, p := range graphs {
		for _, t := range content.Types() {
			rows, err := a.Referring(ctx, p, t, ids, func(r content.Reference) bool { return p == content.Drafts || !r.Mutual })
			if err != nil {
				return err
			}
			for _, row := range rows {
				if len(a.out.Referrers) < content.MaxReferrers && !listed[row.Entry.ID()] {
					a.out.Referrers = append(a.out.Referrers, row)
				}
				if i := index[row.Target]; !a.refused(at(i)) {
					a.refuse(content.ErrStillReferenced, fmt.Sprintf("%s refers to it at %s.", row.Entry.Head().ResourcePath(), row.Place), at(i)...)
				}
			}
			for _, row := range rows {
				listed[row.Entry.ID()] = true // so that the other graph does not list it again
			}
		}
	}
	return nil
}
