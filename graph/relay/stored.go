package relay

import (
	"context"

	"patternhub/internal/content"
)

// Stored is a list that a store reads in one order. It has no facets. Lists of settings are read without a
// loader, since few ask for them, and for few at a time.
type Stored[N any] struct {
	// Order tags the cursors, so that those of other lists are refused.
	Order string
	// Read reads a window, and Count counts the whole list.
	Read  func(ctx context.Context, w content.Window) (content.Slice[N], error)
	Count func(ctx context.Context) (int, error)
	// Position returns the position of an item in the order.
	Position func(N) content.Position
}

// Connect is the list in a window of a page.
func (s Stored[N]) Connect(page Page) (*Connection[N, *Edge[N]], error) {
	window, err := page.window(s.Order)
	if err != nil {
		return nil, err
	}
	return &Connection[N, *Edge[N]]{order: s.Order, list: &storedList[N]{of: s, window: window}}, nil
}

type storedList[N any] struct {
	unasked

	of     Stored[N]
	window content.Window
}

func (l *storedList[N]) count(ctx context.Context) (int, error) { return l.of.Count(ctx) }

func (l *storedList[N]) read(ctx context.Context) (*part[N, *Edge[N]], error) {
	found, err := l.of.Read(ctx, l.window)
	if err != nil {
		return nil, err
	}
	p := &part[N, *Edge[N]]{hasNext: found.HasNext, hasPrevious: found.HasPrevious}
	for _, n := range found.Items {
		p.add(n, l.of.Position(n), plain[N])
	}
	return p, nil
}
