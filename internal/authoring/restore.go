package authoring

import (
	"context"
	"fmt"

	"patternhub/internal/content"
)

// Restore makes an earlier revision the working copy; see content.Editor.
// It writes the old revision as a new one, so no history is lost, and checks it by today's rules.
// The revisions of a deleted entry continue after its last number.
func (e *Editor) Restore(ctx context.Context, r content.Request, id content.ID, revision int, ifRevision *int) (*content.Outcome, error) {
	return e.author(ctx, r, func(ctx context.Context, a *attempt) error {
		after, err := a.revision(ctx, id, revision)
		if err != nil {
			return err
		}
		if after == nil {
			a.refuse(content.ErrNotFound, "There is no such revision.", "revision")
			return nil
		}
		before, err := a.draft(ctx, id)
		if err != nil {
			return err
		}
		current := before
		if before == nil {
			current, err = a.revive(ctx, after)
		}
		if err != nil {
			return err
		}
		if ifRevision != nil && *ifRevision != current.Head().Revision {
			if err := a.refuseStaleRestore(ctx, *ifRevision, current, after); err != nil {
				return err
			}
		}
		after.Head().Revision = 0
		if before != nil {
			after.Head().Revision = before.Head().Revision
		}
		if err := a.refuseMissing(ctx, after); err != nil {
			return err
		}
		return e.change(ctx, a, before, after, "revision")
	})
}

// refuseStaleRestore refuses a restore that is based on an older revision. It lists the fields that
// have changed since and that the restore would change too.
func (a *attempt) refuseStaleRestore(ctx context.Context, based int, current, yours content.Entry) error {
	a.refuseStale(current, "")
	base, err := a.revision(ctx, current.ID(), based)
	if err != nil || base == nil {
		return err
	}
	return a.compare(ctx, base, current, yours)
}

// revive prepares the restore of a deleted entry and returns its last revision. Its creation time,
// revision numbers and former slugs continue, except for former slugs that another entry has taken
// since.
func (a *attempt) revive(ctx context.Context, after content.Entry) (content.Entry, error) {
	id := after.ID()
	found, err := a.Revisions(ctx, id, 0, 1)
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
		taken, err := a.slugTaken(ctx, id, slug)
		if err != nil {
			return nil, err
		}
		if !taken {
			h.FormerSlugs = append(h.FormerSlugs, slug)
		}
	}
	a.revived = map[content.ID]content.Meta{id: h}
	return last, a.loadLastRevisions(ctx, []content.ID{id}, nil)
}

// refuseMissing refuses an old revision that refers to entries that no longer exist. A reference to
// the entry itself is allowed.
func (a *attempt) refuseMissing(ctx context.Context, e content.Entry) error {
	refs := content.References(e)
	targets := make([]content.ID, len(refs))
	for i, r := range refs {
		targets[i] = r.Target
	}
	exists, err := a.Exist(ctx, content.Drafts, targets)
	if err != nil {
		return err
	}
	for _, r := range refs {
		if !exists[r.Target] && r.Target != e.ID() {
			a.refuse(content.ErrNotFound, fmt.Sprintf("The %s %q no longer exists.", r.Target.Type.Name(), r.Target.Key), append([]string{"revision"}, steps(r.Place)...)...)
		}
	}
	return nil
}
