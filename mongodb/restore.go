package mongodb

import (
	"context"
	"fmt"

	"patternhub/content"
)

// agree checks the revision that an edit is based on, and whether a newer one leaves room for
// it.
// Without IfRevision the author wants to write over whatever is there. Otherwise, when the entry
// has moved on, three versions are compared: the base, which is the revision the author began with,
// theirs, which is the current one, and yours, the base with the edit applied. The base is read
// twice, since the edit changes one of the two. A base that is no longer kept is a plain conflict.
func (s *Store) agree(ctx context.Context, d *act, e content.Edit, current, given content.Entry) error {
	if e.IfRevision == nil || *e.IfRevision == current.Head().Revision {
		return nil
	}
	refuse := func() {
		d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.", current.Head().Revision), "ifRevision")
	}
	based, err := s.Revisions(ctx, e.ID, *e.IfRevision+1, 1)
	if err != nil {
		return err
	}
	if len(based) == 0 || based[0].Revision != *e.IfRevision {
		refuse()
		return nil
	}
	again, err := s.Revisions(ctx, e.ID, *e.IfRevision+1, 1)
	if err != nil {
		return err
	}
	base, yours := based[0].Entry, again[0].Entry
	content.Assign(yours, given, e.Fields)
	names, err := s.names(ctx, base, current, yours)
	if err != nil {
		return err
	}
	d.out.Conflicts = content.Conflicts(base, current, yours, names)
	if e.Merge != content.MergeFields || len(d.out.Conflicts) > 0 {
		refuse()
	}
	return nil
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
		found, err := s.Revisions(ctx, id, revision+1, 1)
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].Revision != revision {
			d.refuse(content.ErrNotFound, "There is no such revision.", "revision")
			return nil
		}
		before, err := s.one(ctx, id)
		if err != nil {
			return err
		}
		after := found[0].Entry
		after.Head().Revision = 0
		if before == nil {
			err = s.recall(ctx, d.batch, []content.ID{id}, nil)
		} else {
			after.Head().Revision = before.Head().Revision
		}
		if err != nil {
			return err
		}
		if before != nil && ifRevision != nil && *ifRevision != before.Head().Revision {
			d.refuse(content.ErrConflict, fmt.Sprintf("The entry has revision %d by now.", before.Head().Revision), "ifRevision")
		}
		if err := s.present(ctx, d, after); err != nil {
			return err
		}
		return s.settle(ctx, d, before, after, "revision")
	})
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
