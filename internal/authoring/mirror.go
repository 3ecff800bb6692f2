package authoring

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"patternhub/internal/content"
)

// mirror writes the other side of the symmetric relations that a pattern gained or lost.
// Each pattern on the other side gets its own revision and row of the log in the same transaction,
// so that its history shows who wrote the relation. Entries of other types have no symmetric
// relations. A pattern that refers to itself is skipped, since it is being written already.
func (a *attempt) mirror(ctx context.Context, before, after content.Entry) error {
	now, ok := after.(*content.Pattern)
	if !ok {
		return nil
	}
	was, _ := before.(*content.Pattern)
	for _, key := range content.Mirrored(was, now) {
		e, err := a.draft(ctx, content.ID{Type: content.TypePattern, Key: key})
		if err != nil {
			return err
		}
		other, ok := e.(*content.Pattern)
		if !ok || other.Key == now.Key || !content.Mirror(was, now, other) {
			continue
		}
		stored := other.Meta
		if err := a.put(other, &stored); err != nil {
			return err
		}
	}
	return nil
}

// leaving returns the argument of reflect for entries that leave the published graph.
func leaving(ids []content.ID) map[string]bool {
	moved := map[string]bool{}
	for _, id := range ids {
		if id.Type == content.TypePattern {
			moved[id.Key] = false
		}
	}
	return moved
}

// reflect plans the changes to other published patterns when the patterns of moved are published
// (true) or leave the published graph (false): a published copy has a symmetric relation only
// while both sides are published. moved has all patterns of the write.
func (a *attempt) reflect(ctx context.Context, moved map[string]bool) error {
	if len(moved) == 0 {
		return nil
	}
	keys, err := a.reflecting(ctx, moved)
	if err != nil {
		return err
	}
	if len(keys) > content.MaxReflected && len(moved) > 1 {
		return content.Fault(content.LimitExceeded, fmt.Sprintf("More than %d other patterns are related to these. Name fewer at once.", content.MaxReflected))
	}
	for chunk := range slices.Chunk(keys, content.MaxBatch) { // whole entries, so some at a time
		if err := a.reflectIn(ctx, chunk, moved); err != nil {
			return err
		}
	}
	return nil
}

// reflecting returns the keys of the published patterns whose copies gain or lose relations.
func (a *attempt) reflecting(ctx context.Context, moved map[string]bool) ([]string, error) {
	keys := slices.Collect(maps.Keys(moved))
	copied, err := a.Relations(ctx, content.Published, keys)
	if err != nil {
		return nil, err
	}
	drafted, err := a.Relations(ctx, content.Drafts, keys)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, rows := range []map[string][]content.RelationRow{copied, drafted} {
		for key := range rows {
			if _, changed := content.Reflect(copied[key], a.restated(key, drafted[key]), moved); changed {
				out[key] = true
			}
		}
	}
	more, err := a.related(ctx, moved)
	if err != nil {
		return nil, err
	}
	for _, key := range more {
		out[key] = true
	}
	return slices.Sorted(maps.Keys(out)), nil
}

// reflectIn plans the writes of reflect for some patterns.
// If a working copy then differs from its published copy only by the other sides of its relations,
// it is published as well, so that it does not stay CHANGED with nothing to publish.
func (a *attempt) reflectIn(ctx context.Context, keys []string, moved map[string]bool) error {
	ids := make([]content.ID, len(keys))
	for i, key := range keys {
		ids[i] = content.ID{Type: content.TypePattern, Key: key}
	}
	drafts, err := a.Copies(ctx, content.Drafts, ids, nil)
	if err != nil {
		return err
	}
	copies, err := a.Copies(ctx, content.Published, ids, nil)
	if err != nil {
		return err
	}
	var patterns []*content.Pattern
	for _, c := range drafts {
		patterns = append(patterns, c.Entry.(*content.Pattern))
	}
	published, err := a.publishedWith(ctx, moved, patterns)
	if err != nil {
		return err
	}
	for _, id := range ids {
		draft, _ := drafts[id].Entry.(*content.Pattern)
		copied, _ := copies[id].Entry.(*content.Pattern)
		if draft == nil || copied == nil {
			return fmt.Errorf("relate pattern %s: it is in one graph only", id.Key)
		}
		now, stated := *copied, *draft
		stated.Relations = a.restated(id.Key, draft.Relations)
		var changed bool
		if now.Relations, changed = content.Reflect(copied.Relations, stated.Relations, moved); !changed {
			continue
		}
		switch {
		case draft.Revision == copied.Revision:
			now.Relations, draft.Status = stated.Shown(published), content.StatusPublished
			if len(a.earlier) > 0 && !content.UpToDate(&now, draft, published) {
				draft.Status = content.StatusChanged
			}
			a.publishRelations(copied, draft, now.Relations)
		case content.UpToDate(&now, draft, published):
			if err := a.publish(drafts[id], copied, published); err != nil {
				return err
			}
		default:
			a.publishRelations(copied, draft, now.Relations)
		}
	}
	return nil
}

// publishRelations plans to change the relations of a published copy and nothing else of it. Like a
// publish it also writes the working copy, so that an edit in between makes the write fail.
func (a *attempt) publishRelations(copied, draft *content.Pattern, rows []content.RelationRow) {
	var shown *[]content.RelationRow
	if draft.Revision != copied.Revision || len(rows) < len(draft.Relations) || len(a.earlier) > 0 {
		shown = &rows
	}
	before := *copied
	copied.Relations, copied.PublishedAt, draft.PublishedAt = rows, new(a.at), new(a.at)
	copied.Publication = content.PublicationOf(&before, copied)
	draft.Publication = copied.Publication
	a.Relate(copied)
	a.Mark(&draft.Meta)
	a.logPublished(&copied.Meta, shown)
	a.logChange(copied.ID(), content.OpUpsert, content.Drafts, draft.Revision)
}

// publishedWith returns a function that reports whether a pattern is published once the plan is
// written. It covers the patterns of moved and those in symmetric relations with patterns.
func (a *attempt) publishedWith(ctx context.Context, moved map[string]bool, patterns []*content.Pattern) (func(key string) bool, error) {
	var others []content.ID
	for _, p := range patterns {
		for _, r := range content.References(p) {
			if _, planned := moved[r.Target.Key]; r.Mutual && !planned {
				others = append(others, r.Target)
			}
		}
	}
	exists, err := a.Exist(ctx, content.Published, others)
	return func(key string) bool {
		if now, ok := moved[key]; ok {
			return now
		}
		return exists[content.ID{Type: content.TypePattern, Key: key}]
	}, err
}
