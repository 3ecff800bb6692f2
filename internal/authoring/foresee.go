package authoring

import (
	"context"
	"maps"
	"slices"
	"time"

	"patternhub/internal/content"
)

// foresight is a Transaction that reads as the one below it does, and records what is planned instead of
// planning it.
type foresight struct {
	content.Transaction
	// order lists the copies that were planned, in their order; planned has the copy to write, or nil
	// for one to remove.
	order   []copyID
	planned map[copyID]content.Entry
}

// copyID names the copy of an entry in one graph.
type copyID struct {
	graph content.Perspective
	id    content.ID
}

// plan records the last state of a copy; nil means that it goes. A copy that is planned again keeps its
// place.
func (f *foresight) plan(p content.Perspective, id content.ID, e content.Entry) {
	at := copyID{p, id}
	if _, ok := f.planned[at]; !ok {
		f.order = append(f.order, at)
	}
	f.planned[at] = e
}

// Put records the working copy.
func (f *foresight) Put(s content.Snapshot, _ int) error {
	f.plan(content.Drafts, s.Entry.Head().ID(), s.Entry)
	return nil
}

// Publish records the published copy as it will be, without the relations that it will not show.
func (f *foresight) Publish(c content.Copy, relations *[]content.RelationRow) error {
	e := content.Clone(c.Entry)
	if p, ok := e.(*content.Pattern); ok && relations != nil {
		p.Relations = *relations
	}
	f.plan(content.Published, e.Head().ID(), e)
	return nil
}

// Relate records the published copy with its new relations.
func (f *foresight) Relate(p *content.Pattern) { f.plan(content.Published, p.ID(), p) }

// Delete records that a copy goes.
func (f *foresight) Delete(p content.Perspective, id content.ID) { f.plan(p, id, nil) }

// The following say nothing about the content of an entry.

// Mark does nothing.
func (f *foresight) Mark(*content.Meta) {}

// Log does nothing.
func (f *foresight) Log(content.Change) {}

// EndAutosave does nothing.
func (f *foresight) EndAutosave(context.Context, string) (bool, error) { return false, nil }

// EndAutosavesOf does nothing.
func (f *foresight) EndAutosavesOf(context.Context, []content.ID) error { return nil }

// DropRelease does nothing.
func (f *foresight) DropRelease(context.Context, string) error { return nil }

// Unschedule does nothing.
func (f *foresight) Unschedule(content.ID, ...content.ScheduleAction) {}

// KeepRemaining does nothing.
func (f *foresight) KeepRemaining(context.Context, string, time.Time, []content.RevisionID) error {
	return nil
}

// Schedule does nothing.
func (f *foresight) Schedule(content.Schedule) {}

// effects describes what was planned. It reads the copies that would be replaced, and what the published
// ones are related to, with at most two commands for each type and one more for all types.
func (f *foresight) effects(ctx context.Context, names func(context.Context, ...content.Entry) (content.Names, error)) (*content.WriteEffects, error) {
	out := &content.WriteEffects{Count: len(f.order)}
	before := map[copyID]content.Entry{}
	for _, p := range []content.Perspective{content.Drafts, content.Published} {
		var ids []content.ID
		for _, at := range f.order {
			if at.graph == p {
				ids = append(ids, at.id)
			}
		}
		copies, err := f.Copies(ctx, p, ids, nil)
		if err != nil {
			return nil, err
		}
		for id, c := range copies {
			before[copyID{p, id}] = c.Entry
		}
	}
	stored, err := names(ctx, append(slices.Collect(maps.Values(before)), f.written()...)...)
	if err != nil {
		return nil, err
	}
	slugs := func(id content.ID) string {
		if e := f.planned[copyID{content.Drafts, id}]; e != nil {
			return e.Head().Slug
		}
		return stored(id)
	}
	for _, at := range f.order[:min(len(f.order), content.MaxReferrers)] {
		was, is := before[at], f.planned[at]
		effect := content.EntryEffect{Graph: at.graph, Type: at.id.Type, Removed: is == nil}
		shown := is
		if is == nil {
			shown = was
		} else {
			effect.Changes = content.Diff(was, is, slugs)
		}
		if shown != nil {
			effect.Name, effect.ResourcePath = shown.Head().Name, shown.Head().ResourcePath()
		}
		if was != nil || is == nil || is.Head().Revision > 1 || at.graph == content.Published {
			effect.Target = &at.id
		}
		out.Entries = append(out.Entries, effect)
	}
	out.Pages, err = f.pages(ctx, before)
	return out, err
}

// written lists the copies that would be written.
func (f *foresight) written() []content.Entry {
	return slices.DeleteFunc(slices.Collect(maps.Values(f.planned)), func(e content.Entry) bool { return e == nil })
}

// pages lists the paths of the other published entries that show one of the published copies: those that
// refer to it, and those that it refers to, before or after the write. They are sorted, and bounded.
func (f *foresight) pages(ctx context.Context, before map[copyID]content.Entry) ([]string, error) {
	var ids, targets []content.ID
	for _, at := range f.order {
		if at.graph != content.Published {
			continue
		}
		ids = append(ids, at.id)
		for _, e := range []content.Entry{before[at], f.planned[at]} {
			if e != nil {
				for _, r := range content.References(e) {
					targets = append(targets, r.Target)
				}
			}
		}
	}
	paths := map[string]bool{}
	if len(ids) == 0 {
		return nil, nil
	}
	for _, t := range content.Types() {
		rows, err := f.Referring(ctx, content.Published, t, ids, func(content.Reference) bool { return true })
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			paths[row.Entry.Head().ResourcePath()] = true
		}
	}
	published, err := f.Exist(ctx, content.Published, targets)
	if err != nil {
		return nil, err
	}
	heads, err := f.Heads(ctx, targets)
	if err != nil {
		return nil, err
	}
	for id, h := range heads {
		if published[id] && !slices.Contains(ids, id) {
			paths[h.ResourcePath()] = true
		}
	}
	out := slices.Sorted(maps.Keys(paths))
	return out[:min(len(out), content.MaxReferrers)], nil
}
