package authoring

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"patternhub/internal/content"
)

// Undo undoes the publish, unpublish or delete whose last change has a number; see content.Editor.
// A number that is not known and one whose turns have ended are refused alike: the store has neither.
func (e *Editor) Undo(ctx context.Context, r content.Request, seq int64) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		turns, err := a.Turns(ctx, seq)
		if err != nil {
			return err
		}
		if len(turns) == 0 {
			a.refuse(content.ErrNotFound, "This write cannot be undone: it is no publish, unpublish or delete, or it is too long ago.", "token")
			return nil
		}
		ids := make([]content.ID, len(turns))
		for i, t := range turns {
			ids[i] = t.ID
		}
		// The author does not know the order of turns, so errors go to their entries.
		defer a.byEntry(ids)
		return e.undo(ctx, a, turns)
	})
}

// keepTurns records what the plan does to entries, so that it can be undone. after returns what there
// is of an entry when the plan is written.
// It reads what is published now, since nothing else says it: a working copy has the status of its
// published copy, but not its revision, and the log is pruned.
func (a *attempt) keepTurns(ctx context.Context, ids []content.ID, after func(content.ID) content.Standing) error {
	if len(a.out.Errors) > 0 {
		return nil
	}
	before, err := a.Published(ctx, ids)
	for _, id := range ids {
		was := before[id]
		was.Exists = true
		a.turns = append(a.turns, content.Turn{ID: id, Before: was, After: after(id)})
	}
	return err
}

// reversal is the plan of an undo. Its lists have the indexes of turns, so that errors are reported there.
type reversal struct {
	turns  []content.Turn
	drafts map[content.ID]content.Copy
	revive []int
	// withdraw and publish are what leaves the published graph and what enters it.
	withdraw, publish []int
	// entries are those of publish. One that is not the working copy is in earlier.
	entries []content.Entry
	earlier map[content.ID]bool
}

// undo plans to bring back what there was of entries before a write. Deleted entries come back as a new
// revision, and published copies in the revision that they had. An entry that was published, withdrawn or
// deleted since is left as it is and listed in the outcome; so is one that the write brought back. What is published again has to satisfy the
// rules of today.
// The order matters: readEarlier needs the working copies that revive brings back, and everything is checked before
// reverse plans the first write in the published graph.
func (e *Editor) undo(ctx context.Context, a *attempt, turns []content.Turn) error {
	u, err := a.reversalOf(ctx, turns)
	if err != nil {
		return err
	}
	if len(u.revive)+len(u.withdraw)+len(u.publish) == 0 {
		a.refuse(content.ErrConflict, "There is nothing to undo: the entries are as they were, or have changed since.", "token")
		return nil
	}
	if err := e.revive(ctx, a, u); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	if err := e.readEarlier(ctx, a, u); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	if err := a.checkReversal(ctx, u); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	return a.reverse(ctx, u)
}

// reversalOf sorts the turns by what undoes them.
// Revisions of working copies are not compared: an edit since the write does not prevent the undo, and is not undone.
func (a *attempt) reversalOf(ctx context.Context, turns []content.Turn) (*reversal, error) {
	ids := make([]content.ID, len(turns))
	for i, t := range turns {
		ids[i] = t.ID
	}
	drafts, err := a.drafts(ctx, ids)
	if err != nil {
		return nil, err
	}
	published, err := a.Published(ctx, ids)
	if err != nil {
		return nil, err
	}
	u := &reversal{turns: turns, drafts: drafts, earlier: map[content.ID]bool{}}
	for i, t := range turns {
		now := published[t.ID]
		_, now.Exists = drafts[t.ID]
		// To undo the return of an entry would be to delete it, which has an operation of its own.
		if !now.Same(t.After) || !t.Before.Exists {
			a.out.Kept = append(a.out.Kept, t.ID)
			continue
		}
		if !now.Exists {
			u.revive = append(u.revive, i)
		}
		switch {
		// An entry that was published again in the same revision needs nothing.
		case t.Before.Published > 0 && t.Before.Published != now.Published:
			u.publish = append(u.publish, i)
		case t.Before.Published == 0 && now.Published > 0:
			u.withdraw = append(u.withdraw, i)
		}
	}
	return u, nil
}

