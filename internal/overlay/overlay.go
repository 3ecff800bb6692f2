// Package overlay lays the drafts of a few entries over the published graph, for those who may preview
// them. It is the only place that decides what a preview shows: drafts are read by the keys of its
// entries, and everything else comes from the published graph, so no other draft can be in an answer.
//
// A preview of a release also leaves out what the release unpublishes.
//
// Wherever an entry of the preview is shown, its draft is: at its address, by a reference, and in the
// place that its published copy has in a list. Which entries are in a list, counts, facets and the results
// of searches are those of the published graph. So an entry that was never published is found by its slug,
// its id and references to it, and is in no list.
package overlay

import (
	"context"
	"maps"
	"slices"

	"patternhub/internal/content"
)

// New returns the published graph with the drafts of some entries over it, and without those that are gone.
func New(published, drafts *content.Graph, entries []content.Previewed) *content.Graph {
	of := layer{}
	for _, e := range entries {
		if of[e.Type] == nil {
			of[e.Type] = map[string]bool{}
		}
		of[e.Type][e.Key] = !e.Gone
	}
	out := *published
	out.Collections, out.Tables = of.collections(published, drafts), &tables{published.Tables, drafts, of}
	return &out
}

// layer holds the keys of the entries of a preview, by type: whether the draft is shown, or nothing.
type layer map[content.EntryType]map[string]bool

// tables are those of the published graph, with the files that the drafts of a preview link to.
type tables struct {
	content.Tables

	drafts *content.Graph
	of     layer
}

// File finds a file in the published graph and, only if it is not there, in the drafts.
func (t *tables) File(ctx context.Context, hash string) (*content.File, error) {
	found, err := t.Tables.File(ctx, hash)
	if err != nil || found != nil {
		return found, err //nolint:wrapcheck // the store has wrapped it
	}
	for kind, keys := range t.of {
		shown := slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(key string) bool { return !keys[key] })
		entries, err := t.drafts.Reader(kind).PagesByKeys(ctx, shown)
		if err != nil {
			return nil, err //nolint:wrapcheck // the store has wrapped it
		}
		for _, e := range entries {
			if f := content.FileOf(e, hash); f != nil {
				return f, nil
			}
		}
	}
	return nil, nil //nolint:nilnil // no file is no error
}

// over returns a collection with the drafts of a layer. A type without any keeps its collection, with
// what that has in memory.
func over[E content.Entry](of layer, published, drafts content.Collection[E]) content.Collection[E] {
	keys := of[published.Type()]
	if len(keys) == 0 {
		return published
	}
	return &collection[E]{Collection: published, drafts: drafts, keys: keys}
}

// collection is a published collection in which the drafts of some entries stand for those entries. It
// does not have the methods of content.Peeker, since a draft is in no memory.
type collection[E content.Entry] struct {
	content.Collection[E]

	drafts content.Collection[E]
	keys   map[string]bool
}

// reads is a method that reads entries by their keys or slugs.
type reads[E content.Entry] = func(ctx context.Context, names []string) ([]E, error)

// ByKeys returns entities by key.
func (c *collection[E]) ByKeys(ctx context.Context, keys []string) ([]E, error) {
	return c.byKeys(ctx, keys, c.Collection.ByKeys, c.drafts.ByKeys)
}

// Pages returns whole entries by key.
func (c *collection[E]) Pages(ctx context.Context, keys []string) ([]E, error) {
	return c.byKeys(ctx, keys, c.Collection.Pages, c.drafts.Pages)
}

// byKeys reads each key from the graph that shows it.
func (c *collection[E]) byKeys(ctx context.Context, keys []string, published, drafts reads[E]) ([]E, error) {
	out := make([]E, len(keys))
	for _, from := range []struct {
		draft bool
		read  reads[E]
	}{{true, drafts}, {false, published}} {
		var at []int
		var asked []string
		for i, key := range keys {
			if draft, own := c.keys[key]; draft == own && own == from.draft { // what is gone is read from neither
				at, asked = append(at, i), append(asked, key)
			}
		}
		if len(asked) == 0 {
			continue
		}
		found, err := from.read(ctx, asked)
		if err != nil {
			return nil, err
		}
		for n, i := range at {
			out[i] = found[n]
		}
	}
	return out, nil
}

