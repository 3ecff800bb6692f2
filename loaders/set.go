package loaders

import (
	"context"
	"slices"
	"sync"

	"patternhub/internal/content"
)

// Set holds the loaders of one collection: entities by key and slug, whole entries, lists, counts
// and facets.
// It is empty until the first load.
type Set[E content.Entry] struct {
	collection content.Collection[E]
	shared     *shared
	made       lazy[openSet[E]]
}

// openSet holds the loaders of a set in use: a response uses few of its sets, and of most only
// entities.
// Loader keys must be comparable, and filters are not: queries and facetQs map a canonical form to
// its query.
type openSet[E content.Entry] struct {
	*Set[E]

	// memory returns what needs no wait; nil if there is none.
	memory content.Peeker[E]
	byKey  Loader[string, E]
	slugs  lazy[Loader[string, E]]
	pages  lazy[Loader[string, E]]
	lists  lazy[Loader[question, *content.Slice[E]]]
	counts lazy[Loader[question, int]]
	facets lazy[Loader[question, []content.Facet]]

	// The keys, slugs and questions that are to be read whole.
	wholeKeys, wholeSlugs marks[string]
	wholeLists            marks[question]

	queries queryMap[content.Query]
	facetQs queryMap[content.FacetQuery]

	filtersMu sync.Mutex
	filters   map[any]*content.Keyed // by the pointer to the filter
}

// question is a list of a scope. form is the canonical form of its query, so that equal questions
// have equal keys.
type question struct {
	scope content.Scope
	form  string
}

// open returns the loaders of a set, which it makes on first use.
func (s *Set[E]) open() *openSet[E] {
	return s.made.get(func() *openSet[E] {
		o := &openSet[E]{Set: s}
		o.memory, _ = s.collection.(content.Peeker[E])
		o.byKey = Loader[string, E]{read: o.readKeys, shared: s.shared, whole: &o.wholeKeys, of: s.Type()}
		if o.memory != nil {
			o.byKey.peek = o.peekKey
		}
		return o
	})
}

// queryMap maps canonical forms to queries. It stores pointers: a map allocates room for eight
// values, and a response asks one or two questions of a type.
type queryMap[Q any] struct {
	mu     sync.Mutex
	byForm map[string]*Q
}

func (n *queryMap[Q]) add(form string, q Q) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byForm == nil {
		n.byForm = map[string]*Q{}
	}
	if n.byForm[form] == nil {
		query := q // a copy, so that a form that is present allocates nothing
		n.byForm[form] = &query
	}
}

// of returns the query of a form that was added.
func (n *queryMap[Q]) of(form string) Q {
	n.mu.Lock()
	defer n.mu.Unlock()
	return *n.byForm[form]
}

// Type returns the type of the set's entries.
func (s *Set[E]) Type() content.EntryType { return s.collection.Type() }

// Load loads an entity; nil for a missing one and for an empty key.
func (s *Set[E]) Load(ctx context.Context, key string) (e E, err error) {
	if key == "" {
		return e, nil
	}
	return s.open().byKey.Load(ctx, key)
}

// LoadAll loads entities in the order of the keys and leaves out missing ones.
func (s *Set[E]) LoadAll(ctx context.Context, keys []string) ([]E, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	all, err := s.open().byKey.LoadMany(ctx, keys)
	if err != nil {
		return nil, err
	}
	// No one else has the list, so missing entities can be removed in place.
	return slices.DeleteFunc(all, content.Missing), nil
}

// BySlug loads an entity by its current or a former slug; nil if there is none.
func (s *Set[E]) BySlug(ctx context.Context, slug string) (E, error) {
	return s.open().bySlug().Load(ctx, slug)
}

// AllBySlug loads entities in the order of their slugs; a missing one is nil.
func (s *Set[E]) AllBySlug(ctx context.Context, slugs []string) ([]E, error) {
	return s.open().bySlug().LoadMany(ctx, slugs)
}