// revive plans to write the last revisions of deleted entries again, as new ones. Their creation time,
// the numbers of their revisions and the former slugs that are still free continue.
// It plans nothing if one of them is refused.
func (e *Editor) revive(ctx context.Context, a *attempt, u *reversal) error {
	if len(u.revive) == 0 {
		return nil
	}
	a.revived = map[content.ID]content.Meta{}
	var ids []content.ID
	var entries []content.Entry
	for _, i := range u.revive {
		id := u.turns[i].ID
		found, err := a.Revisions(ctx, id, 0, 1)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			a.refuse(content.ErrNotFound, "The entry has no revisions.", at(i)...)
			continue
		}
		last := found[0].Entry
		a.revived[id] = *last.Head() // with the former slugs, until freeSlugs drops some
		ids, entries = append(ids, id), append(entries, last)
	}
	if err := a.freeSlugs(ctx, u, entries); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	if err := a.refuseLost(ctx, u, entries); err != nil || len(a.out.Errors) > 0 {
		return err
	}
	if err := a.loadLastRevisions(ctx, ids, nil); err != nil {
		return err
	}
	for _, entry := range entries {
		entry.Head().Revision = 0 // as put wants it of a new entry; it continues the numbers
		content.RenderTexts(entry, e.render)
		if err := a.mirrorAmong(ctx, entry); err != nil {
			return err
		}
		if err := a.put(entry, nil); err != nil {
			return err
		}
		u.drafts[entry.ID()] = content.Copy{Entry: entry}
	}
	return nil
}

// freeSlugs refuses entries whose slug another one has by now, and drops the former slugs of which the
// same is true.
// The present slug must be free, since links name the entry by it. A former slug only redirects, so losing one does not
// prevent the undo.
func (a *attempt) freeSlugs(ctx context.Context, u *reversal, entries []content.Entry) error {
	for n, entry := range entries {
		h := a.revived[entry.ID()]
		taken, err := a.slugTaken(ctx, entry.ID(), h.Slug)
		if err != nil {
			return err
		}
		if taken {
			a.refuse(content.ErrTaken, fmt.Sprintf("Another entry has or had the slug %q.", h.Slug), append(at(u.revive[n]), "slug")...)
		}
		former := h.FormerSlugs
		h.FormerSlugs = nil
		for _, slug := range former {
			if taken, err = a.slugTaken(ctx, entry.ID(), slug); err != nil {
				return err
			}
			if !taken {
				h.FormerSlugs = append(h.FormerSlugs, slug)
			}
		}
		a.revived[entry.ID()] = h
	}
	return nil
}

// refuseLost refuses to bring back entries that refer to entries that do not exist and do not come back.
// Working copies are enough here. Whether the targets are published is checked for what is published again.
func (a *attempt) refuseLost(ctx context.Context, u *reversal, entries []content.Entry) error {
	among := map[content.ID]bool{}
	var targets []content.ID
	for _, e := range entries {
		among[e.ID()] = true
		for _, r := range content.References(e) {
			targets = append(targets, r.Target)
		}
	}
	exists, err := a.Exist(ctx, content.Drafts, targets)
	if err != nil {
		return err
	}
	for n, e := range entries {
		for _, r := range content.References(e) {
			if !exists[r.Target] && !among[r.Target] {
				a.refuse(content.ErrNotFound, fmt.Sprintf("The %s %q no longer exists.", r.Target.Type.Name(), r.Target.Key), append(at(u.revive[n]), steps(r.Place)...)...)
			}
		}
	}
	return nil
}

// mirrorAmong writes the other side of the symmetric relations of an entry that comes back, to entries
// that do not come back with it. There are some only if others have changed since: a delete is refused
// while an entry that stays has the relation. Entries that come back together have it in both last revisions.
func (a *attempt) mirrorAmong(ctx context.Context, entry content.Entry) error {
	p, ok := entry.(*content.Pattern)
	if !ok {
		return nil
	}
	others := *p
	others.Relations = slices.DeleteFunc(slices.Clone(p.Relations), func(r content.RelationRow) bool {
		_, back := a.revived[content.ID{Type: content.TypePattern, Key: r.PatternKey}]
		return back
	})
	return a.mirror(ctx, nil, &others)
}

