package authoring

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/content"
)

// Save makes or changes a working copy; see content.Editor.
// It makes a new key before the transaction, so that every run writes the same entry. Each run
// clones the values, because resolve and Assign change them. before and after are two reads of one
// entry: Assign changes one, mirror needs both.
func (e *Editor) Save(ctx context.Context, r content.Request, edit content.Edit) (*content.Outcome, error) {
	id := edit.ID
	if id.Key == "" {
		var err error
		if id.Key, err = newKey(id.Type); err != nil {
			return nil, err
		}
	}
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		values := content.Clone(edit.Values)
		if err := a.resolve(ctx, values); err != nil {
			return err
		}
		before, after, fields := content.Entry(nil), content.NewEntry(id.Type), edit.Fields
		if after == nil {
			return content.Fault(content.BadUserInput, "Unknown entry type.")
		}
		if edit.ID.Key == "" {
			if refused, err := a.refuseSecond(ctx, id); err != nil || refused {
				return err
			}
		} else {
			var err error
			if before, err = a.draft(ctx, id); err != nil {
				return err
			}
			if before == nil {
				a.refuse(content.ErrNotFound, "There is no entry with that id.", "id")
				return nil
			}
			if after, err = a.draft(ctx, id); err != nil {
				return err
			}
			if fields, err = a.merge(ctx, edit, before, values); err != nil {
				return err
			}
		}
		after.Head().Key = id.Key
		content.Assign(after, values, fields)
		if err := e.change(ctx, a, before, after, "input"); err != nil {
			return err
		}
		return a.endAutosave(ctx, r, edit)
	})
}

// change checks a changed working copy, and writes it and the other side of its relations. Save and
// Restore end with it.
// before is nil for a new entry; at is the argument at which errors are reported. A field with an
// error gets no second one: after a slug that was not found, an error about a missing reference
// would only confuse. If there are errors, or if nothing has changed, nothing is planned, and the
// revision and status stay.
func (e *Editor) change(ctx context.Context, a *attempt, before, after content.Entry, at ...string) error {
	reviewed := e.review(after)
	for _, p := range content.Validate(after, false) {
		if !a.refused(append(at, p.Field...)) {
			a.refuse(p.Code, p.Message, append(slices.Clip(at), p.Field...)...)
		}
	}
	for _, p := range reviewed {
		a.refuse(p.Code, p.Message, append(slices.Clip(at), p.Field...)...)
	}
	taken, err := a.slugTaken(ctx, after.ID(), after.Head().Slug)
	if err != nil {
		return err
	}
	if taken {
		a.refuse(content.ErrTaken, "Another entry has or had this slug.", append(slices.Clip(at), "slug")...)
	}
	if len(a.out.Errors) > 0 {
		return nil
	}
	if before != nil && len(content.Changed(before, after)) == 0 {
		a.out.Entries = append(a.out.Entries, before)
		a.out.Seq, err = a.LastSeq(ctx) // the state to wait for, although it is not new
		return err
	}
	if err := a.mirror(ctx, before, after); err != nil {
		return err
	}
	var stored *content.Meta
	if before != nil {
		stored = before.Head()
	}
	content.RenderTexts(after, e.render)
	if err := a.put(after, stored); err != nil {
		return err
	}
	a.out.Entries = append(a.out.Entries, after)
	return nil
}

// resolve replaces the slugs by which an author names entries with their keys. A slug that is not found
// is refused with NOT_FOUND at its field.
func (a *attempt) resolve(ctx context.Context, values content.Entry) error {
	keys, err := a.keys(ctx, values)
	if err != nil {
		return err
	}
	content.MapReferences(values, func(r content.Reference) string {
		key, ok := keys[r.Target]
		if !ok {
			a.refuse(content.ErrNotFound, fmt.Sprintf("There is no %s with the slug %q.", r.Target.Type.Name(), r.Target.Key), append([]string{"input"}, steps(r.Place)...)...)
		}
		return key
	})
	return nil
}

// keys returns the keys of the entries that values name by their slugs.
// Former slugs count too. Working copies are enough: an author may refer to an entry that is not published
// yet.
func (a *attempt) keys(ctx context.Context, values content.Entry) (map[content.ID]string, error) {
	slugs := map[content.EntryType][]string{}
	for _, r := range content.References(values) {
		slugs[r.Target.Type] = append(slugs[r.Target.Type], r.Target.Key)
	}
	keys := map[content.ID]string{}
	for t, list := range slugs {
		found, err := a.BySlugs(ctx, t, list)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			for _, slug := range h.FormerSlugs {
				keys[content.ID{Type: t, Key: slug}] = h.Key
			}
		}
		for _, h := range found { // a slug refers to the entry that has it now
			keys[content.ID{Type: t, Key: h.Slug}] = h.Key
		}
	}
	return keys, nil
}

// slugTaken reports whether another entry has or had a slug, or the path that the slug makes: a
// page may be in a folder with the name of another type's path.
// A former slug is taken permanently, since old links refer to its entry. As for checkSlugs, no other
// write can take it before this one is committed.
func (a *attempt) slugTaken(ctx context.Context, id content.ID, slug string) (bool, error) {
	path := (&content.Meta{Type: id.Type, Slug: slug}).ResourcePath()
	others := map[content.EntryType]string{id.Type: slug, content.TypePage: content.CleanPath(path)}
	if t, other := content.ParseResourcePath(path); t != id.Type {
		others[t] = other
	}
	for t, slug := range others {
		found, err := a.BySlugs(ctx, t, []string{slug})
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(found, func(h *content.Meta) bool { return t != id.Type || h.Key != id.Key }) {
			return true, nil
		}
	}
	return false, nil
}

// Record stores an observation; see content.Editor.
func (e *Editor) Record(ctx context.Context, r content.Request, o *content.Observation) (*content.Outcome, error) {
	return e.author(ctx, r, func(_ context.Context, a *attempt) error {
		a.out.Observation = o.Recorded(a.by, a.at)
		return a.Observe(a.out.Observation)
	})
}
