package relay

import (
	"context"
	"sort"
	"strings"

	"patternhub/content"
)

// listedOrder tags the cursors of lists that keep the order in which their owner states them.
const listedOrder = "AS_STATED"

// Listed is the list of the entries with those keys, as an entry states them.
// Without an orderBy the order is that in which the owner states them, which often is one of
// importance.
func Listed[N, F any](src Source[N, F], keys []string, page Page, filter *F, orderBy *content.OrderBy) (*Connection[N, Edge[N]], error) {
	return listed(src, keys, page, filter, orderBy, func(int) func(Edge[N]) *Edge[N] { return plain[N] })
}

// ListedWith is the list of the entries that statements are about; each edge tells its statement.
func ListedWith[N, F, E any, D interface{ Target() string }](src Source[N, F], rows []D, page Page, filter *F, orderBy *content.OrderBy, edge func(Edge[N], D) *E) (*Connection[N, E], error) {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.Target()
	}
	return listed(src, keys, page, filter, orderBy, func(row int) func(Edge[N]) *E {
		return func(e Edge[N]) *E {
			if row == anyRow {
				return edge(e, statement(rows, any(e.Node).(content.Entry).Head().Key))
			}
			return edge(e, rows[row])
		}
	})
}

// anyRow stands for the row of a node that is not in the stated order.
const anyRow = -1

// listed is a list of keys; edge makes the edges of a row.
// With an orderBy it is a list like any other, whose edges find their statement by key.
func listed[N, F, E any](src Source[N, F], keys []string, page Page, filter *F, orderBy *content.OrderBy, edge func(row int) func(Edge[N]) *E) (*Connection[N, E], error) {
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
	return &Connection[N, E]{
		order: tag,
		read: func(ctx context.Context) (*part[N, E], error) {
			return readListed(ctx, src, keys, window, filter, edge)
		},
		count: func(ctx context.Context) (int, error) {
			if filter == nil {
				return len(keys), nil
			}
			return src.Count(ctx, scope, filter)
		},
		facets: func(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
			return src.Facets(ctx, scope, content.FacetQuery[F]{Filter: filter, Fields: fields, Limit: limit})
		},
	}, nil
}

// none is an empty list, which costs nothing. Its arguments are checked as always.
func none[N, E any](page Page) (*Connection[N, E], error) {
	page.After, page.Before = nil, nil
	if _, err := page.window(""); err != nil {
		return nil, err
	}
	return &Connection[N, E]{
		read:   func(context.Context) (*part[N, E], error) { return &part[N, E]{}, nil },
		count:  func(context.Context) (int, error) { return 0, nil },
		facets: func(_ context.Context, fields []string, _ int) ([]content.Facet, error) { return noFacets(fields), nil },
	}, nil
}

// noFacets are the facets of an empty list.
func noFacets(fields []string) []content.Facet {
	out := make([]content.Facet, len(fields))
	for i, f := range fields {
		out[i] = content.Facet{Field: f}
	}
	return out
}

// readListed reads a window of a list that its owner states. Without a filter only the keys in
// the window are read; with one the store says which of the keys fit.
// What is missing from the perspective is left out, so a page may be shorter than asked for.
func readListed[N, F, E any](ctx context.Context, src Source[N, F], keys []string, w content.Window, filter *F, edge func(int) func(Edge[N]) *E) (*part[N, E], error) {
	rows := make([]int, 0, len(keys))
	var known map[string]*N
	if filter != nil {
		s, err := src.List(ctx, content.Scope{Keys: strings.Join(keys, content.KeySeparator)}, content.Query[F]{Filter: filter})
		if err != nil {
			return nil, err
		}
		known = byKey(s.Items)
	}
	for i, k := range keys {
		if known == nil || known[k] != nil {
			rows = append(rows, i)
		}
	}
	rows, before, after := cut(rows, keys, w)
	p := &part[N, E]{hasNext: after, hasPrevious: before}
	if known == nil {
		wanted := make([]string, len(rows))
		for i, r := range rows {
			wanted[i] = keys[r]
		}
		nodes, err := src.LoadAll(ctx, wanted)
		if err != nil {
			return nil, err
		}
		known = byKey(nodes)
	}
	for _, r := range rows {
		if n := known[keys[r]]; n != nil {
			p.add(n, content.Position{Value: r, Key: keys[r]}, edge(r))
		}
	}
	return p, nil
}

func byKey[N any](nodes []*N) map[string]*N {
	out := make(map[string]*N, len(nodes))
	for _, n := range nodes {
		out[any(n).(content.Entry).Head().Key] = n
	}
	return out
}

// cut takes the window out of a list of row numbers, which grow, and tells whether something
// stands before and after it. A cursor's row moves with its key when the list has changed.
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

// rowOf finds the row that a position meant: its own when the key is still there, else where the
// key has gone to, else the row that it was.
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
