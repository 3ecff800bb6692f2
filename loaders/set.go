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

	mu      sync.Mutex
	filters map[any]*content.Keyed // by the pointer to the filter
	// last is the last query of a list as its caller passed it, and form its canonical form. All parents of a
	// field pass the same pointers, and all fields of a list do.
	last content.Query
	form string
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

// canonical is a query.
type canonical interface{ Canonical() string }

// queryMap maps canonical forms to queries. It stores pointers: a map allocates room for eight
// values, and a response asks one or two questions of a type.
type queryMap[Q canonical] struct {
	mu     sync.Mutex
	byForm map[string]*Q
}

// form returns the canonical form of a query, and remembers the query by it.
func (n *queryMap[Q]) form(q Q) string {
	form := q.Canonical()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byForm == nil {
		n.byForm = map[string]*Q{}
	}
	if n.byForm[form] == nil {
		query := q // a copy, so that a form that is present allocates nothing
		n.byForm[form] = &query
	}
	return form
}

// of returns the query of a form.
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
	if err != nil || current(page, head) {
		return page, err
	}
	past, err := s.shared.snapshots().Load(ctx, content.RevisionID{ID: head.ID(), Revision: head.Revision})
	return pageOf[E](past), err
}

// current reports whether a page exists and is of the entity's revision.
func current[E content.Entry](page E, entity *content.Meta) bool {
	return !content.Missing(page) && page.Head().Revision == entity.Revision
}

// pageOf returns the entry of a snapshot; nil if there is none.
func pageOf[E content.Entry](past *content.Snapshot) (page E) {
	if past != nil {
		page, _ = past.Entry.(E)
	}
	return page
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
	if k := s.kept(filter); k != nil {
		return k, nil
	}
	slugs, err := s.collection.Slugs(filter)
	if err != nil {
		return nil, err
	}
	return s.keep(ctx, filter, slugs)
}

// keep loads the entries that a filter names by their slugs, and keeps the filter with their keys.
func (s *openSet[E]) keep(ctx context.Context, filter any, slugs map[content.EntryType][]string) (_ *content.Keyed, err error) {
	var keys map[content.EntryType]map[string]string
	if len(slugs) > 0 {
		if keys, err = s.shared.sets.keysOf(ctx, slugs); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.filters == nil {
		s.filters = map[any]*content.Keyed{}
	}
	k := content.NewKeyed(filter, keys)
	s.filters[filter] = k
	return k, nil
}

// kept returns the result of keyed if there is one.
func (s *openSet[E]) kept(filter any) *content.Keyed {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.filters[filter]
}

// listForm returns the canonical form of a query with the keys of its filter. It computes the form once for
// all fields of the list.
func (s *openSet[E]) listForm(ctx context.Context, q content.Query) (form string, err error) {
	asked := q
	s.mu.Lock()
	known, form := s.form != "" && s.last == asked, s.form
	s.mu.Unlock()
	if known {
		return form, nil
	}
	if q.Filter, err = s.keyed(ctx, q.Filter); err != nil {
		return "", err
	}
	if q.Window, err = s.placed(ctx, q); err != nil {
		return "", err
	}
	form = s.queries.form(q)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.form = asked, form
	return form, nil
}

// slugsIn returns the slugs of the entries that a window begins or ends at.
func slugsIn(w content.Window) (out []string) {
	for _, at := range []*content.Position{w.After, w.Before} {
		if at != nil && at.Slug != "" {
			out = append(out, at.Slug)
		}
	}
	return out
}

// placed returns the window of a query with the positions of the entries that it names by their slugs.
func (s *openSet[E]) placed(ctx context.Context, q content.Query) (content.Window, error) {
	w := q.Window
	if len(slugsIn(w)) == 0 {
		return w, nil
	}
	for _, at := range []**content.Position{&w.After, &w.Before} {
		if *at == nil || (*at).Slug == "" {
			continue
		}
		e, err := s.BySlug(unshown{ctx}, (*at).Slug) //nolint:contextcheck // unshown stands on ctx
		if err != nil {
			return w, err
		}
		sorted, ok := any(e).(interface {
			content.Entry
			content.Orderable
		})
		if content.Missing(e) || !ok {
			return w, content.Fault(content.BadUserInput, "No entry of this list has the slug after @ in after or before.")
		}
		place := content.PositionOf(sorted, q.Order)
		*at = &place
	}
	return w, nil
}

// facetForm is listForm for counts and facets.
func (s *openSet[E]) facetForm(ctx context.Context, q content.FacetQuery) (form string, err error) {
	if q.Filter, err = s.keyed(ctx, q.Filter); err == nil {
		form = s.facetQs.form(q)
	}
	return form, err
}

// List loads one list. Its entities are stored for Load.
// Callers share the slice and must not change it.
func (s *Set[E]) List(ctx context.Context, scope content.Scope, q content.Query) (*content.Slice[E], error) {
	o := s.open()
	form, err := o.listForm(ctx, q)
	if err != nil {
		return nil, err
	}
	return o.list().Load(ctx, question{scope, form})
}

// Count loads the length of one list.
// A nil filter counts the whole scope. Facets with the same filter are a separate load.
func (s *Set[E]) Count(ctx context.Context, scope content.Scope, filter any) (int, error) {
	o := s.open()
	form, err := o.facetForm(ctx, content.FacetQuery{Filter: filter})
	if err != nil {
		return 0, err
	}
	return o.count().Load(ctx, question{scope, form})
}

// Lists loads the whole lists of several scopes together. Their entities are stored for Load.
func (s *Set[E]) Lists(ctx context.Context, scopes []content.Scope) ([]*content.Slice[E], error) {
	o := s.open()
	form := o.queries.form(content.Query{})
	return o.list().LoadMany(ctx, questions(scopes, form))
}

// Counts loads the lengths of the lists of several scopes together.
func (s *Set[E]) Counts(ctx context.Context, scopes []content.Scope) ([]int, error) {
	o := s.open()
	form := o.facetQs.form(content.FacetQuery{})
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
func (s *Set[E]) Facets(ctx context.Context, scope content.Scope, q content.FacetQuery) ([]content.Facet, error) {
	o := s.open()
	form, err := o.facetForm(ctx, q)
	if err != nil {
		return nil, err
	}
	return o.facet().Load(ctx, question{scope, form})
}

// readKeys reads the entries of a batch by their keys.
func (s *openSet[E]) readKeys(ctx context.Context, keys []string) ([]E, error) {
	found, err := s.readNamed(ctx, keys, &s.wholeKeys, s.collection.ByKeys, s.collection.Pages)
	if err != nil {
		return nil, err
	}
	touch(ctx, s.Type(), found...)
	return found, nil
}

// readSlugs reads the entries of a batch by their slugs.
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

// readLists reads the lists of a batch.
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

// readCounts counts the lists of a batch.
func (s *openSet[E]) readCounts(ctx context.Context, asked []question) ([]int, error) {
	return perQuery(asked, &s.facetQs, func(q content.FacetQuery, of []question) ([]int, error) {
		return s.collection.Count(ctx, q.Filter, scopesOf(of)...)
	})
}

// readFacets counts the facets of a batch.
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
func perQuery[Q canonical, V any](asked []question, queries *queryMap[Q], read func(Q, []question) ([]V, error)) ([]V, error) {
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
