package relay

import (
	"context"

	"patternhub/content"
)

// Found is the list of entries in a scope: a whole collection, or what refers to something.
func Found[N, F any](src Source[N, F], scope content.Scope, page Page, filter *F, orderBy *content.OrderBy) (*Connection[N, Edge[N]], error) {
	return FoundWith(src, scope, page, filter, orderBy, plain[N])
}

// FoundWith is Found with edges that tell more than the entry.
// An order that the type does not have is told by the store, when the list is read.
func FoundWith[N, F, E any](src Source[N, F], scope content.Scope, page Page, filter *F, orderBy *content.OrderBy, edge func(Edge[N]) *E) (*Connection[N, E], error) {
	order := orderBy.Order()
	tag := orderTag(src.Type(), order)
	window, err := page.window(tag)
	if err != nil {
		return nil, err
	}
	q := content.Query[F]{Filter: filter, Order: order, Window: window}
	return &Connection[N, E]{
		order: tag,
		read: func(ctx context.Context) (*part[N, E], error) {
			s, err := src.List(ctx, scope, q)
			if err != nil {
				return nil, err
			}
			at := func(i int) place[N, E] { return place[N, E]{position(s.Items[i], order), edge} }
			return &part[N, E]{nodes: s.Items, place: at, hasNext: s.HasNext, hasPrevious: s.HasPrevious}, nil
		},
		count: func(ctx context.Context) (int, error) { return src.Count(ctx, scope, filter) },
		facets: func(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
			return src.Facets(ctx, scope, content.FacetQuery[F]{Filter: filter, Fields: fields, Limit: limit})
		},
	}, nil
}

//go:fix inline
func plain[N any](e Edge[N]) *Edge[N] { return new(e) }

// statement finds what a list of statements says about one entry; the zero statement when it
// says nothing, which happens only while the entry is being changed.
func statement[D interface{ Target() string }](rows []D, key string) D {
	for _, r := range rows {
		if r.Target() == key {
			return r
		}
	}
	var none D
	return none
}
