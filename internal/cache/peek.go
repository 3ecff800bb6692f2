package cache

import (
	"context"

	"patternhub/internal/content"
)

// peeked counts a hit and no miss: after a failed peek the caller reads, and that read counts the
// miss.
func peeked[V any](m *Memory, v V, ok bool) (V, bool) {
	if ok {
		m.hits.Add(1)
	}
	return v, ok
}

// Peek returns an entity that is in memory; see content.Peeker.
func (c *collection[E]) Peek(k string) (E, bool) {
	e, ok := c.entry(kindEntity, k)
	return peeked(c.memory, e, ok)
}

// PeekSlug returns an entity that is in memory.
func (c *collection[E]) PeekSlug(s string) (E, bool) {
	e, ok := c.slug(kindEntity, s)
	return peeked(c.memory, e, ok)
}

// PeekPage returns a whole entry that is in memory.
func (c *collection[E]) PeekPage(k string) (E, bool) {
	e, ok := c.entry(kindPage, k)
	return peeked(c.memory, e, ok)
}

// PeekList returns a list of entities that is in memory: their pages may be in memory too, each for itself.
func (c *collection[E]) PeekList(q content.Query, s content.Scope) (*content.Slice[E], bool) {
	k := c.key(kindList, q.Canonical())
	k.scope = s
	found, ok := c.lookupList(k, kindEntity)
	return peeked(c.memory, found, ok)
}

// PeekCount returns the length of a list that is in memory.
func (c *collection[E]) PeekCount(filter any, s content.Scope) (int, bool) {
	n, ok := lookupAt[int](c.memory, c.countKey(filter), s, c.current)
	return peeked(c.memory, n, ok)
}

// PeekFacets returns the facets of a list that are in memory.
func (c *collection[E]) PeekFacets(q content.FacetQuery, s content.Scope) ([]content.Facet, bool) {
	f, ok := lookupAt[[]content.Facet](c.memory, c.key(kindFacets, q.Canonical()), s, c.all)
	return peeked(c.memory, f, ok)
}

// EntriesByKeys returns entities without their Go type. Unlike those of a store they are shared.
func (c *collection[E]) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.ByKeys(ctx, keys))
}

// EntriesBySlugs returns entities without their Go type, also shared.
func (c *collection[E]) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return content.Entries(c.BySlugs(ctx, slugs))
}

// PagesByKeys returns whole entries without their Go type, also shared.
func (c *collection[E]) PagesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.Pages(ctx, keys))
}
