package relay

import (
	"context"
	"sort"
	"strings"

	"patternhub/internal/content"
)

// listedOrder tags the cursors of lists in their owner's order.
const listedOrder = "AS_STATED"

// Listed is the list of the entries with those keys. Without an orderBy it has the owner's
// order, which often is the order of importance.
func Listed[N any](src Source[N], keys []string, page Page, filter any, orderBy *content.OrderBy) (*Connection[N, *Edge[N]], error) {
	return listed(src, keys, page, filter, orderBy, func(int) func(Edge[N]) *Edge[N] { return plain[N] })
}

// ListedWith is the list of the entries that statements are about; each edge has its statement.
func ListedWith[N, E any, D interface{ Target() string }](src Source[N], rows []D, page Page, filter any, orderBy *content.OrderBy, edge func(Edge[N], D) E) (*Connection[N, E], error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Target()
	}
	return listed(src, keys, page, filter, orderBy, func(row int) func(Edge[N]) E {
		return func(e Edge[N]) E {
			if row == anyRow {
				return edge(e, statement(rows, any(e.Node).(content.Entry).Head().Key))
			}
			return edge(e, rows[row])
		}
	})
}

// anyRow is the row of a node that is not in the owner's order.
const anyRow = -1

// listed is a list of keys; edge returns what makes the edges of a row. With an orderBy it is found like
// any other list, and its edges look up their statement by key.
func listed[N, E any](src Source[N], keys []string, page Page, filter any, orderBy *content.OrderBy, edge func(row int) func(Edge[N]) E) (*Connection[N, E], error) {
	filter = content.FilterOrNil(filter)
	scope := content.Scope{Keys: strings.Join(keys, content.KeySeparator)}
	if len(keys) == 0 {
		return none[N, E](page)
	}
	if orderBy != nil {
		return FoundWith(src, scope, page, filter, orderBy, edge(anyRow))
	}
	tag := string(src.Type()) + "." + listedOrder
	window, err := page.window(tag)
	if err != nil {
		return nil, err
	}
	return &Connection[N, E]{order: tag, src: src, scope: scope, filter: filter, window: window, edge: edge, keys: keys}, nil
}

// none is an empty list, which reads nothing. Its arguments are checked as for any list.
func none[N, E any](page Page) (*Connection[N, E], error) {
	page.After, page.Before = nil, nil
	if _, err := page.window(""); err != nil {
		return nil, err
	}
	return &Connection[N, E]{list: empty[N, E]{}}, nil
}

type empty[N, E any] struct{ unasked }

func (empty[N, E]) read(context.Context) (*part[N, E], error) { return &part[N, E]{}, nil }
func (empty[N, E]) count(context.Context) (int, error)        { return 0, nil }

// rows returns the rows of a list in its owner's order that are in the window, and whether there are more before and after it. found has the
// entries that match the filter, or is nil without one.
func (c *Connection[N, E]) rows(found map[string]N) (rows []int, before, after bool) {
	rows = make([]int, 0, len(c.keys))
	for i, k := range c.keys {
		if found == nil || has(found, k) {
			rows = append(rows, i)
		}
	}
	return cut(rows, c.keys, c.window)
}

// keysAt returns the keys of rows.
func (c *Connection[N, E]) keysAt(rows []int) []string {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = c.keys[r]
	}
	return keys
}

// readListed reads a window of a list in its owner's order. Without a filter it reads only the keys in the window; with one it asks
// the store which of the keys match. Entries that are missing from the perspective are left out, so a page
// may be shorter than asked for.
func (c *Connection[N, E]) readListed(ctx context.Context) (*part[N, E], error) {
	var found map[string]N
	if c.filter != nil {
		s, err := c.src.List(ctx, c.scope, content.Query{Filter: c.filter})
		if err != nil {
			return nil, err
		}
		found = byKey(s.Items)
	}
	rows, before, after := c.rows(found)
	p := &part[N, E]{hasNext: after, hasPrevious: before}
	if found == nil {
		nodes, err := c.src.LoadAll(ctx, c.keysAt(rows))
		if err != nil {
			return nil, err
		}
		found = byKey(nodes)
	}
	for _, r := range rows {
		if n, ok := found[c.keys[r]]; ok {
			p.add(n, content.Position{Value: r, Key: c.keys[r]}, c.edge(r))
		}
	}
	return p, nil
}

// noFacets returns the facets of an empty list.
func noFacets(fields []string) []content.Facet {
	out := make([]content.Facet, len(fields))
	for i, f := range fields {
		out[i] = content.Facet{Field: f}
	}
	return out
}

func has[N any](known map[string]N, key string) bool {
	_, ok := known[key]
	return ok
}

func byKey[N any](nodes []N) map[string]N {
	out := make(map[string]N, len(nodes))
	for _, n := range nodes {
		out[any(n).(content.Entry).Head().Key] = n
	}
	return out
}

// cut selects the window from a list of ascending row numbers, and reports whether rows lie before and
// after it. When the list has changed, a cursor's row moves with its key.
func cut(rows []int, keys []string, w content.Window) (part []int, before, after bool) {
	from, to := 0, len(rows)
	if w.After != nil {
		at := rowOf(w.After, keys)
		from = sort.SearchInts(rows, at+1)
	}
	if w.Before != nil {
		at := rowOf(w.Before, keys)
		to = max(from, sort.SearchInts(rows, at))
	}
	if w.Backward {
		from = max(from, to-w.Limit)
	} else {
		to = min(to, from+w.Limit)
	}
	return rows[from:to], from > 0, to < len(rows)
}

// rowOf returns the row of a position: the old row if it still has the key, the key's new row if it
// has moved, and the old row number if the key is gone.
func rowOf(p *content.Position, keys []string) int {
	row := -1
	if f, ok := p.Value.(float64); ok && f >= 0 && f < 1<<31 {
		row = int(f)
	}
	if row >= 0 && row < len(keys) && keys[row] == p.Key {
		return row
	}
	for i, k := range keys {
		if k == p.Key {
			return i
		}
	}
	return row
}
