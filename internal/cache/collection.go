package cache

import (
	"context"

	"patternhub/internal/content"
)

// collection caches the reads of another collection at one generation. Lists and slugs are stored
// as the keys of their entries, so that each entry is in memory once.
// It has the contract of the collection that it wraps, and also that of content.Peeker. Many
// requests share the entries that it returns, so no caller may change them.
type collection[E content.Entry] struct {
	inner  content.Collection[E]
	memory *Memory
	// current is the revision of this type, all that of everything published.
	current, all uint64
}

func newCollection[E content.Entry](m *Memory, of *Generation, inner content.Collection[E]) *collection[E] {
	return &collection[E]{inner: inner, memory: m, current: of.Of([]string{typeName(inner.Type())}), all: of.Of(nil)}
}

// Type is the type of the entries.
func (c *collection[E]) Type() content.EntryType { return c.inner.Type() }

// key returns the key of an item of this collection; lists, counts and facets add their scope.
func (c *collection[E]) key(k kind, name string) key {
	return key{kind: k, entryType: c.inner.Type(), name: name}
}

// entry returns an entry that is in memory. A whole entry serves as an entity too, so one that was read
// whole is in memory once.
func (c *collection[E]) entry(of kind, name string) (E, bool) {
	e, ok := lookup[E](c.memory, c.key(of, name), c.current)
	if !ok && of == kindEntity {
		e, ok = lookup[E](c.memory, c.key(kindPage, name), c.current)
	}
	return e, ok
}

// keep stores an entry, or returns the stored one if that has the same revision.
// Otherwise every list would store its own copy, and each would count towards the weight.
func (c *collection[E]) keep(of kind, name string, e E) E {
	if stored, ok := c.entry(of, name); ok && !content.Missing(stored) && !content.Missing(e) && stored.Head().Revision == e.Head().Revision {
		return stored
	}
	c.memory.store(c.key(of, name), c.current, e)
	return e
}

// ByKeys returns entities by key.
func (c *collection[E]) ByKeys(ctx context.Context, keys []string) ([]E, error) {
	return c.byKeys(kindEntity, keys, func(missing []string) ([]E, error) { return c.inner.ByKeys(ctx, missing) })
}

// Pages returns whole entries by key.
func (c *collection[E]) Pages(ctx context.Context, keys []string) ([]E, error) {
	return c.byKeys(kindPage, keys, func(missing []string) ([]E, error) { return c.inner.Pages(ctx, missing) })
}

func (c *collection[E]) byKeys(of kind, keys []string, read func(missing []string) ([]E, error)) ([]E, error) {
	return through(c.memory, keys,
		func(k string) (E, bool) { return c.entry(of, k) }, read,
		func(k string, e E) E { return c.keep(of, k, e) })
}

// BySlugs returns entities by slug.
func (c *collection[E]) BySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return c.bySlugs(kindEntity, slugs, func(missing []string) ([]E, error) { return c.inner.BySlugs(ctx, missing) })
}

// PagesBySlugs returns whole entries by slug.
func (c *collection[E]) PagesBySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return c.bySlugs(kindPage, slugs, func(missing []string) ([]E, error) { return c.inner.PagesBySlugs(ctx, missing) })
}

// bySlugs also stores that a slug has no entry, or every request for a missing page would reach the
// database.
func (c *collection[E]) bySlugs(of kind, slugs []string, read func(missing []string) ([]E, error)) ([]E, error) {
	return through(c.memory, slugs,
		func(s string) (E, bool) { return c.slug(of, s) }, read,
		func(s string, e E) E {
			name := ""
			if !content.Missing(e) {
				name = e.Head().Key
				e = c.keep(of, name, e)
			}
			c.memory.store(c.key(kindSlug, s), c.current, name)
			return e
		})
}

// slug looks up an entry by its slug. A missing entry is stored as an empty key.
func (c *collection[E]) slug(of kind, s string) (e E, ok bool) {
	name, ok := lookup[string](c.memory, c.key(kindSlug, s), c.current)
	if !ok || name == "" {
		return e, ok
	}
	return c.entry(of, name)
}

// Slugs returns the slugs that a filter names.
func (c *collection[E]) Slugs(filter any) (map[content.EntryType][]string, error) {
	return c.inner.Slugs(filter) //nolint:wrapcheck // it has the same contract
}

