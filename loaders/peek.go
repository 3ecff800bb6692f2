package loaders

import (
	"context"

	"patternhub/internal/content"
)

// The loaders of a set first look in memory, if there is one: a value there needs no wait. touch
// reports these entries as well, since every entry of an answer must be able to purge it.

// peekKey returns the entry with a key if it has been loaded already.
func (s *openSet[E]) peekKey(ctx context.Context, key string) (E, bool) {
	e, ok := s.memory.Peek(key)
	if ok && !content.Missing(e) {
		touch(ctx, s.Type(), e)
	}
	return e, ok
}

// bySlug returns the loader of entries by slug, made on first use.
func (s *openSet[E]) bySlug() *Loader[string, E] {
	return s.slugs.get(func() *Loader[string, E] {
		return peeking(s, s.readSlugs, &s.wholeSlugs, func(ctx context.Context, slug string) (E, bool) {
			e, ok := s.memory.PeekSlug(slug)
			if ok {
				s.prime(ctx, e)
			}
			return e, ok
		})
	})
}

// whole returns the loader of entries with the fields that only pages show, made on first use.
func (s *openSet[E]) whole() *Loader[string, E] {
	return s.pages.get(func() *Loader[string, E] {
		return peeking(s, s.collection.Pages, nil, func(_ context.Context, key string) (E, bool) { return s.memory.PeekPage(key) })
	})
}

// list returns the loader of lists, made on first use.
func (s *openSet[E]) list() *Loader[question, *content.Slice[E]] {
	return s.lists.get(func() *Loader[question, *content.Slice[E]] {
		return peeking(s, s.readLists, &s.wholeLists, func(ctx context.Context, k question) (*content.Slice[E], bool) {
			found, ok := s.memory.PeekList(s.queries.of(k.form), k.scope)
			if ok {
				s.prime(ctx, found.Items...)
			}
			return found, ok
		})
	})
}

// count returns the loader of counts, made on first use.
func (s *openSet[E]) count() *Loader[question, int] {
	return s.counts.get(func() *Loader[question, int] {
		return peeking(s, s.readCounts, nil, func(_ context.Context, k question) (int, bool) {
			return s.memory.PeekCount(s.facetQs.of(k.form).Filter, k.scope)
		})
	})
}

// facet returns the loader of facets, made on first use.
func (s *openSet[E]) facet() *Loader[question, []content.Facet] {
	return s.facets.get(func() *Loader[question, []content.Facet] {
		return peeking(s, s.readFacets, nil, func(_ context.Context, k question) ([]content.Facet, bool) {
			return s.memory.PeekFacets(s.facetQs.of(k.form), k.scope)
		})
	})
}

// peeking returns a loader of a set that first looks in memory.
func peeking[E content.Entry, K comparable, V any](
	s *openSet[E], read func(context.Context, []K) ([]V, error), whole *marks[K], peek func(context.Context, K) (V, bool),
) *Loader[K, V] {
	l := &Loader[K, V]{read: read, whole: whole, of: s.Type(), shared: s.shared}
	if s.memory != nil {
		l.peek = peek
	}
	return l
}
