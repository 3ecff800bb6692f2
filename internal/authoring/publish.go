package authoring

import (
	"context"
	"fmt"
	"slices"

	"patternhub/internal/content"
)

// maxReleaseBytes bounds the size of one atomic publish, since a transaction is limited in size.
// With the copies that it replaces, it must fit into the part of the server's cache that may be dirty,
// which is 50 MB for the smallest cache.
const maxReleaseBytes = 8 << 20

// Publish copies working copies to the published graph; see content.Writer.
// It does not check whether the entries they refer to are published; Release does. It returns the
// entries in the order of the ids. If one does not exist, it publishes nothing and returns
// NotFound.
func (e *Editor) Publish(ctx context.Context, by string, ids ...content.ID) ([]content.Entry, error) {
	if len(ids) > content.MaxRelease {
		return nil, content.Fault(content.LimitExceeded, fmt.Sprintf("At most %d entries can be published at once.", content.MaxRelease))
	}
	return e.forAll(ctx, by, ids, (*attempt).publishAll)
}

// Unpublish removes entries from the published graph; see content.Writer.
// An entry that is not published makes the write fail with Conflict.
func (e *Editor) Unpublish(ctx context.Context, by string, ids ...content.ID) ([]content.Entry, error) {
	if err := checkLasting(ids); err != nil {
		return nil, err
	}
	return e.forAll(ctx, by, ids, (*attempt).unpublishAll)
}

// Delete removes entries from both graphs; see content.Writer.
// Their former slugs become free. The sources of their texts remain, and their revisions, from
// which Restore can bring them back.
func (e *Editor) Delete(ctx context.Context, by string, ids ...content.ID) error {
	if err := checkLasting(ids); err != nil {
		return err
	}
	return e.write(ctx, by, func(ctx context.Context, a *attempt) error { return a.deleteAll(ctx, ids) })
}

// forAll runs a plan with the working copies of ids in one transaction. copies lacks entries that
// do not exist; the plan returns the entries in the order of the ids.
func (e *Editor) forAll(ctx context.Context, by string, ids []content.ID,
	plan func(*attempt, context.Context, []content.ID, map[content.ID]content.Copy) ([]content.Entry, error),
) ([]content.Entry, error) {
	var out []content.Entry
	err := e.write(ctx, by, func(ctx context.Context, a *attempt) error {
		copies, err := a.drafts(ctx, ids)
		if err != nil {
			return err
		}
		out, err = plan(a, ctx, ids, copies)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// drafts returns working copies. It bounds their total size while it reads, so that a release that
// is too large is refused before all of it is in memory.
func (a *attempt) drafts(ctx context.Context, ids []content.ID) (map[content.ID]content.Copy, error) {
	size := 0
	return a.Copies(ctx, content.Drafts, ids, func(bytes int) error {
		if size += bytes; size > maxReleaseBytes {
			return content.Fault(content.LimitExceeded, "A release may hold at most 8 MB. Publish it in parts.")
		}
		return nil
	})
}

// missing returns the error for a program that names an entry that does not exist.
func missing() error { return content.Fault(content.NotFound, "There is no entry with that id.") }

// publishAll plans to publish working copies, and to add their symmetric relations to the published
// patterns on the other side.
func (a *attempt) publishAll(ctx context.Context, ids []content.ID, copies map[content.ID]content.Copy) ([]content.Entry, error) {
	out := make([]content.Entry, len(ids))
	var patterns []*content.Pattern
	moved := map[string]bool{}
	for i, id := range ids {
		c, ok := copies[id]
		if !ok {
			return nil, missing()
		}
		out[i] = c.Entry
		if p, ok := c.Entry.(*content.Pattern); ok {
			patterns, moved[p.Key] = append(patterns, p), true
		}
	}
	published, err := a.publishedWith(ctx, moved, patterns)
	if err != nil {
		return nil, err
	}
	for chunk := range slices.Chunk(ids, content.MaxBatch) { // whole entries, so some at a time
		before, err := a.replaced(ctx, chunk, copies)
		if err != nil {
			return nil, err
		}
		for _, id := range chunk {
			if err := a.publish(copies[id], before[id].Entry, published); err != nil {
				return nil, err
			}
		}
	}
	return out, a.reflect(ctx, moved)
}

// replaced reads the published copies that those of ids replace. The status of a working copy says
// whether there is one, so new entries cost no read.
func (a *attempt) replaced(ctx context.Context, ids []content.ID, copies map[content.ID]content.Copy) (map[content.ID]content.Copy, error) {
	var there []content.ID
	for _, id := range ids {
		if copies[id].Entry.Head().Status != content.StatusDraft {
			there = append(there, id)
		}
	}
	return a.Copies(ctx, content.Published, there, nil)
}

// publish plans to publish one working copy in place of before, the published copy until now or nil,
// and sets its head. The content goes to the published
// graph, and the new status to the working copy, under the revision that was read, so that an edit
// in between makes the write fail. Two changes are logged, one for each graph. There is no new
// revision, since the content is the same except for relations that are not shown.
func (a *attempt) publish(c content.Copy, before content.Entry, published func(key string) bool) error {
	h := c.Entry.Head()
	h.Status, h.PublishedAt = content.StatusPublished, new(a.at)
	var shown *[]content.RelationRow
	if p, ok := c.Entry.(*content.Pattern); ok {
		if rows := p.Shown(published); len(rows) < len(p.Relations) {
			shown = &rows
		}
	}
	h.Publication = content.PublicationOf(before, content.AsPublished(c.Entry, content.Change{Relations: shown}))
	if err := a.Publish(c, shown); err != nil {
		return err
	}
	a.Mark(h)
	a.logPublished(h, shown)
	a.logChange(h.ID(), content.OpUpsert, content.Drafts, h.Revision)
	return nil
}

// unpublishAll plans to remove entries from the published graph, and the symmetric relations of
// other patterns with them. A working copy becomes a plain draft, even if it had unpublished
// changes.
func (a *attempt) unpublishAll(ctx context.Context, ids []content.ID, copies map[content.ID]content.Copy) ([]content.Entry, error) {
	out := make([]content.Entry, len(ids))
	for i, id := range ids {
		c, ok := copies[id]
		if !ok {
			return nil, missing()
		}
		out[i] = c.Entry
		a.unpublish(c.Entry.Head())
	}
	return out, a.reflect(ctx, leaving(ids))
}

// unpublish plans to remove one entry from the published graph, and sets its head.
func (a *attempt) unpublish(h *content.Meta) {
	h.Status, h.PublishedAt, h.Publication = content.StatusDraft, nil, nil
	a.Delete(content.Published, h.ID())
	a.Mark(h)
	a.logChange(h.ID(), content.OpDelete, content.Published, h.Revision)
	a.logChange(h.ID(), content.OpUpsert, content.Drafts, h.Revision)
}

// deleteAll plans to remove entries from both graphs, and ends their autosaves. The status of an entry says
// whether it is in the published graph.
func (a *attempt) deleteAll(ctx context.Context, ids []content.ID) error {
	heads, err := a.Heads(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		h := heads[id]
		if h == nil {
			return missing()
		}
		if h.Status != content.StatusDraft {
			a.Delete(content.Published, id)
			a.logChange(id, content.OpDelete, content.Published, h.Revision)
		}
		a.Delete(content.Drafts, id)
		a.logChange(id, content.OpDelete, content.Drafts, h.Revision)
	}
	if err := a.EndAutosavesOf(ctx, ids); err != nil {
		return err
	}
	return a.reflect(ctx, leaving(ids))
}
