package mongodb

import (
	"context"
	"fmt"

	"patternhub/content"
)

// agree checks the revision that an edit is based on, and whether a newer one leaves room for
// it. It gives the fields that the edit is to write: all that it names, but in a merge only those
// that it changes, since an editor that sends its whole form must not undo what others did to
// the rest of it.
// Without IfRevision the author wants to write over whatever is there. Otherwise, when the entry
// has moved on, three versions are compared: the base, which is the revision the author began with,
// theirs, which is the current one, and yours, the base with the edit applied. The base is read
// twice, since the edit changes one of the two. A base that is no longer kept is a plain conflict.
func (s *Store) agree(ctx context.Context, d *act, e content.Edit, current, given content.Entry) ([]string, error) {
	if e.IfRevision == nil || *e.IfRevision == current.Head().Revision {
		return e.Fields, nil
	}
	base, err := s.revision(ctx, e.ID, *e.IfRevision)
	if err != nil || base == nil {
		d.outdated(current, "")
		return nil, err
	}
	yours, err := s.revision(ctx, e.ID, *e.IfRevision)
	if err != nil {
		return nil, err
	}
	content.Assign(yours, given, e.Fields)
	names, err := s.names(ctx, base, current, yours)
	if err != nil {
		return nil, err
	}
	d.out.Conflicts = content.Conflicts(base, current, yours, names)
	switch {
	case len(d.out.Conflicts) > 0:
		d.outdated(current, "")
	case e.Merge != content.MergeFields:
		d.outdated(current, " It has other changes than yours, so mergeStrategy FIELDS would take yours in.")
	}
	return content.Changed(base, yours), nil
}

// outdated refuses a write that is based on another revision than the current one.
func (d *act) outdated(current content.Entry, hint string) {
	d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.%s", current.Head().Revision, hint), "ifRevision")
}

// revision reads one revision of an entry; nil when there is none of that number.
func (s *Store) revision(ctx context.Context, id content.ID, n int) (content.Entry, error) {
	found, err := s.Revisions(ctx, id, n+1, 1)
	if err != nil || len(found) == 0 || found[0].Revision != n {
		return nil, err
	}
	return found[0].Entry, nil
}

// names finds the slugs of what entries refer to, for people to read.
// References in the three versions are keys, which would say nothing to a person who has to decide
// between them. An entry that is gone has an empty name.
func (s *Store) names(ctx context.Context, entries ...content.Entry) (content.Names, error) {
	keys := map[content.EntryType][]string{}
	for _, e := range entries {
		for _, r := range content.References(e) {
			keys[r.Target.Type] = append(keys[r.Target.Type], r.Target.Key)
		}
	}
	slugs := map[content.ID]string{}
	for t, list := range keys {
		found, err := s.At(content.Drafts).Reader(t).EntriesByKeys(ctx, list)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what was tried
		}
		for _, e := range found {
			if e != nil {
				slugs[e.ID()] = e.Head().Slug
			}
		}
	}
	return func(id content.ID) string { return slugs[id] }, nil
}

// Restore makes an earlier revision the working copy; see content.Author.
// The old revision is written as a new one, so nothing of the history is lost, and it is checked
// again by the rules of today. For an entry that was deleted, the numbers go on after its last one.
func (s *Store) Restore(ctx context.Context, r content.Request, id content.ID, revision int, ifRevision *int) (*content.Outcome, error) {
	return s.author(ctx, r, func(ctx context.Context, d *act) error {
		after, err := s.revision(ctx, id, revision)
		if err != nil {
			return err
		}
		if after == nil {
			d.refuse(content.ErrNotFound, "There is no such revision.", "revision")
			return nil
		}
		before, err := s.one(ctx, id)
		if err != nil {
			return err
		}
		current := before
		if before == nil {
			current, err = s.comeBack(ctx, d, after)
		}
		if err != nil {
			return err
		}
		if ifRevision != nil && *ifRevision != current.Head().Revision {
			if err := s.overtaken(ctx, d, *ifRevision, current, after); err != nil {
				return err
			}
		}
		after.Head().Revision = 0
		if before != nil {
			after.Head().Revision = before.Head().Revision
		}
		if err := s.present(ctx, d, after); err != nil {
			return err
		}
		return s.settle(ctx, d, before, after, "revision")
	})
}

// overtaken refuses a restore that is based on an older revision, and shows the fields that
// somebody has changed since and that it would change too.
func (s *Store) overtaken(ctx context.Context, d *act, based int, current, yours content.Entry) error {
	d.outdated(current, "")
	base, err := s.revision(ctx, current.ID(), based)
	if err != nil || base == nil {
		return err
	}
	names, err := s.names(ctx, base, current, yours)
	if err != nil {
		return err
	}
	d.out.Conflicts = content.Conflicts(base, current, yours, names)
	return nil
}

// comeBack prepares the return of a deleted entry, whose age, numbers and former slugs go on,
// and gives it as it was last. A former slug that another entry has taken since stays that one's.
func (s *Store) comeBack(ctx context.Context, d *act, after content.Entry) (content.Entry, error) {
	id := after.ID()
	found, err := s.Revisions(ctx, id, 0, 1)
	if err != nil {
		return nil, err
	}
	last := found[0].Entry
	h := *last.Head()
	former := h.FormerSlugs
	if slug := after.Head().Slug; h.Slug != slug {
		former = formerSlugs(former, h.Slug, slug)
	}
	h.FormerSlugs = nil
	for _, slug := range former {
		taken, err := s.slugTaken(ctx, id, slug)
		if err != nil {
			return nil, err
		}
		if !taken {
			h.FormerSlugs = append(h.FormerSlugs, slug)
		}
	}
	d.back = map[content.ID]content.Meta{id: h}
	return last, s.recall(ctx, d.batch, []content.ID{id}, nil)
}

// present refuses references of an old revision to entries that are gone.
// An entry that refers to itself is there as soon as it is restored.
func (s *Store) present(ctx context.Context, d *act, e content.Entry) error {
	refs := content.References(e)
	targets := make([]content.ID, len(refs))
	for i, r := range refs {
		targets[i] = r.Target
	}
	there, err := s.exist(ctx, content.Drafts, targets)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if !there[r.Target] && r.Target != e.ID() {
			d.refuse(content.ErrNotFound, fmt.Sprintf("The %s %q is gone.", r.Target.Type.Name(), r.Target.Key), append([]string{"revision"}, steps(r.Place)...)...)
		}
	}
	return nil
}