// BySlugs returns entities by slug.
func (c *collection[E]) BySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return c.bySlugs(ctx, slugs, c.Collection.BySlugs, c.drafts.BySlugs)
}

// PagesBySlugs returns whole entries by slug.
func (c *collection[E]) PagesBySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return c.bySlugs(ctx, slugs, c.Collection.PagesBySlugs, c.drafts.PagesBySlugs)
}

// bySlugs looks slugs up in both graphs, since a draft may have another slug than its published copy. Of
// the drafts that it finds it drops those that are not in the preview.
func (c *collection[E]) bySlugs(ctx context.Context, slugs []string, published, drafts reads[E]) ([]E, error) {
	own, err := drafts(ctx, slugs)
	if err != nil {
		return nil, err
	}
	found, err := published(ctx, slugs)
	if err != nil {
		return nil, err
	}
	out := make([]E, len(slugs))
	for i := range slugs {
		switch {
		case c.has(own[i]):
			out[i] = own[i]
		case !c.replaces(found[i]):
			out[i] = found[i]
		}
	}
	return out, nil
}

// has reports whether the preview shows the draft of an entry.
func (c *collection[E]) has(e E) bool { return !content.Missing(e) && c.keys[e.Head().Key] }

// replaces reports whether the preview does not show what is published of an entry.
func (c *collection[E]) replaces(e E) bool {
	if content.Missing(e) {
		return false
	}
	_, own := c.keys[e.Head().Key]
	return own
}

// Find returns one list per scope.
func (c *collection[E]) Find(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[E], error) {
	found, err := c.Collection.Find(ctx, q, scopes...)
	return c.replaced(ctx, found, err, c.drafts.ByKeys)
}

// FindPages returns one list of whole entries per scope.
func (c *collection[E]) FindPages(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[E], error) {
	found, err := c.Collection.FindPages(ctx, q, scopes...)
	return c.replaced(ctx, found, err, c.drafts.Pages)
}

// gone reports whether the preview shows nothing of an entry.
func (c *collection[E]) gone(e E) bool { return c.replaces(e) && !c.has(e) }

// replaced puts drafts into the places of their published copies, so that an answer never shows two states
// of one entry, and leaves out what is gone. A page of a list may therefore be shorter than was asked for.
func (c *collection[E]) replaced(ctx context.Context, lists []content.Slice[E], err error, drafts reads[E]) ([]content.Slice[E], error) {
	if err != nil {
		return nil, err
	}
	var keys []string
	for i, l := range lists {
		if slices.ContainsFunc(l.Items, c.gone) {
			lists[i].Items = slices.DeleteFunc(slices.Clone(l.Items), c.gone) // a cache may have the list
		}
		for _, e := range l.Items {
			if c.has(e) && !slices.Contains(keys, e.Head().Key) {
				keys = append(keys, e.Head().Key)
			}
		}
	}
	if len(keys) == 0 {
		return lists, nil
	}
	own, err := drafts(ctx, keys)
	if err != nil {
		return nil, err
	}
	for i := range lists {
		lists[i].Items = slices.Clone(lists[i].Items) // as above
		for n, e := range lists[i].Items {
			if at := slices.Index(keys, e.Head().Key); at >= 0 && !content.Missing(own[at]) {
				lists[i].Items[n] = own[at]
			}
		}
	}
	return lists, nil
}

// EntriesByKeys is ByKeys without the Go type.
func (c *collection[E]) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.ByKeys(ctx, keys))
}

// EntriesBySlugs is BySlugs without the Go type.
func (c *collection[E]) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return content.Entries(c.BySlugs(ctx, slugs))
}

// PagesByKeys is Pages without the Go type.
func (c *collection[E]) PagesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.Pages(ctx, keys))
}
