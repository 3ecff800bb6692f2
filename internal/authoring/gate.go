package authoring

import (
	"context"

	"patternhub/internal/content"
)

// Gate reports what publishing a release now would do; see content.ReleaseEditor.
// It runs the plan of the publish without writing, so it cannot disagree with it.
// It returns nil for a release that does not exist or is published. An error that each publish would meet again,
// such as that of a release that is too large, is in the outcome.
func (e *Editor) Gate(ctx context.Context, key string) (*content.ReleaseGate, error) {
	var gate *content.ReleaseGate
	out, err := e.author(ctx, content.Request{ValidateOnly: true}, func(ctx context.Context, a *attempt) error {
		// The transaction may run again, and find another state then.
		gate = nil
		named, err := a.NamedRelease(ctx, key)
		if err != nil {
			return err
		}
		if named == nil || named.State == content.ReleasePublished {
			return errUnwritten
		}
		gate = &content.ReleaseGate{}
		if gate.Clashes, err = a.clashes(ctx, named); err == nil {
			err = e.carryOut(ctx, a, named)
		}
		if faults := lasting(err); len(faults) > 0 {
			a.out.Errors, err = append(a.out.Errors, faults...), nil
		}
		return err
	})
	if gate == nil || err != nil {
		return nil, err
	}
	gate.Outcome = out
	return gate, nil
}

// claims is what a release does and depends on.
type claims struct {
	actions map[content.ID]content.ScheduleAction
	// needs lists, by target, the entries that it publishes and that need the target.
	needs map[content.ID][]content.ID
	// serves lists, by referrer, the entries that it unpublishes and the referrer needs.
	serves map[content.ID][]content.ID
}

// claimsOf reads what a release does and depends on. References are those of the working copies, since these are
// what releases publish. It costs one command for each type of what is published, and one for each type of the hub
// if something is unpublished, whatever the number of entries.
// A target counts whether it is published or not: another release may take it away.
func (a *attempt) claimsOf(ctx context.Context, named *content.NamedRelease) (*claims, error) {
	c := &claims{actions: map[content.ID]content.ScheduleAction{}, needs: map[content.ID][]content.ID{}, serves: map[content.ID][]content.ID{}}
	for _, e := range named.Entries {
		c.actions[e.EntryID()] = e.Action
	}
	copies, err := a.drafts(ctx, named.IDs(content.SchedulePublish))
	if err != nil {
		return nil, err
	}
	for _, id := range named.IDs(content.SchedulePublish) {
		e := copies[id].Entry
		if e == nil {
			continue // deleted; the gate says so
		}
		for _, r := range content.Needed(e) {
			c.needs[r.Target] = append(c.needs[r.Target], id)
		}
	}
	// Symmetric relations hold nobody up: they end with either side.
	going := named.IDs(content.ScheduleUnpublish)
	if len(going) == 0 {
		return c, nil
	}
	for _, t := range content.Types() {
		rows, err := a.Referring(ctx, content.Drafts, t, going, func(r content.Reference) bool { return !r.Mutual })
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			c.serves[row.Entry.ID()] = append(c.serves[row.Entry.ID()], row.Target)
		}
	}
	return c, nil
}

// clashes lists how a release contradicts others that are not published, at most MaxReferrers. An entry that the
// release itself contains is reported once, by its actions: what it needs is for the gate.
// Clashes are warnings. They do not prevent a publish, since the other release may never be published.
func (a *attempt) clashes(ctx context.Context, named *content.NamedRelease) ([]content.ReleaseClash, error) {
	c, err := a.claimsOf(ctx, named)
	if err != nil {
		return nil, err
	}
	var ids []content.ID
	for id := range c.actions {
		ids = append(ids, id)
	}
	for id := range c.needs {
		ids = append(ids, id)
	}
	for id := range c.serves {
		ids = append(ids, id)
	}
	// Of other releases only those are read that have one of these entries, whatever their number.
	others, err := a.PendingReleases(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []content.ReleaseClash
	for _, other := range others {
		if other.Key == named.Key {
			continue
		}
		for _, e := range other.Entries {
			out = append(out, c.with(other, e)...)
		}
	}
	return out[:min(len(out), content.MaxReferrers)], nil
}

// with lists how an entry of another release contradicts the claims.
// That both do the same with an entry is no contradiction: what is published is the same working copy.
func (c *claims) with(other *content.NamedRelease, e content.ReleaseEntry) []content.ReleaseClash {
	id := e.EntryID()
	if action, own := c.actions[id]; own {
		if action == e.Action {
			return nil
		}
		return []content.ReleaseClash{{Kind: content.ClashActions, Release: other, Entry: id, Target: id}}
	}
	var out []content.ReleaseClash
	if e.Action == content.SchedulePublish {
		for _, target := range c.serves[id] {
			out = append(out, content.ReleaseClash{Kind: content.ClashNeeds, Release: other, Entry: id, Target: target})
		}
		return out
	}
	for _, entry := range c.needs[id] {
		out = append(out, content.ReleaseClash{Kind: content.ClashNeeded, Release: other, Entry: entry, Target: id})
	}
	return out
}
