package relay

import (
	"context"
	"fmt"
	"strconv"

	"patternhub/internal/content"
)

// Source reads entries for connections. N is the entry. A loaders.Set is one, so the reads
// of several connections of a response are batched.
type Source[N any] interface {
	// Type returns the type of the entries.
	Type() content.EntryType
	// LoadAll reads entries by key, in order, without the missing ones.
	LoadAll(ctx context.Context, keys []string) ([]N, error)
	// List reads one list.
	List(ctx context.Context, scope content.Scope, q content.Query) (*content.Slice[N], error)
	// Count counts one list.
	Count(ctx context.Context, scope content.Scope, filter any) (int, error)
	// Facets returns the facets of one list.
	Facets(ctx context.Context, scope content.Scope, q content.FacetQuery) ([]content.Facet, error)

	// Ask asks for what one of the methods above reads. It reports whether that has been read, so that the
	// caller need not wait for it; if not, the caller may ask again later.
	Ask(ctx context.Context, w content.Wanted) (ready bool)
}

// Page holds the window arguments of a connection field. They are checked when the connection is
// made, before anything is read.
type Page struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// PageInfo describes where a part lies in its list. The cursors are nil for an empty part. Whether
// there is more follows from the read, without a count.
type PageInfo struct {
	StartCursor     *string
	EndCursor       *string
	HasNextPage     bool
	HasPreviousPage bool
}

// Edge is one position in a list.
type Edge[N any] struct {
	Cursor string
	Node   N
}

// part holds what a connection has read: nodes, and whether the list continues on either side. Positions
// and edges are computed only for the fields that show them: cards show nodes, and the position of
// each would cost as much as its fields.
type part[N, E any] struct {
	nodes       []N
	makers      []edgeMaker[N, E]
	maker       func(i int) edgeMaker[N, E]
	hasNext     bool
	hasPrevious bool
}

// edgeMaker makes the edge at a position of a list.
type edgeMaker[N, E any] struct {
	position content.Position
	edge     func(Edge[N]) E
}

func (p *part[N, E]) add(n N, at content.Position, edge func(Edge[N]) E) {
	p.nodes, p.makers = append(p.nodes, n), append(p.makers, edgeMaker[N, E]{at, edge})
}

func (p *part[N, E]) at(i int) edgeMaker[N, E] {
	if p.maker != nil {
		return p.maker(i)
	}
	return p.makers[i]
}

// Connection is a list that is read when its fields ask for it. Nodes, edges and pageInfo share one
// read, since a source answers equal questions from one read within a response. A field that is not
// selected costs nothing: a client that wants only totalCount pays for a count.
//
// Most lists come from a source. The others are lists of their own.
type Connection[N, E any] struct {
	order string
	list  list[N, E]

	// The fields below are those of a list from a source; edge returns what makes the edge of a row.
	src    Source[N]
	scope  content.Scope
	filter any
	window content.Window
	sorted content.Order
	edge   func(row int) func(Edge[N]) E
	// keys are the keys of a list in its owner's order, and nil for one that the source finds.
	keys []string
}

// list is a list that does not come from a source.
type list[N, E any] interface {
	read(ctx context.Context) (*part[N, E], error)
	count(ctx context.Context) (int, error)
	facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error)
	// ask asks for what one of the methods above reads.
	ask(ctx context.Context, w want) (ready bool)
}

// want is what a field of a connection reads.
type want struct {
	what   reading
	fields []string // of facets
	limit  int
}

type reading int

const (
	thePart reading = iota
	theCount
	theFacets
)

// unasked is the part of a list that has nothing to ask for, and no facets.
type unasked struct{}

func (unasked) ask(context.Context, want) bool { return true }

func (unasked) facets(_ context.Context, fields []string, _ int) ([]content.Facet, error) { //nolint:unparam // those of other lists fail
	return noFacets(fields), nil
}

// Ask asks for what a field reads, see Source. Its arguments are decoded.
func (c *Connection[N, E]) Ask(ctx context.Context, field string, args map[string]any) (ready bool) {
	var w want
	switch field {
	case "totalCount":
		w.what = theCount
	case "facets":
		fields, _ := args["fields"].([]string)
		limit, _ := args["limit"].(*int)
		once, n, err := facetArguments(fields, limit)
		if err != nil {
			return true
		}
		w = want{theFacets, once, n}
	}
	if c.list != nil {
		return c.list.ask(ctx, w)
	}
	return c.ask(ctx, w)
}

