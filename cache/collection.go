package cache

import (
	"context"
	"reflect"
	"time"

	"patternhub/content"
)

// collection keeps what another one reads. Lists and slugs are kept as the keys of their
// entries, so that each entry is in memory once.
// It has the contract of the one that it wraps, and in addition that of content.Peeker. What it
// hands out is shared by many requests and must not be changed.
type collection[T, F any] struct {
	inner  content.Collection[T, F]
	memory *Memory
	// own names the type of the entries.
	own []string
}

func newCollection[T, F any](m *Memory, inner content.Collection[T, F]) *collection[T, F] {
	return &collection[T, F]{inner: inner, memory: m, own: []string{typeName(inner.Type())}}
}

// Type is the type of the entries.
func (c *collection[T, F]) Type() content.EntryType { return c.inner.Type() }

// key names something of this collection; lists, counts and facets add their scope.
func (c *collection[T, F]) key(k kind, name string) key {
	return key{kind: k, entryType: c.inner.Type(), name: name}
}

// current is the revision of the entries themselves.
// It is read before the database is asked. The other way round, a change in between would make
// something old look new.
func (c *collection[T, F]) current() uint64 { return c.memory.revisions.Of(c.own) }

// asked is the revision of an answer to a question with a filter: one that names entries of
// other types by their slugs depends on all types.
// A slug that moves from one entry to another changes the answer, though no entry of this type has
// changed.
func (c *collection[T, F]) asked(filter *F) uint64 {
	if filter != nil && namesOthers(reflect.ValueOf(filter)) {
		return c.memory.revisions.Of(nil)
	}
	return c.current()
}

// namesOthers tells whether a filter has a condition on slugs somewhere.
// It looks at the shape of the filter and not at a list of fields, so a new filter needs nothing
// here.
func namesOthers(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil() && (v.Type() == reflect.TypeFor[*content.SlugFilter]() || namesOthers(v.Elem()))
	case reflect.Slice:
		for i := range v.Len() {
			if namesOthers(v.Index(i)) {
				return true
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return false
		}
		for _, field := range v.Fields() {
			if namesOthers(field) {
				return true
			}
		}
	default: // Nothing else leads to a condition.
	}
	return false
}

// entity keeps an entity, unless memory has the same revision of it: then everybody shares
// that one.
// Without it every list would bring a copy of its own, and the weights would count each.
func (c *collection[T, F]) entity(name string, revision uint64, e *T) *T {
	k := c.key(kindEntity, name)
	if known, ok := recall[*T](c.memory, k, revision); ok && known != nil && e != nil && content.HeadOf(known).Revision == content.HeadOf(e).Revision {
		return known
	}
	c.memory.keep(k, revision, e)
	return e
}

// ByKeys gives entities by key.
func (c *collection[T, F]) ByKeys(ctx context.Context, keys []string) ([]*T, error) {
	revision := c.current()
	return through(c.memory, keys,
		func(k string) (*T, bool) { return recall[*T](c.memory, c.key(kindEntity, k), revision) },
		func(missing []string) ([]*T, error) { return c.inner.ByKeys(ctx, missing) },
		func(k string, e *T) *T { return c.entity(k, revision, e) })
}

// BySlugs gives entities by slug.
// That a slug has no entry is remembered too, or requests for pages that do not exist would all
// reach the database.
func (c *collection[T, F]) BySlugs(ctx context.Context, slugs []string) ([]*T, error) {
	revision := c.current()
	return through(c.memory, slugs,
		func(s string) (*T, bool) { return c.slug(s, revision) },
		func(missing []string) ([]*T, error) { return c.inner.BySlugs(ctx, missing) },
		func(s string, e *T) *T {
			name := ""
			if e != nil {
				name = content.HeadOf(e).Key
				e = c.entity(name, revision, e)
			}
			c.memory.keep(c.key(kindSlug, s), revision, name)
			return e
		})
}

// slug recalls an entity by its slug; a missing one is kept as an empty key.
func (c *collection[T, F]) slug(s string, revision uint64) (*T, bool) {
	name, ok := recall[string](c.memory, c.key(kindSlug, s), revision)
	if !ok || name == "" {
		return nil, ok
	}
	return recall[*T](c.memory, c.key(kindEntity, name), revision)
}

