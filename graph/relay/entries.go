package relay

import (
	"context"

	"patternhub/internal/content"
)

// ListedEntryEdge is one position in the list of all entries.
type ListedEntryEdge = Edge[*content.ListedEntry]

// ListedEntryConnection is the list of all entries, with its digest.
type ListedEntryConnection struct {
	Connection[*content.ListedEntry, *ListedEntryEdge]

	digest func(context.Context) (content.EntriesDigest, error)
}

// EntriesQuery says which working copies a list has, and in which order. Label returns the label of a value of a
// facet, or an empty text for the one that the store has.
type EntriesQuery struct {
	Filter *content.EntriesFilter
	Order  content.Order
	Label  func(ctx context.Context, field, value string) (string, error)
}

// ListedEntries is a list of working copies. It reads from the store without a loader, since an operation has few
// such lists.
// A cursor carries the order, so one of another order is refused. Counting, facets and the digest ignore the window.
func ListedEntries(store content.EntryList, page Page, q EntriesQuery) (*ListedEntryConnection, error) {
	order := orderTag("ENTRIES", q.Order)
	window, err := page.window(order)
	if err != nil {
		return nil, err
	}
	l := &entries{store: store, query: q, window: window}
	return &ListedEntryConnection{
		Connection: Connection[*content.ListedEntry, *ListedEntryEdge]{order: order, list: l},
		digest:     func(ctx context.Context) (content.EntriesDigest, error) { return store.EntriesDigest(ctx, q.Filter) },
	}, nil
}

// Digest computes the digest of the whole list.
// It reads every selected entry, so it is computed only if it is selected.
func (c *ListedEntryConnection) Digest(ctx context.Context) (string, error) {
	d, err := c.digest(ctx)
	return d.String(), err
}

// entries is the list of a connection. It has nothing to ask for in advance, since its reads are not batched.
type entries struct {
	unasked

	store  content.EntryList
	query  EntriesQuery
	window content.Window
}

// count counts the whole list, whatever the window.
func (l *entries) count(ctx context.Context) (int, error) {
	return l.store.CountEntries(ctx, l.query.Filter)
}

// read reads the window. Positions are those of the order, so that cursors survive changes of other entries.
func (l *entries) read(ctx context.Context) (*part[*content.ListedEntry, *ListedEntryEdge], error) {
	found, err := l.store.Entries(ctx, l.query.Filter, l.query.Order, l.window)
	if err != nil {
		return nil, err
	}
	p := &part[*content.ListedEntry, *ListedEntryEdge]{hasNext: found.HasNext, hasPrevious: found.HasPrevious}
	for _, e := range found.Items {
		p.add(e, e.Position(l.query.Order), plain[*content.ListedEntry])
	}
	return p, nil
}

// facets counts the values of the whole list. Label is called for each of them; limit bounds their number.
func (l *entries) facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
	out, err := l.store.EntriesFacets(ctx, l.query.Filter, fields, limit)
	if err != nil {
		return nil, err
	}
	for _, f := range out {
		for i := range f.Values {
			label, err := l.query.Label(ctx, f.Field, f.Values[i].Value)
			if err != nil {
				return nil, err
			}
			if label != "" {
				f.Values[i].Label = label
			}
		}
	}
	return out, nil
}
