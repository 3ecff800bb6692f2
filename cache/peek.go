package cache

import (
	"context"

	"patternhub/content"
)

// peeked counts an answer that nobody had to wait for. What is not in memory is asked for
// again, and counted then.
func peeked[V any](m *Memory, v V, ok bool) (V, bool) {
	if ok {
		m.hits.Add(1)
	}
	return v, ok
}

// Peek gives an entity that is in memory; see content.Peeker.
func (c *collection[T, F]) Peek(k string) (*T, bool) {
	e, ok := recall[*T](c.memory, c.key(kindEntity, k), c.current())
	return peeked(c.memory, e, ok)
}

// PeekSlug gives an entity that is in memory.
func (c *collection[T, F]) PeekSlug(s string) (*T, bool) {
	e, ok := c.slug(s, c.current())
	return peeked(c.memory, e, ok)
}

// PeekPage gives a whole entry that is in memory.
func (c *collection[T, F]) PeekPage(k string) (*T, bool) {
	e, ok := recall[*T](c.memory, c.key(kindPage, k), c.current())
	return peeked(c.memory, e, ok)
}

// PeekList gives a list that is in memory.
func (c *collection[T, F]) PeekList(q content.Query[F], s content.Scope) (*content.Slice[T], bool) {
	k := c.key(kindList, q.Canonical())
	k.scope = s
	found, ok := c.recallList(k, c.asked(q.Filter), c.current())
	return peeked(c.memory, found, ok)
}

// PeekCount gives the length of a list that is in memory.
func (c *collection[T, F]) PeekCount(filter *F, s content.Scope) (int, bool) {
	n, ok := recallAt[int](c.memory, c.countKey(filter), s, c.asked(filter))
	return peeked(c.memory, n, ok)
}

// PeekFacets gives the facets of a list that are in memory.
func (c *collection[T, F]) PeekFacets(q content.FacetQuery[F], s content.Scope) ([]content.Facet, bool) {
	f, ok := recallAt[[]content.Facet](c.memory, c.key(kindFacets, q.Canonical()), s, c.memory.revisions.Of(nil))
	return peeked(c.memory, f, ok)
}

// EntriesByKeys gives entities without their Go type. Unlike those of a store they are shared.
func (c *collection[T, F]) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.ByKeys(ctx, keys))
}

// EntriesBySlugs gives entities without their Go type, shared too.
func (c *collection[T, F]) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return content.Entries(c.BySlugs(ctx, slugs))
}

// PagesByKeys gives whole entries without their Go type, shared too.
func (c *collection[T, F]) PagesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.Pages(ctx, keys))
}
