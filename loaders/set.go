package loaders

import (
	"context"
	"slices"
	"sync"

	"patternhub/content"
)

// Set holds the loaders of one collection: entities by key and slug, whole entries, lists,
// counts and facets.
// It holds nothing before the first question.
type Set[T, F any] struct {
	collection content.Collection[T, F]
	shared     *shared
	made       lazy[openSet[T, F]]
}

// openSet is what a set that has been asked something holds: a response uses few of its sets, and
// of most of them entities alone.
// Loader keys must be comparable, and filters are not: queries and facetQs lead from a canonical form
// back to its query.
type openSet[T, F any] struct {
	*Set[T, F]

	// memory answers what it can without waiting; nil where there is none.
	memory content.Peeker[T, F]
	byKey  Loader[string, *T]
	slugs  lazy[Loader[string, *T]]
	pages  lazy[Loader[string, *T]]
	lists  lazy[Loader[question, *content.Slice[T]]]
	counts lazy[Loader[question, int]]
	facets lazy[Loader[question, []content.Facet]]

	queries noted[content.Query[F]]
	facetQs noted[content.FacetQuery[F]]
}

// question is a list of a scope; asked is the query in a canonical form, so that the same
// question has the same key.
type question struct {
	scope content.Scope
	asked string
}

// newSet makes a set that has no loaders yet.
func newSet[T, F any](c content.Collection[T, F], s *shared) *Set[T, F] {
	return &Set[T, F]{collection: c, shared: s}
}

// opened makes what a set holds at the first question.
func (s *Set[T, F]) opened() *openSet[T, F] {
	return s.made.get(func() *openSet[T, F] {
		o := &openSet[T, F]{Set: s}
		o.memory, _ = s.collection.(content.Peeker[T, F])
		o.byKey = Loader[string, *T]{read: o.readKeys, shared: s.shared}
		if o.memory != nil {
			o.byKey.peek = o.peekKey
		}
		return o
	})
}

// noted remembers what canonical forms stand for. It points to queries: a map has room for eight
// values, and a response asks one or two questions of a type.
type noted[Q any] struct {
	mu    sync.Mutex
	known map[string]*Q
}

func (n *noted[Q]) add(asked string, q Q) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.known == nil {
		n.known = map[string]*Q{}
	}
	if n.known[asked] == nil {
		kept := q // so that a known one allocates nothing
		n.known[asked] = &kept
	}
}

// of gives the query of a form that was added.
func (n *noted[Q]) of(asked string) Q {
	n.mu.Lock()
	defer n.mu.Unlock()
	return *n.known[asked]
}

// Type is the type of the set's entries.
func (s *Set[T, F]) Type() content.EntryType { return s.collection.Type() }

// Load reads an entity; nil for a missing one and for an empty key.
func (s *Set[T, F]) Load(ctx context.Context, key string) (*T, error) {
	if key == "" {
		return nil, nil
	}
	return s.opened().byKey.Load(ctx, key)
}

// LoadAll reads entities in the order of the keys and leaves out what is missing.
func (s *Set[T, F]) LoadAll(ctx context.Context, keys []string) ([]*T, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	all, err := s.opened().byKey.LoadMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	// The list is this call's own, so that what is missing can be taken out in place.
	return slices.DeleteFunc(all, func(e *T) bool { return e == nil }), nil
}

// BySlug reads an entity by its slug or a former one; nil when there is none.
func (s *Set[T, F]) BySlug(ctx context.Context, slug string) (*T, error) {
	return s.opened().bySlug().Load(ctx, slug)
}

// AllBySlug reads entities in the order of their slugs; nil in place of what is missing.
func (s *Set[T, F]) AllBySlug(ctx context.Context, slugs []string) ([]*T, error) {
	return s.opened().bySlug().LoadMany(ctx, slugs)
}

// Page reads an entity whole, with the long texts that entities leave out, in the entity's own
// revision; nil for a missing one.
// An entry that was written or has vanished since the entity was read comes from the archive, so
// that an answer never mixes two of its revisions.
func (s *Set[T, F]) Page(ctx context.Context, entity *T) (*T, error) {
	head := content.HeadOf(entity)
	page, err := s.opened().whole().Load(ctx, head.Key)
	if err != nil || page != nil && content.HeadOf(page).Revision == head.Revision {
		return page, err
	}
	past, err := s.shared.snapshots().Load(ctx, content.RevisionID{ID: head.ID(), Revision: head.Revision})
	if err != nil || past == nil {
		return nil, err
	}
	page, _ = any(past.Entry).(*T)
	return page, nil
}

// closedSet is what the contract's @listSize promises of the lists that All gives: the price of a
// query counts on it.
const closedSet = 10

// All reads a small closed set in some order, its first ten where authors have let it grow.
func (s *Set[T, F]) All(ctx context.Context, order content.Order) ([]*T, error) {
	slice, err := s.List(ctx, content.Scope{}, content.Query[F]{Order: order, Window: content.Window{Limit: closedSet}})
	if err != nil {
		return nil, err
	}
	return slice.Items, nil
}

