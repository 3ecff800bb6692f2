package loaders

import (
	"context"

	"patternhub/content"
)

// The loaders of a set ask memory first, where there is one: what is there costs no wait.
// What comes from memory is named by touch too: an answer made of it must be purged like any other.

func (s *openSet[T, F]) peekKey(ctx context.Context, key string) (*T, bool) {
	e, ok := s.memory.Peek(key)
	if ok && e != nil {
		touch(ctx, s.Type(), e)
	}
	return e, ok
}

func (s *openSet[T, F]) bySlug() *Loader[string, *T] {
	return s.slugs.get(func() *Loader[string, *T] {
		return peeking(s, s.readSlugs, func(ctx context.Context, slug string) (*T, bool) {
			e, ok := s.memory.PeekSlug(slug)
			if ok {
				s.prime(ctx, e)
			}
			return e, ok
		})
	})
}

func (s *openSet[T, F]) whole() *Loader[string, *T] {
	return s.pages.get(func() *Loader[string, *T] {
		return peeking(s, s.collection.Pages, func(_ context.Context, key string) (*T, bool) { return s.memory.PeekPage(key) })
	})
}

func (s *openSet[T, F]) list() *Loader[question, *content.Slice[T]] {
	return s.lists.get(func() *Loader[question, *content.Slice[T]] {
		return peeking(s, s.readLists, func(ctx context.Context, k question) (*content.Slice[T], bool) {
			found, ok := s.memory.PeekList(s.queries.of(k.asked), k.scope)
			if ok {
				s.prime(ctx, found.Items...)
			}
			return found, ok
		})
	})
}

func (s *openSet[T, F]) count() *Loader[question, int] {
	return s.counts.get(func() *Loader[question, int] {
		return peeking(s, s.readCounts, func(_ context.Context, k question) (int, bool) {
			return s.memory.PeekCount(s.facetQs.of(k.asked).Filter, k.scope)
		})
	})
}

func (s *openSet[T, F]) facet() *Loader[question, []content.Facet] {
	return s.facets.get(func() *Loader[question, []content.Facet] {
		return peeking(s, s.readFacets, func(_ context.Context, k question) ([]content.Facet, bool) {
			return s.memory.PeekFacets(s.facetQs.of(k.asked), k.scope)
		})
	})
}

// peeking makes a loader of a set that asks memory first.
func peeking[T, F any, K comparable, V any](
	s *openSet[T, F], read func(context.Context, []K) ([]V, error), peek func(context.Context, K) (V, bool),
) *Loader[K, V] {
	l := &Loader[K, V]{read: read, shared: s.shared}
	if s.memory != nil {
		l.peek = peek
	}
	return l
}