// readEarlier finds what to publish: the working copy if it has, or continues, the revision that was
// published, and otherwise that revision, with the relations that the published copy had.
// The texts of that revision are rendered again, since the renderer may be newer than the revision.
func (e *Editor) readEarlier(ctx context.Context, a *attempt, u *reversal) error {
	for _, i := range u.publish {
		t := u.turns[i]
		draft := u.drafts[t.ID].Entry
		was := draft.Head().Revision
		if h, ok := a.revived[t.ID]; ok { // it has the content of its last revision under a new number
			was = h.Revision
		}
		if was == t.Before.Published {
			u.entries = append(u.entries, draft)
			continue
		}
		entry, err := a.revision(ctx, t.ID, t.Before.Published)
		if err != nil {
			return err
		}
		if entry == nil {
			a.refuse(content.ErrNotFound, fmt.Sprintf("There is no revision %d.", t.Before.Published), at(i)...)
			continue
		}
		// A published copy may have had fewer relations than its revision, or more.
		entry = content.AsPublished(entry, content.Change{At: a.at, Relations: &t.Before.Relations})
		content.RenderTexts(entry, e.render)
		if p, ok := entry.(*content.Pattern); ok {
			a.earlier = append(a.earlier, p)
		}
		u.entries, u.earlier[t.ID] = append(u.entries, entry), true
	}
	return nil
}

// checkReversal refuses what may not be published or withdrawn now.
// Errors are at the index of the turn, whichever of the lists the entry is in.
func (a *attempt) checkReversal(ctx context.Context, u *reversal) error {
	going := map[content.ID]bool{}
	touched := map[content.ID]int{}
	for _, i := range u.withdraw {
		id := u.turns[i].ID
		going[id], touched[id] = true, i
		if why := content.Lasting(id.Type); why != "" {
			a.refuse(content.ErrNotAllowed, why, at(i)...)
		}
	}
	list := make([]cascaded, len(u.publish))
	for n, i := range u.publish {
		e := u.entries[n]
		list[n] = cascaded{id: e.ID(), root: i}
		touched[e.ID()] = i
		for _, p := range content.Validate(e, true) {
			a.refuse(p.Code, e.Head().ResourcePath()+": "+p.Message, list[n].at(p.Field)...)
		}
	}
	if err := a.checkReferences(ctx, list, u.entries, going); err != nil || len(going) == 0 {
		return err
	}
	// Entries that change with this write do not count as referrers: what they refer to afterwards was
	// checked above.
	ids := slices.Collect(maps.Keys(touched))
	for _, t := range content.Types() {
		rows, err := a.Referring(ctx, content.Published, t, ids, func(r content.Reference) bool { return going[r.Target] && !r.Mutual })
		if err != nil {
			return err
		}
		for _, row := range rows {
			if len(a.out.Referrers) < content.MaxReferrers {
				a.out.Referrers = append(a.out.Referrers, row)
			}
			if i := touched[row.Target]; !a.refused(at(i)) {
				a.refuse(content.ErrStillReferenced, fmt.Sprintf("%s refers to it at %s.", row.Entry.Head().ResourcePath(), row.Place), at(i)...)
			}
		}
	}
	return nil
}

// reverse plans the writes of an undo, all but those of revive, and records them, so that an undo can be
// undone too.
// moved has what the plan does to patterns, since the reads of a transaction do not see its plan. With it publishedWith
// and reflect find which relations a published copy has afterwards.
func (a *attempt) reverse(ctx context.Context, u *reversal) error {
	moved := map[string]bool{}
	var patterns []*content.Pattern
	for n, i := range u.publish {
		if p, ok := u.entries[n].(*content.Pattern); ok {
			patterns, moved[u.turns[i].ID.Key] = append(patterns, p), true
		}
	}
	for _, i := range u.withdraw {
		if id := u.turns[i].ID; id.Type == content.TypePattern {
			moved[id.Key] = false
		}
	}
	published, err := a.publishedWith(ctx, moved, patterns)
	if err != nil {
		return err
	}
	ids := make([]content.ID, len(u.publish))
	for n, i := range u.publish {
		ids[n] = u.turns[i].ID
	}
	before, err := a.replaced(ctx, ids, u.drafts)
	if err != nil {
		return err
	}
	for n, id := range ids {
		if u.earlier[id] {
			err = a.publishEarlier(u.entries[n], u.drafts[id].Entry.Head(), before[id].Entry, published)
		} else {
			err = a.publish(u.drafts[id], before[id].Entry, published)
		}
		if err != nil {
			return err
		}
	}
	for _, i := range u.withdraw {
		a.unpublish(u.drafts[u.turns[i].ID].Entry.Head())
	}
	a.recordReversal(u)
	return a.reflect(ctx, moved)
}

