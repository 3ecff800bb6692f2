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

// ListedEntries is the list of the working copies that a filter selects. It reads from the store without a
// loader, since an operation has few such lists. label returns the label of a value of a facet, or an empty
// text for the one that the store has.
func ListedEntries(store content.EntryList, page Page, filter *content.EntriesFilter, by content.Order, label func(ctx context.Context, field, value string) (string, error)) (*ListedEntryConnection, error) {
	order := orderTag("ENTRIES", by)
	window, err := page.window(order)
	if err != nil {
		return nil, err
	}
	l := &entries{store: store, filter: filter, by: by, window: window, label: label}
	return &ListedEntryConnection{
		Connection: Connection[*content.ListedEntry, *ListedEntryEdge]{order: order, list: l},
		digest:     func(ctx context.Context) (content.EntriesDigest, error) { return store.EntriesDigest(ctx, filter) },
	}, nil
}

// Digest computes the digest of the whole list.
func (c *ListedEntryConnection) Digest(ctx context.Context) (string, error) {
	d, err := c.digest(ctx)
	return d.String(), err
}

type entries struct {
	unasked

	store  content.EntryList
	filter *content.EntriesFilter
	by     content.Order
	window content.Window
	label  func(ctx context.Context, field, value string) (string, error)
}

func (l *entries) count(ctx context.Context) (int, error) { return l.store.CountEntries(ctx, l.filter) }

func (l *entries) read(ctx context.Context) (*part[*content.ListedEntry, *ListedEntryEdge], error) {
	found, err := l.store.Entries(ctx, l.filter, l.by, l.window)
	if err != nil {
		return nil, err
	}
	p := &part[*content.ListedEntry, *ListedEntryEdge]{hasNext: found.HasNext, hasPrevious: found.HasPrevious}
	for _, e := range found.Items {
		p.add(e, e.Position(l.by), plain[*content.ListedEntry])
	}
	return p, nil
}

func (l *entries) facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
	out, err := l.store.EntriesFacets(ctx, l.filter, fields, limit)
	if err != nil {
		return nil, err
	}
	for _, f := range out {
		for i := range f.Values {
			label, err := l.label(ctx, f.Field, f.Values[i].Value)
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
