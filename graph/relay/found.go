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
	return &Connection[N, E]{
		order: tag,
		read: func(ctx context.Context) (*part[N, E], error) {
			s, err := src.List(ctx, scope, q)
			if err != nil {
				return nil, err
			}
			at := func(i int) edgeMaker[N, E] { return edgeMaker[N, E]{position(s.Items[i], order), edge} }
			return &part[N, E]{nodes: s.Items, maker: at, hasNext: s.HasNext, hasPrevious: s.HasPrevious}, nil
		},
		count: func(ctx context.Context) (int, error) { return src.Count(ctx, scope, filter) },
		facets: func(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
			return src.Facets(ctx, scope, content.FacetQuery{Filter: filter, Fields: fields, Limit: limit})
		},
	}, nil
}

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