// publishEarlier plans to publish an entry in an earlier revision than that of its working copy, which then
// has changes, in place of before, the published copy until now or nil. Each copy is marked and logged under
// its own revision, and the relations of the published one are always logged, since they may be neither those
// of the revision nor those of the working copy.
func (a *attempt) publishEarlier(e content.Entry, draft *content.Meta, before content.Entry, published func(key string) bool) error {
	var shown *[]content.RelationRow
	if p, ok := e.(*content.Pattern); ok {
		p.Relations = p.Shown(published)
		shown = &p.Relations
	}
	e.Head().Publication = content.PublicationOf(before, e)
	if err := a.Publish(content.Copy{Entry: e}, shown); err != nil {
		return err
	}
	draft.Status, draft.PublishedAt, draft.Publication = content.StatusChanged, new(a.at), e.Head().Publication
	a.Mark(draft)
	a.logPublished(e.Head(), shown)
	a.logChange(e.ID(), content.OpUpsert, content.Drafts, draft.Revision)
	return nil
}

// recordReversal records what the plan of an undo does, and lists its entries in the outcome.
// Before of its turns is what the undone write left. Entries that are kept have no turn.
func (a *attempt) recordReversal(u *reversal) {
	after := map[content.ID]content.Standing{}
	for _, i := range slices.Concat(u.revive, u.withdraw) {
		after[u.turns[i].ID] = content.Standing{Exists: true}
	}
	for n, i := range u.publish {
		after[u.turns[i].ID] = content.Standing{Exists: true, Published: u.entries[n].Head().Revision}
	}
	for _, t := range u.turns {
		if now, ok := after[t.ID]; ok {
			a.turns = append(a.turns, content.Turn{ID: t.ID, Before: t.After, After: now})
			a.out.Entries = append(a.out.Entries, u.drafts[t.ID].Entry)
		}
	}
}

// restated returns the relations of a working copy as they would be if the patterns that are published in
// an earlier revision had that one as their working copy. So both published copies have a symmetric
// relation, or neither has.
func (a *attempt) restated(key string, rows []content.RelationRow) []content.RelationRow {
	for _, p := range a.earlier {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r content.RelationRow) bool {
			return r.PatternKey == p.Key && r.Relation.Symmetric() && !states(p.Relations, key, r.Relation)
		})
		for _, r := range p.Relations {
			if r.PatternKey == key && r.Relation.Symmetric() && !states(rows, p.Key, r.Relation) {
				r.PatternKey = p.Key
				rows = append(rows, r)
			}
		}
	}
	return rows
}

// states reports whether relations have one to a pattern.
func states(rows []content.RelationRow, key string, relation content.PatternRelation) bool {
	return slices.ContainsFunc(rows, func(r content.RelationRow) bool { return r.PatternKey == key && r.Relation == relation })
}

// related lists the published patterns to which patterns in earlier revisions have a symmetric relation. If the
// relation was removed later, neither copy of the other side has it, so Relations does not find them.
func (a *attempt) related(ctx context.Context, moved map[string]bool) ([]string, error) {
	var ids []content.ID
	for _, p := range a.earlier {
		for _, r := range content.References(p) {
			if _, planned := moved[r.Target.Key]; r.Mutual && !planned {
				ids = append(ids, r.Target)
			}
		}
	}
	exists, err := a.Exist(ctx, content.Published, ids)
	var out []string
	for id, there := range exists {
		if there {
			out = append(out, id.Key)
		}
	}
	return out, err
}