// Pages gives whole entries.
func (c *collection[T, F]) Pages(ctx context.Context, keys []string) ([]*T, error) {
	revision := c.current()
	return through(c.memory, keys,
		func(k string) (*T, bool) { return recall[*T](c.memory, c.key(kindPage, k), revision) },
		func(missing []string) ([]*T, error) { return c.inner.Pages(ctx, missing) },
		func(k string, e *T) *T {
			c.memory.keep(c.key(kindPage, k), revision, e)
			return e
		})
}

// list is a slice by the keys of its entries.
type list struct {
	keys                 []string
	hasNext, hasPrevious bool
}

// Find gives one list per scope.
// The slice that comes back is the reader's own, but its entries are those in memory.
func (c *collection[T, F]) Find(ctx context.Context, q content.Query[F], scopes ...content.Scope) ([]content.Slice[T], error) {
	k := c.key(kindList, q.Canonical())
	entities, revision := c.current(), c.asked(q.Filter)
	return through(c.memory, scopes,
		func(s content.Scope) (content.Slice[T], bool) {
			k.scope = s
			found, ok := c.recallList(k, revision, entities)
			if !ok {
				return content.Slice[T]{}, false
			}
			return *found, true
		},
		func(missing []content.Scope) ([]content.Slice[T], error) { return c.inner.Find(ctx, q, missing...) },
		func(s content.Scope, found content.Slice[T]) content.Slice[T] {
			kept := &list{keys: make([]string, len(found.Items)), hasNext: found.HasNext, hasPrevious: found.HasPrevious}
			for i, e := range found.Items {
				kept.keys[i] = content.HeadOf(e).Key
				found.Items[i] = c.entity(kept.keys[i], entities, e)
			}
			k.scope = s
			c.memory.keep(k, revision, kept)
			return found
		})
}

// recallList recalls a list if all of its entries are in memory too.
// One that was evicted makes the whole list be read again: it is one command either way.
func (c *collection[T, F]) recallList(k key, revision, entities uint64) (*content.Slice[T], bool) {
	found, ok := recall[*list](c.memory, k, revision)
	if !ok {
		return nil, false
	}
	out := &content.Slice[T]{HasNext: found.hasNext, HasPrevious: found.hasPrevious}
	if len(found.keys) == 0 {
		return out, true
	}
	out.Items = make([]*T, len(found.keys))
	for i, name := range found.keys {
		e, ok := recall[*T](c.memory, c.key(kindEntity, name), entities)
		if !ok || e == nil {
			return nil, false
		}
		out.Items[i] = e
	}
	return out, true
}

// Count gives the length of one list per scope.
func (c *collection[T, F]) Count(ctx context.Context, filter *F, scopes ...content.Scope) ([]int, error) {
	k, revision := c.countKey(filter), c.asked(filter)
	return through(c.memory, scopes,
		func(s content.Scope) (int, bool) { return recallAt[int](c.memory, k, s, revision) },
		func(missing []content.Scope) ([]int, error) { return c.inner.Count(ctx, filter, missing...) },
		func(s content.Scope, n int) int { return keepAt(c.memory, k, s, revision, n) })
}

// Facets gives the facets of one list per scope. Their labels are the names of other entries.
// So they are current only as long as nothing at all was published.
func (c *collection[T, F]) Facets(ctx context.Context, q content.FacetQuery[F], scopes ...content.Scope) ([][]content.Facet, error) {
	k, revision := c.key(kindFacets, q.Canonical()), c.memory.revisions.Of(nil)
	return through(c.memory, scopes,
		func(s content.Scope) ([]content.Facet, bool) {
			return recallAt[[]content.Facet](c.memory, k, s, revision)
		},
		func(missing []content.Scope) ([][]content.Facet, error) { return c.inner.Facets(ctx, q, missing...) },
		func(s content.Scope, f []content.Facet) []content.Facet { return keepAt(c.memory, k, s, revision, f) })
}

// countKey names a count by the form of a facet query, which has the filter alone.
func (c *collection[T, F]) countKey(filter *F) key {
	q := content.FacetQuery[F]{Filter: filter}
	return c.key(kindCount, q.Canonical())
}

// recallAt recalls what is kept for a scope.
func recallAt[V any](m *Memory, k key, s content.Scope, revision uint64) (V, bool) {
	k.scope = s
	return recall[V](m, k, revision)
}

// keepAt keeps something for a scope and gives it back.
func keepAt[V any](m *Memory, k key, s content.Scope, revision uint64, v V) V {
	k.scope = s
	m.keep(k, revision, v)
	return v
}