// list is a slice with the keys of its entries.
type list struct {
	keys                 []string
	hasNext, hasPrevious bool
}

// Find returns one list per scope. It depends on the entries of this type only, like counts: the keys
// of others that a filter names are part of the question.
func (c *collection[E]) Find(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[E], error) {
	return c.find(kindEntity, q, scopes, func(missing []content.Scope) ([]content.Slice[E], error) {
		return c.inner.Find(ctx, q, missing...)
	})
}

// FindPages returns one list of whole entries per scope.
func (c *collection[E]) FindPages(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[E], error) {
	return c.find(kindPage, q, scopes, func(missing []content.Scope) ([]content.Slice[E], error) {
		return c.inner.FindPages(ctx, q, missing...)
	})
}

// find returns slices that belong to the caller, but their entries are those in memory. A list has the
// same keys whether its entries were read whole or not.
func (c *collection[E]) find(of kind, q content.Query, scopes []content.Scope, read func(missing []content.Scope) ([]content.Slice[E], error)) ([]content.Slice[E], error) {
	k := c.key(kindList, q.Canonical())
	return through(c.memory, scopes,
		func(s content.Scope) (content.Slice[E], bool) {
			k.scope = s
			found, ok := c.lookupList(k, of)
			if !ok {
				return content.Slice[E]{}, false
			}
			return *found, true
		}, read,
		func(s content.Scope, found content.Slice[E]) content.Slice[E] {
			stored := &list{keys: make([]string, len(found.Items)), hasNext: found.HasNext, hasPrevious: found.HasPrevious}
			for i, e := range found.Items {
				stored.keys[i] = e.Head().Key
				found.Items[i] = c.keep(of, stored.keys[i], e)
			}
			k.scope = s
			c.memory.store(k, c.current, stored)
			return found
		})
}

// lookupList returns a list if all of its entries are in memory too.
// If one was evicted, the whole list is read again: that is one command either way.
func (c *collection[E]) lookupList(k key, of kind) (*content.Slice[E], bool) {
	found, ok := lookup[*list](c.memory, k, c.current)
	if !ok {
		return nil, false
	}
	out := &content.Slice[E]{HasNext: found.hasNext, HasPrevious: found.hasPrevious}
	if len(found.keys) == 0 {
		return out, true
	}
	out.Items = make([]E, len(found.keys))
	for i, name := range found.keys {
		e, ok := c.entry(of, name)
		if !ok || content.Missing(e) {
			return nil, false
		}
		out.Items[i] = e
	}
	return out, true
}

// Count returns the length of one list per scope.
func (c *collection[E]) Count(ctx context.Context, filter any, scopes ...content.Scope) ([]int, error) {
	k, revision := c.countKey(filter), c.current
	return through(c.memory, scopes,
		func(s content.Scope) (int, bool) { return lookupAt[int](c.memory, k, s, revision) },
		func(missing []content.Scope) ([]int, error) { return c.inner.Count(ctx, filter, missing...) },
		func(s content.Scope, n int) int { return storeAt(c.memory, k, s, revision, n) })
}

// Facets returns the facets of one list per scope.
// Their labels are names of other entries, so any publish makes them stale.
func (c *collection[E]) Facets(ctx context.Context, q content.FacetQuery, scopes ...content.Scope) ([][]content.Facet, error) {
	k, revision := c.key(kindFacets, q.Canonical()), c.all
	return through(c.memory, scopes,
		func(s content.Scope) ([]content.Facet, bool) {
			return lookupAt[[]content.Facet](c.memory, k, s, revision)
		},
		func(missing []content.Scope) ([][]content.Facet, error) { return c.inner.Facets(ctx, q, missing...) },
		func(s content.Scope, f []content.Facet) []content.Facet { return storeAt(c.memory, k, s, revision, f) })
}

// countKey keys a count as a facet query that has only the filter.
func (c *collection[E]) countKey(filter any) key {
	q := content.FacetQuery{Filter: filter}
	return c.key(kindCount, q.Canonical())
}

// lookupAt returns the stored value for a scope.
func lookupAt[V any](m *Memory, k key, s content.Scope, revision uint64) (V, bool) {
	k.scope = s
	return lookup[V](m, k, revision)
}

// storeAt stores a value for a scope and returns it.
func storeAt[V any](m *Memory, k key, s content.Scope, revision uint64, v V) V {
	k.scope = s
	m.store(k, revision, v)
	return v
}
