package authoring

import (
	"context"

	"patternhub/internal/content"
)

// merge checks the revision that an edit is based on, and whether a newer one can take the edit in.
// It returns the fields to write: all that the edit names, or in a merge only those that it
// changes. An editor that sends its whole form must not undo what others did to the rest of the
// entry.
// Without IfRevision the edit overwrites whatever is stored. With an older one, three versions are
// compared: the base, which is the revision the author began with, theirs, which is the current
// one, and yours, which is the base with the edit applied. The base is read twice, since applying
// the edit changes it. If the base is gone, the conflict has no details.
func (a *attempt) merge(ctx context.Context, e content.Edit, current, values content.Entry) ([]string, error) {
	if e.IfRevision == nil || *e.IfRevision == current.Head().Revision {
		return e.Fields, nil
	}
	base, err := a.revision(ctx, e.ID, *e.IfRevision)
	if err != nil || base == nil {
		a.refuseStale(current, "")
		return nil, err
	}
	yours, err := a.revision(ctx, e.ID, *e.IfRevision)
	if err != nil {
		return nil, err
	}
	content.Assign(yours, values, e.Fields)
	if err := a.compare(ctx, base, current, yours); err != nil {
		return nil, err
	}
	switch {
	case len(a.out.Conflicts) > 0:
		a.refuseStale(current, "")
	case e.Merge != content.MergeFields:
		a.refuseStale(current, " Its changes are in other fields than yours, so mergeStrategy FIELDS would merge both.")
	}
	return content.Changed(base, yours), nil
}

// compare adds to the outcome the fields that two people have changed differently since base.
func (a *attempt) compare(ctx context.Context, base, theirs, yours content.Entry) error {
	names, err := a.names(ctx, base, theirs, yours)
	if err != nil {
		return err
	}
	a.out.Conflicts = content.Conflicts(base, theirs, yours, names)
	return nil
}

// names returns the slugs of the entries that some entries refer to, for error messages: references
// are keys, which mean nothing to an author. A missing entry has an empty name.
func (a *attempt) names(ctx context.Context, entries ...content.Entry) (content.Names, error) {
	var ids []content.ID
	for _, e := range entries {
		for _, r := range content.References(e) {
			ids = append(ids, r.Target)
		}
	}
	heads, err := a.Heads(ctx, ids)
	return func(id content.ID) string {
		if h := heads[id]; h != nil {
			return h.Slug
		}
		return ""
	}, err
}
