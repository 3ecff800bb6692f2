package relay

import (
	"context"

	"patternhub/internal/content"
)

// Found is the list of the entries in a scope: a whole collection, or the referrers of an entry.
func Found[N any](src Source[N], scope content.Scope, page Page, filter any, orderBy *content.OrderBy) (*Connection[N, *Edge[N]], error) {
	return FoundWith(src, scope, page, filter, orderBy, plain[N])
}

// FoundWith is Found with edges that have more fields. If the type does not have the order, the store
// reports it when the list is read.
func FoundWith[N, E any](src Source[N], scope content.Scope, page Page, filter any, orderBy *content.OrderBy, edge func(Edge[N]) E) (*Connection[N, E], error) {
	filter = content.FilterOrNil(filter)
	order := orderBy.Order()
	tag := orderTag(src.Type(), order)
	window, err := page.window(tag)
	if err != nil {
		return nil, err
	}
	q := content.Query{Filter: filter, Order: order, Window: window}
	return &Connection[N, E]{tag, &found[N, E]{scoped[N]{src, scope, filter}, q, edge}}, nil
}

// scoped is a list of a source, as far as its length and its facets go.
type scoped[N any] struct {
	src    Source[N]
	scope  content.Scope
	filter any
}

func (l *scoped[N]) facetQuery(fields []string, limit int) content.FacetQuery {
	return content.FacetQuery{Filter: l.filter, Fields: fields, Limit: limit}
}

func (l *scoped[N]) count(ctx context.Context) (int, error) {
	return l.src.Count(ctx, l.scope, l.filter)
}

func (l *scoped[N]) askCount(ctx context.Context) bool {
	return l.src.AskCount(ctx, l.scope, l.filter)
}

func (l *scoped[N]) facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
	return l.src.Facets(ctx, l.scope, l.facetQuery(fields, limit))
}

func (l *scoped[N]) askFacets(ctx context.Context, fields []string, limit int) bool {
	return l.src.AskFacets(ctx, l.scope, l.facetQuery(fields, limit))
}

// found is a list that the source finds.
type found[N, E any] struct {
	scoped[N]

	q    content.Query
	edge func(Edge[N]) E
}

func (l *found[N, E]) read(ctx context.Context) (*part[N, E], error) {
	s, err := l.src.List(ctx, l.scope, l.q)
	if err != nil {
		return nil, err
	}
	at := func(i int) edgeMaker[N, E] {
		return edgeMaker[N, E]{position(s.Items[i], l.q.Order), l.edge}
	}
	return &part[N, E]{nodes: s.Items, maker: at, hasNext: s.HasNext, hasPrevious: s.HasPrevious}, nil
}

func (l *found[N, E]) askRead(ctx context.Context) bool { return l.src.AskList(ctx, l.scope, l.q) }

//go:fix inline
func plain[N any](e Edge[N]) *Edge[N] { return new(e) }

// statement returns the statement of a list about one entry. It is the zero statement if there is
// none, which happens only while the entry is being changed.
func statement[D interface{ Target() string }](rows []D, key string) D {
	for _, r := range rows {
		if r.Target() == key {
			return r
		}
	}
	var none D
	return none
}