// Page loads an entity whole, with the long texts that entities leave out, in the entity's own
// revision; nil for a missing one.
// If the entry was written or deleted since the entity was read, the page comes from the archive,
// so that an answer never mixes two revisions.
func (s *Set[E]) Page(ctx context.Context, entity E) (E, error) {
	head := entity.Head()
	page, err := s.open().whole().Load(ctx, head.Key)
	if err != nil || !content.Missing(page) && page.Head().Revision == head.Revision {
		return page, err
	}
	past, err := s.shared.snapshots().Load(ctx, content.RevisionID{ID: head.ID(), Revision: head.Revision})
	if err != nil || past == nil {
		var none E
		return none, err
	}
	page, _ = past.Entry.(E)
	return page, nil
}

// closedSet is the length that the contract's @listSize promises for the lists of All; the cost of a
// query relies on it.
const closedSet = 10

// All loads a small closed set in some order: the first ten, if authors have added more.
func (s *Set[E]) All(ctx context.Context, order content.Order) ([]E, error) {
	slice, err := s.List(ctx, content.Scope{}, content.Query{Order: order, Window: content.Window{Limit: closedSet}})
	if err != nil {
		return nil, err
	}
	return slice.Items, nil
}

// keyed returns a filter with the keys of the slugs that it names, which are loaded once for the lists,
// counts and facets of a response. A field passes the same pointer for each of these, and for each of its
// parents, so the result is kept.
func (s *openSet[E]) keyed(ctx context.Context, filter any) (any, error) {
	if filter == nil {
		return nil, nil
	}
	s.filtersMu.Lock()
	kept := s.filters[filter]
	s.filtersMu.Unlock()
	if kept != nil {
		return kept, nil
	}
	slugs, err := s.collection.Slugs(filter)
	if err != nil {
		return nil, err
	}
	var keys map[content.EntryType]map[string]string
	if len(slugs) > 0 {
		if keys, err = s.shared.sets.keysOf(ctx, slugs); err != nil {
			return nil, err
		}
	}
	s.filtersMu.Lock()
	defer s.filtersMu.Unlock()
	if s.filters == nil {
		s.filters = map[any]*content.Keyed{}
	}
	k := content.NewKeyed(filter, keys)
	s.filters[filter] = k
	return k, nil
}

// List loads one list. Its entities are stored for Load.
// Callers share the slice and must not change it.
func (s *Set[E]) List(ctx context.Context, scope content.Scope, q content.Query) (_ *content.Slice[E], err error) {
	o := s.open()
	if q.Filter, err = o.keyed(ctx, q.Filter); err != nil {
		return nil, err
	}
	form := q.Canonical()
	o.queries.add(form, q)
	return o.list().Load(ctx, question{scope, form})
}

// Count loads the length of one list.
// A nil filter counts the whole scope. Facets with the same filter are a separate load.
func (s *Set[E]) Count(ctx context.Context, scope content.Scope, filter any) (_ int, err error) {
	o := s.open()
	if filter, err = o.keyed(ctx, filter); err != nil {
		return 0, err
	}
	q := content.FacetQuery{Filter: filter}
	form := q.Canonical()
	o.facetQs.add(form, q)
	return o.count().Load(ctx, question{scope, form})
}

// Lists loads the whole lists of several scopes together. Their entities are stored for Load.
func (s *Set[E]) Lists(ctx context.Context, scopes []content.Scope) ([]*content.Slice[E], error) {
	o, q := s.open(), content.Query{}
	form := q.Canonical()
	o.queries.add(form, q)
	return o.list().LoadMany(ctx, questions(scopes, form))
}

// Counts loads the lengths of the lists of several scopes together.
func (s *Set[E]) Counts(ctx context.Context, scopes []content.Scope) ([]int, error) {
	o, q := s.open(), content.FacetQuery{}
	form := q.Canonical()
	o.facetQs.add(form, q)
	return o.count().LoadMany(ctx, questions(scopes, form))
}

// questions returns the same question for several scopes.
func questions(scopes []content.Scope, form string) []question {
	out := make([]question, len(scopes))
	for i, scope := range scopes {
		out[i] = question{scope, form}
	}
	return out
}