// Nodes returns the entries of this part of the list.
func (c *Connection[N, E]) Nodes(ctx context.Context) ([]N, error) {
	p, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	return p.nodes, nil
}

// Edges returns the entries with their cursors and the relation's data about them.
func (c *Connection[N, E]) Edges(ctx context.Context) ([]E, error) {
	p, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]E, len(p.nodes))
	for i, n := range p.nodes {
		at := p.at(i)
		out[i] = at.edge(Edge[N]{Cursor: encodeCursor(c.order, at.position), Node: n})
	}
	return out, nil
}

// PageInfo describes where this part lies in the list.
func (c *Connection[N, E]) PageInfo(ctx context.Context) (*PageInfo, error) {
	p, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	info := &PageInfo{HasNextPage: p.hasNext, HasPreviousPage: p.hasPrevious}
	if n := len(p.nodes); n > 0 {
		start, end := encodeCursor(c.order, p.at(0).position), encodeCursor(c.order, p.at(n-1).position)
		info.StartCursor, info.EndCursor = &start, &end
	}
	return info, nil
}

// TotalCount counts the whole filtered list.
func (c *Connection[N, E]) TotalCount(ctx context.Context) (int, error) {
	if c.list != nil {
		return c.list.count(ctx)
	}
	return c.count(ctx)
}

// maxFacetValues bounds the values of a facet; longer lists belong on their own page.
const maxFacetValues = 100

// Facets returns the distribution of the whole filtered list, once for each field.
func (c *Connection[N, E]) Facets(ctx context.Context, fields []string, limit *int) ([]content.Facet, error) {
	once, n, err := facetArguments(fields, limit)
	if err != nil {
		return nil, err
	}
	if c.list != nil {
		return c.list.facets(ctx, once, n)
	}
	return c.src.Facets(ctx, c.scope, c.facetQuery(once, n))
}

// facetArguments checks the arguments of facets and removes duplicate fields.
func facetArguments(fields []string, limit *int) (once []string, n int, err error) {
	n = defaultPage
	if limit != nil {
		n = *limit
	}
	if n < 1 || n > maxFacetValues {
		return nil, 0, content.Fault(content.BadUserInput, fmt.Sprintf("limit must be from 1 to %d.", maxFacetValues))
	}
	seen := make(map[string]bool, len(fields))
	once = make([]string, 0, len(fields)) // not nil: no fields are facets too
	for _, f := range fields {
		if !seen[f] {
			seen[f] = true
			once = append(once, f)
		}
	}
	return once, n, nil
}

const (
	// defaultPage is the size of a page if neither first nor last is given.
	defaultPage = 20
	// maxPage bounds a page, so that an answer stays small enough to handle.
	maxPage = 100
)

// window checks the window arguments against an order. Invalid ones fail with BadUserInput. A cursor of
// another order is refused, since its position means nothing in this one.
func (p Page) window(order string) (content.Window, error) {
	w := content.Window{Limit: defaultPage}
	if p.First != nil && p.Last != nil {
		return w, content.Fault(content.BadUserInput, "Give first or last, not both.")
	}
	if p.First != nil {
		w.Limit = *p.First
	}
	if p.Last != nil {
		w.Limit, w.Backward = *p.Last, true
	}
	if w.Limit < 1 || w.Limit > maxPage {
		return w, content.Fault(content.BadUserInput, "first and last must be from 1 to "+strconv.Itoa(maxPage)+".")
	}
	var err error
	if p.After != nil {
		if w.After, err = decodeCursor(order, *p.After); err != nil {
			return w, err
		}
	}
	if p.Before != nil {
		if w.Before, err = decodeCursor(order, *p.Before); err != nil {
			return w, err
		}
	}
	return w, nil
}

// orderTag binds cursors to a type and an order.
func orderTag(t content.EntryType, o content.Order) string {
	field := o.Field
	if field == "" {
		field = content.OrderName
	}
	if o.Desc {
		return string(t) + "." + field + ".DESC"
	}
	return string(t) + "." + field
}

// position returns the position of an entry in an order.
func position[N any](n N, o content.Order) content.Position {
	return content.PositionOf(any(n).(interface {
		content.Entry
		content.Orderable
	}), o)
}
