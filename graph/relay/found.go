package relay

import (
	"context"
	"strings"

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
	after, before := page.takeSlugs()
	window, err := page.window(tag)
	if err != nil {
		return nil, err
	}
	if after != nil {
		window.After = after
	}
	if before != nil {
		window.Before = before
	}
	return &Connection[N, E]{
		order: tag, src: src, scope: scope, filter: filter, window: window, sorted: order,
		edge: func(int) func(Edge[N]) E { return edge },
	}, nil
}

// slugMark begins a cursor that names an entry by its slug. The letters of other cursors are those of base64.
const slugMark = "@"

// takeSlugs removes cursors that name entries by their slugs and returns the positions of these entries.
func (p *Page) takeSlugs() (after, before *content.Position) {
	take := func(cursor **string) *content.Position {
		if *cursor == nil || !strings.HasPrefix(**cursor, slugMark) {
			return nil
		}
		at := &content.Position{Slug: strings.TrimPrefix(**cursor, slugMark)}
		*cursor = nil
		return at
	}
	return take(&p.After), take(&p.Before)
}

func (c *Connection[N, E]) facetQuery(fields []string, limit int) content.FacetQuery {
	return content.FacetQuery{Filter: c.filter, Fields: fields, Limit: limit}
}

// query is what a found list reads.
func (c *Connection[N, E]) query() content.Query {
	return content.Query{Filter: c.filter, Order: c.sorted, Window: c.window}
}

func (c *Connection[N, E]) count(ctx context.Context) (int, error) {
	if c.keys != nil && c.filter == nil {
		return len(c.keys), nil
	}
	return c.src.Count(ctx, c.scope, c.filter)
}

// ask asks for what a list from a source reads.
func (c *Connection[N, E]) ask(ctx context.Context, w want) (ready bool) {
	switch {
	case w.what == theCount:
		return c.keys != nil && c.filter == nil || c.src.Ask(ctx, content.Wanted{Scope: c.scope, Count: true, Filter: c.filter})
	case w.what == theFacets:
		return c.src.Ask(ctx, content.Wanted{Scope: c.scope, Facets: w.fields, Limit: w.limit, Filter: c.filter})
	case c.keys == nil:
		return c.src.Ask(ctx, content.Wanted{Scope: c.scope, Query: c.query(), Filter: c.filter})
	case c.filter != nil:
		return c.src.Ask(ctx, content.Wanted{Scope: c.scope, Filter: c.filter})
	}
	rows, _, _ := c.rows(nil)
	return c.src.Ask(ctx, content.Wanted{Keys: c.keysAt(rows)})
}

func (c *Connection[N, E]) read(ctx context.Context) (*part[N, E], error) {
	switch {
	case c.list != nil:
		return c.list.read(ctx)
	case c.keys != nil:
		return c.readListed(ctx)
	}
	s, err := c.src.List(ctx, c.scope, c.query())
	if err != nil {
		return nil, err
	}
	at := func(i int) edgeMaker[N, E] {
		return edgeMaker[N, E]{position(s.Items[i], c.sorted), c.edge(i)}
	}
	return &part[N, E]{nodes: s.Items, maker: at, hasNext: s.HasNext, hasPrevious: s.HasPrevious}, nil
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