// Facets loads the facets of one list.
func (s *Set[E]) Facets(ctx context.Context, scope content.Scope, q content.FacetQuery) (_ []content.Facet, err error) {
	o := s.open()
	if q.Filter, err = o.keyed(ctx, q.Filter); err != nil {
		return nil, err
	}
	form := q.Canonical()
	o.facetQs.add(form, q)
	return o.facet().Load(ctx, question{scope, form})
}

func (s *openSet[E]) readKeys(ctx context.Context, keys []string) ([]E, error) {
	found, err := s.readNamed(ctx, keys, &s.wholeKeys, s.collection.ByKeys, s.collection.Pages)
	if err != nil {
		return nil, err
	}
	touch(ctx, s.Type(), found...)
	return found, nil
}

func (s *openSet[E]) readSlugs(ctx context.Context, slugs []string) ([]E, error) {
	found, err := s.readNamed(ctx, slugs, &s.wholeSlugs, s.collection.BySlugs, s.collection.PagesBySlugs)
	if err != nil {
		return nil, err
	}
	s.prime(ctx, found...)
	return found, nil
}

// prime stores entities for Load.
func (s *openSet[E]) prime(ctx context.Context, found ...E) {
	touch(ctx, s.Type(), found...)
	s.byKey.reserve(len(found))
	for _, e := range found {
		if !content.Missing(e) {
			s.byKey.Prime(e.Head().Key, e)
		}
	}
}

func (s *openSet[E]) readLists(ctx context.Context, asked []question) ([]*content.Slice[E], error) {
	return perQuery(asked, &s.queries, func(q content.Query, of []question) ([]*content.Slice[E], error) {
		whole, read := s.wholeLists.any(of), s.collection.Find
		if whole {
			read = s.collection.FindPages
		}
		slices, err := read(ctx, q, scopesOf(of)...)
		if err != nil {
			return nil, err
		}
		out := make([]*content.Slice[E], len(slices))
		for i := range slices {
			out[i] = &slices[i]
			if whole {
				s.keepWhole(slices[i].Items...)
			}
			s.prime(ctx, slices[i].Items...)
		}
		return out, nil
	})
}

func (s *openSet[E]) readCounts(ctx context.Context, asked []question) ([]int, error) {
	return perQuery(asked, &s.facetQs, func(q content.FacetQuery, of []question) ([]int, error) {
		return s.collection.Count(ctx, q.Filter, scopesOf(of)...)
	})
}

func (s *openSet[E]) readFacets(ctx context.Context, asked []question) ([][]content.Facet, error) {
	return perQuery(asked, &s.facetQs, func(q content.FacetQuery, of []question) ([][]content.Facet, error) {
		return s.collection.Facets(ctx, q, scopesOf(of)...)
	})
}

// scopesOf returns the scopes of questions.
func scopesOf(of []question) []content.Scope {
	out := make([]content.Scope, len(of))
	for i, q := range of {
		out[i] = q.scope
	}
	return out
}

// kind returns the way in which the scope narrows the list: scopes of different kinds cannot share
// a command.
func (q question) kind() string {
	switch {
	case q.scope.Ref != "":
		return "ref "
	case q.scope.Keys != "":
		return "keys "
	}
	return "whole "
}

// perQuery groups questions by their query and the kind of their scope, reads each group with one
// call, and returns the answers in order.
// It reads the groups one after the other. Usually there is one, since a field of a document asks
// the same of many entries.
func perQuery[Q, V any](asked []question, queries *queryMap[Q], read func(Q, []question) ([]V, error)) ([]V, error) {
	out := make([]V, len(asked))
	groups := map[string][]int{}
	var order []string
	for i, a := range asked {
		name := a.kind() + a.form
		if groups[name] == nil {
			order = append(order, name)
		}
		groups[name] = append(groups[name], i)
	}
	for _, name := range order {
		of := make([]question, len(groups[name]))
		for i, at := range groups[name] {
			of[i] = asked[at]
		}
		values, err := read(queries.of(of[0].form), of)
		if err != nil {
			return nil, err
		}
		for i, at := range groups[name] {
			out[at] = values[i]
		}
	}
	return out, nil
}
