package authoring

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/content"
)

// Put writes working copies; see content.Writer.
// It changes the entries in place: they get a key, rendered texts and the new head. It renders
// before the transaction, which blocks all other writers. After an error the heads are undefined.
func (e *Editor) Put(ctx context.Context, by string, entries ...content.Entry) ([]content.Entry, error) {
	if len(entries) > content.MaxBatch {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be written at once.", content.MaxBatch))
	}
	ids := make([]content.ID, len(entries))
	heads := make([]content.Meta, len(entries))
	for i, entry := range entries {
		h := entry.Head()
		if h.Key == "" {
			var err error
			if h.Key, err = newKey(h.Type); err != nil {
				return nil, err
			}
		}
		if only := h.Type.OnlyKey(); only != "" && h.Key != only {
			return nil, content.Fault(content.BadUserInput, content.Only(h.Type))
		}
		content.RenderTexts(entry, e.render)
		ids[i], heads[i] = h.ID(), *h
	}
	err := e.write(ctx, by, func(ctx context.Context, a *attempt) error {
		stored, err := a.Heads(ctx, ids)
		if err != nil {
			return err
		}
		if err := a.loadLastRevisions(ctx, ids, stored); err != nil {
			return err
		}
		for i, entry := range entries {
			*entry.Head() = heads[i] // each run starts from the caller's head
			if err := a.put(entry, stored[ids[i]]); err != nil {
				return err
			}
		}
		return a.checkSlugs(ctx, entries)
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// put plans the write of one working copy over the stored one, if any.
// It sets the head: times, former slugs, the next revision, and the status, which is Changed if
// there is a published copy. The revision is compared twice: here, for a clear error, and by the
// write itself, in case another writer comes in between.
func (a *attempt) put(e content.Entry, stored *content.Meta) error {
	h := e.Head()
	before, over := a.lastRevisions[e.ID()], 0
	h.Status, h.CreatedAt, h.PublishedAt, h.Publication, h.FormerSlugs = content.StatusDraft, a.at, nil, nil, nil
	if was, ok := a.revived[e.ID()]; ok {
		h.CreatedAt, h.FormerSlugs = was.CreatedAt, was.FormerSlugs
	}
	if stored != nil {
		before, over = stored.Revision, stored.Revision
		h.CreatedAt, h.FormerSlugs = stored.CreatedAt, stored.FormerSlugs
		h.PublishedAt, h.Publication = stored.PublishedAt, stored.Publication
		if stored.Status != content.StatusDraft {
			h.Status = content.StatusChanged
		}
		if stored.Slug != h.Slug {
			h.FormerSlugs = formerSlugs(stored.FormerSlugs, stored.Slug, h.Slug)
		}
	}
	if h.Revision != over {
		return content.Stale()
	}
	h.Revision, h.UpdatedAt = before+1, a.at
	if err := a.Put(content.Snapshot{Revision: h.Revision, At: a.at, By: a.by, Entry: e}, over); err != nil {
		return err
	}
	a.logChange(e.ID(), content.OpUpsert, content.Drafts, h.Revision)
	return nil
}

// loadLastRevisions reads the last revisions of the entries that are not stored now. A deleted
// entry that is written again continues its numbers, since its old revisions still exist and each
// number is used once.
func (a *attempt) loadLastRevisions(ctx context.Context, ids []content.ID, stored map[content.ID]*content.Meta) error {
	absent := slices.DeleteFunc(slices.Clone(ids), func(id content.ID) bool { return stored[id] != nil })
	var err error
	a.lastRevisions, err = a.LastRevisions(ctx, absent)
	return err
}

// formerSlugs returns the former slugs, oldest first, after the slug changes from old to now. now
// is removed from them, since the entry has it again.
func formerSlugs(former []string, old, now string) []string {
	out := []string{}
	for _, s := range former {
		if s != now && s != old {
			out = append(out, s)
		}
	}
	return append(out, old)
}

// checkSlugs returns a Conflict if an entry takes a slug that another one has or had: each slug
// identifies one entry, and old links contain former ones.
// The check is enough without a unique index, which a sharded collection cannot have: any two writes
// number their changes in the same document, so of two at the same time the second one runs again and
// finds what the first has written.
func (a *attempt) checkSlugs(ctx context.Context, entries []content.Entry) error {
	slugs := map[content.EntryType][]string{}
	takers := map[content.ID]string{}
	for _, e := range entries {
		h := e.Head()
		name := content.ID{Type: h.Type, Key: h.Slug}
		if other, ok := takers[name]; ok && other != h.Key {
			return taken()
		}
		slugs[h.Type] = append(slugs[h.Type], h.Slug)
		takers[name] = h.Key
	}
	for t, list := range slugs {
		found, err := a.BySlugs(ctx, t, list)
		if err != nil {
			return err
		}
		for _, h := range found {
			if taker, ok := takers[content.ID{Type: t, Key: h.Slug}]; ok && taker != h.Key {
				return taken()
			}
			for _, slug := range h.FormerSlugs {
				if taker, ok := takers[content.ID{Type: t, Key: slug}]; ok && taker != h.Key {
					return content.Fault(content.Conflict, "The slug belonged to another entry before; links to it must keep working.")
				}
			}
		}
	}
	return nil
}

// taken returns the error for a slug that another entry has.
func taken() error { return content.Fault(content.Conflict, "The slug or key is taken.") }
