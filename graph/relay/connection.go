package relay

import (
	"context"
	"fmt"
	"strconv"

	"patternhub/content"
)

// Source reads entries for connections. N is the entry, F its filter.
// A loaders.Set is one, so what several connections of a response ask is read together.
type Source[N, F any] interface {
	// Type is the type of the entries.
	Type() content.EntryType
	// LoadAll reads entries by key, in order, leaving out what is missing.
	LoadAll(ctx context.Context, keys []string) ([]*N, error)
	// List reads one list.
	List(ctx context.Context, scope content.Scope, q content.Query[F]) (*content.Slice[N], error)
	// Count counts one list.
	Count(ctx context.Context, scope content.Scope, filter *F) (int, error)
	// Facets gives the facets of one list.
	Facets(ctx context.Context, scope content.Scope, q content.FacetQuery[F]) ([]content.Facet, error)
}

// Page is the window arguments of a connection field, as given.
// What is wrong with them is told when the connection is made, before anything is read.
type Page struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// PageInfo tells where a part of a list stands.
// The cursors are nil for an empty part. Whether there is more is known without counting.
type PageInfo struct {
	StartCursor     *string
	EndCursor       *string
	HasNextPage     bool
	HasPreviousPage bool
}

// Edge is one place in a list.
type Edge[N any] struct {
	Cursor string
	Node   *N
}

// part is what a connection has read: nodes, and whether something surrounds them. Where they
// stand and how to make their edges is asked for by those fields alone that show it: cards
// show nodes, and the position of each would cost as much as its fields.
type part[N, E any] struct {
	nodes       []*N
	places      []place[N, E]
	place       func(i int) place[N, E]
	hasNext     bool
	hasPrevious bool
}

// place is a position in a list and how the edge there is made.
type place[N, E any] struct {
	position content.Position
	edge     func(Edge[N]) *E
}

func (p *part[N, E]) add(n *N, at content.Position, edge func(Edge[N]) *E) {
	p.nodes, p.places = append(p.nodes, n), append(p.places, place[N, E]{at, edge})
}

func (p *part[N, E]) at(i int) place[N, E] {
	if p.place != nil {
		return p.place(i)
	}
	return p.places[i]
}

// Connection is a list that is read when its fields ask for it. Nodes, edges and pageInfo
// share one read, since sources give the same answer to the same question within a response.
// A field that is not selected costs nothing: a client that wants only totalCount pays for a count.
type Connection[N, E any] struct {
	order  string
	read   func(context.Context) (*part[N, E], error)
	count  func(context.Context) (int, error)
	facets func(context.Context, []string, int) ([]content.Facet, error)
}

// Nodes gives the entries of this part of the list.
func (c *Connection[N, E]) Nodes(ctx context.Context) ([]*N, error) {
	p, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	return p.nodes, nil
}

// Edges gives the entries with their cursors and what the relation states about them.
func (c *Connection[N, E]) Edges(ctx context.Context) ([]*E, error) {
	p, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]*E, len(p.nodes))
	for i, n := range p.nodes {
		at := p.at(i)
		out[i] = at.edge(Edge[N]{Cursor: encodeCursor(c.order, at.position), Node: n})
	}
	return out, nil
}

// PageInfo tells where this part of the list stands.
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
func (c *Connection[N, E]) TotalCount(ctx context.Context) (int, error) { return c.count(ctx) }

// maxFacetValues bounds the values of a facet; longer lists belong on a page of their own.
const maxFacetValues = 100

// Facets tells how the whole filtered list is distributed. A field asked for twice is told once.
func (c *Connection[N, E]) Facets(ctx context.Context, fields []string, limit *int) ([]content.Facet, error) {
	once, n, err := facetArguments(fields, limit)
	if err != nil {
		return nil, err
	}
	return c.facets(ctx, once, n)
}

// facetArguments checks the arguments of facets and names each field once.
func facetArguments(fields []string, limit *int) (once []string, n int, err error) {
	n = defaultPage
	if limit != nil {
		n = *limit
	}
	if n < 1 || n > maxFacetValues {
		return nil, 0, content.Fault(content.BadUserInput, fmt.Sprintf("limit must be from 1 to %d.", maxFacetValues))
	}
	seen := make(map[string]bool, len(fields))
	for _, f := range fields {
		if !seen[f] {
			seen[f] = true
			once = append(once, f)
		}
	}
	return once, n, nil
}

const (
	// defaultPage is the size of a page when neither first nor last is given.
	defaultPage = 20
	// maxPage bounds a page, so that an answer stays small enough to handle.
	maxPage = 100
)

// window checks the window arguments against an order.
// What does not fit is BadUserInput. A cursor of another order is refused, since its position means
// nothing in this one.
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

// position is where an entry stands in an order.
// It makes cursors, so it must agree with the order in which the store sorts.
func position[N any](n *N, o content.Order) content.Position {
	e := any(n).(interface {
		content.Entry
		content.Orderable
	})
	v, _ := e.OrderValue(o.Field)
	return content.Position{Value: v, Key: e.Head().Key}
}