// List reads one list. Its entities become known to Load.
// Callers share the slice and must not change it.
func (s *Set[T, F]) List(ctx context.Context, scope content.Scope, q content.Query[F]) (*content.Slice[T], error) {
	o, asked := s.opened(), q.Canonical()
	o.queries.add(asked, q)
	return o.list().Load(ctx, question{scope, asked})
}

// Count counts one list.
// A nil filter counts the whole scope. Facets with the same filter are another question.
func (s *Set[T, F]) Count(ctx context.Context, scope content.Scope, filter *F) (int, error) {
	q := content.FacetQuery[F]{Filter: filter}
	o, asked := s.opened(), q.Canonical()
	o.facetQs.add(asked, q)
	return o.count().Load(ctx, question{scope, asked})
}

// Lists reads the whole lists of several scopes together. Their entities become known to Load.
func (s *Set[T, F]) Lists(ctx context.Context, scopes []content.Scope) ([]*content.Slice[T], error) {
	o, q := s.opened(), content.Query[F]{}
	asked := q.Canonical()
	o.queries.add(asked, q)
	return o.list().LoadMany(ctx, questions(scopes, asked))
}

// Counts counts the lists of several scopes together.
func (s *Set[T, F]) Counts(ctx context.Context, scopes []content.Scope) ([]int, error) {
	o, q := s.opened(), content.FacetQuery[F]{}
	asked := q.Canonical()
	o.facetQs.add(asked, q)
	return o.count().LoadMany(ctx, questions(scopes, asked))
}

// questions asks the same of several scopes.
func questions(scopes []content.Scope, asked string) []question {
	out := make([]question, len(scopes))
	for i, scope := range scopes {
		out[i] = question{scope, asked}
	}
	return out
}

// Facets gives the facets of one list.
func (s *Set[T, F]) Facets(ctx context.Context, scope content.Scope, q content.FacetQuery[F]) ([]content.Facet, error) {
	o, asked := s.opened(), q.Canonical()
	o.facetQs.add(asked, q)
	return o.facet().Load(ctx, question{scope, asked})
}

func (s *openSet[T, F]) readKeys(ctx context.Context, keys []string) ([]*T, error) {
	found, err := s.collection.ByKeys(ctx, keys)
	if err != nil {
		return nil, err
	}
	touch(ctx, s.Type(), found...)
	return found, nil
}

func (s *openSet[T, F]) readSlugs(ctx context.Context, slugs []string) ([]*T, error) {
	found, err := s.collection.BySlugs(ctx, slugs)
	if err != nil {
		return nil, err
	}
	s.prime(ctx, found...)
	return found, nil
}

// prime makes entities known to Load.
func (s *openSet[T, F]) prime(ctx context.Context, found ...*T) {
	touch(ctx, s.Type(), found...)
	s.byKey.expect(len(found))
	for _, e := range found {
		if e != nil {
			s.byKey.Prime(content.HeadOf(e).Key, e)
		}
	}
}

func (s *openSet[T, F]) readLists(ctx context.Context, asked []question) ([]*content.Slice[T], error) {
	return perQuery(asked, &s.queries, func(q content.Query[F], scopes []content.Scope) ([]*content.Slice[T], error) {
		slices, err := s.collection.Find(ctx, q, scopes...)
		if err != nil {
			return nil, err
		}
		out := make([]*content.Slice[T], len(slices))
		for i := range slices {
			out[i] = &slices[i]
			s.prime(ctx, slices[i].Items...)
		}
		return out, nil
	})
}

func (s *openSet[T, F]) readCounts(ctx context.Context, asked []question) ([]int, error) {
	return perQuery(asked, &s.facetQs, func(q content.FacetQuery[F], scopes []content.Scope) ([]int, error) {
		return s.collection.Count(ctx, q.Filter, scopes...)
	})
}

func (s *openSet[T, F]) readFacets(ctx context.Context, asked []question) ([][]content.Facet, error) {
	return perQuery(asked, &s.facetQs, func(q content.FacetQuery[F], scopes []content.Scope) ([][]content.Facet, error) {
		return s.collection.Facets(ctx, q, scopes...)
	})
}

// kind tells in which way the scope narrows the list: scopes of different kinds have no
// command in common.
func (q question) kind() string {
	switch {
	case q.scope.Ref != "":
		return "ref "
	case q.scope.Keys != "":
		return "keys "
	}
	return "whole "
}

// perQuery groups questions by their query and the kind of their scope, reads each group with
// one call, and puts the answers back in order.
// The groups are read one after the other: usually there is one, as fields of one place in a
// document ask the same of many entries.
func perQuery[Q, V any](asked []question, queries *noted[Q], read func(Q, []content.Scope) ([]V, error)) ([]V, error) {
	out := make([]V, len(asked))
	groups := map[string][]int{}
	var order []string
	for i, a := range asked {
		name := a.kind() + a.asked
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], i)
	}
	for _, name := range order {
		scopes := make([]content.Scope, len(groups[name]))
		for i, at := range groups[name] {
			scopes[i] = asked[at].scope
		}
		values, err := read(queries.of(asked[groups[name][0]].asked), scopes)
		if err != nil {
			return nil, err
		}
		for i, at := range groups[name] {
			out[at] = values[i]
		}
	}
	return out, nil
}
