package loaders

import (
	"context"

	"patternhub/content"
)

// peekInto lets the loaders of a set ask memory first. Behind dataloader the same answers would
// cost a goroutine and a wait each.
// What comes from memory is named by touch too: an answer made of it must be purged like any other.
func (s *openSet[T, F]) peekInto(p content.Peeker[T, F]) {
	s.byKey.peek = func(ctx context.Context, key string) (*T, bool) {
		e, ok := p.Peek(key)
		if ok && e != nil {
			touch(ctx, s.Type(), []*T{e})
		}
		return e, ok
	}
	s.bySlug.peek = func(ctx context.Context, slug string) (*T, bool) {
		e, ok := p.PeekSlug(slug)
		if ok {
			s.prime(ctx, []*T{e})
		}
		return e, ok
	}
	s.pages.peek = func(_ context.Context, key string) (*T, bool) { return p.PeekPage(key) }
	s.lists.peek = func(ctx context.Context, k question) (*content.Slice[T], bool) {
		found, ok := p.PeekList(s.query(k), k.scope)
		if ok {
			s.prime(ctx, found.Items)
		}
		return found, ok
	}
	s.counts.peek = func(_ context.Context, k question) (int, bool) { return p.PeekCount(s.facetQuery(k).Filter, k.scope) }
	s.facets.peek = func(_ context.Context, k question) ([]content.Facet, bool) {
		return p.PeekFacets(s.facetQuery(k), k.scope)
	}
}

// query gives the query of a question, which List has noted before it asked.
func (s *openSet[T, F]) query(k question) content.Query[F] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queries[k.asked]
}

// facetQuery is the same for counts and facets.
func (s *openSet[T, F]) facetQuery(k question) content.FacetQuery[F] {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.facetQs[k.asked]
}
