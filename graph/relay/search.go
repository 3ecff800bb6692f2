package relay

import (
	"context"
	"sync"

	"patternhub/content"
)

// Ranked is what a search has to tell; see package search, whose Answer is one.
type Ranked interface {
	// Tag binds cursors to the search and the state of the content.
	Tag() string
	// Hits gives a part of what was found.
	Hits(ctx context.Context, after *content.Position, limit int) (*content.Hits, error)
	// Position is where a hit stands.
	Position(h content.Hit) content.Position
	// Facets tells how all that was found is distributed.
	Facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error)
	// DidYouMean is what was probably meant.
	DidYouMean(ctx context.Context) (*string, error)
	// Highlights shows where the words stand in a whole entry.
	Highlights(e content.Entry) []*content.Highlight
}

// SearchResultEdge is one hit.
type SearchResultEdge struct {
	Cursor string
	Score  float64
	Node   content.Entry

	ranked Ranked
}

// Marked shows where the words of the search stand in the hit's whole entry.
func (e *SearchResultEdge) Marked(whole content.Entry) []*content.Highlight {
	return e.ranked.Highlights(whole)
}

// SearchResultConnection is what a search has found, read when its fields ask for it.
// It has no backward pages, because an index finds its best hits from the front alone.
type SearchResultConnection struct {
	ranked  Ranked
	window  content.Window
	entries func(context.Context, []content.ID) ([]content.Entry, error)

	mu   sync.Mutex
	hits *content.Hits
}

// Searched is the list of hits of a search. entries reads entries by id, in order, nil for what
// is missing.
func Searched(r Ranked, page Page, entries func(context.Context, []content.ID) ([]content.Entry, error)) (*SearchResultConnection, error) {
	window, err := page.window(r.Tag())
	if err != nil {
		return nil, err
	}
	return &SearchResultConnection{ranked: r, window: window, entries: entries}, nil
}

// read reads the hits once.
// After a fault the next field tries again.
func (c *SearchResultConnection) read(ctx context.Context) (*content.Hits, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.hits != nil {
		return c.hits, nil
	}
	hits, err := c.ranked.Hits(ctx, c.window.After, c.window.Limit)
	if err == nil {
		c.hits = hits
	}
	return hits, err
}

// Edges gives the hits. One whose entry has gone this very moment is left out.
func (c *SearchResultConnection) Edges(ctx context.Context) ([]*SearchResultEdge, error) {
	hits, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]content.ID, len(hits.Items))
	for i, h := range hits.Items {
		ids[i] = h.ID
	}
	found, err := c.entries(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]*SearchResultEdge, 0, len(ids))
	for i, h := range hits.Items {
		if found[i] != nil {
			out = append(out, &SearchResultEdge{Cursor: c.cursor(h), Score: h.Score, Node: found[i], ranked: c.ranked})
		}
	}
	return out, nil
}

func (c *SearchResultConnection) cursor(h content.Hit) string {
	return encodeCursor(c.ranked.Tag(), c.ranked.Position(h))
}

// Nodes gives the entries of the hits.
func (c *SearchResultConnection) Nodes(ctx context.Context) ([]content.Entry, error) {
	edges, err := c.Edges(ctx)
	out := make([]content.Entry, len(edges))
	for i, e := range edges {
		out[i] = e.Node
	}
	return out, err
}

// PageInfo tells where this part of the list stands.
func (c *SearchResultConnection) PageInfo(ctx context.Context) (*PageInfo, error) {
	hits, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	info := &PageInfo{HasNextPage: hits.HasNext, HasPreviousPage: c.window.After != nil}
	if n := len(hits.Items); n > 0 {
		start, end := c.cursor(hits.Items[0]), c.cursor(hits.Items[n-1])
		info.StartCursor, info.EndCursor = &start, &end
	}
	return info, nil
}

// TotalCount counts all that was found.
// It is at hand as soon as the hits were read.
func (c *SearchResultConnection) TotalCount(ctx context.Context) (int, error) {
	hits, err := c.read(ctx)
	if err != nil {
		return 0, err
	}
	return hits.Total, nil
}

// Facets tells how all that was found is distributed.
func (c *SearchResultConnection) Facets(ctx context.Context, fields []string, limit *int) ([]content.Facet, error) {
	once, n, err := facetArguments(fields, limit)
	if err != nil {
		return nil, err
	}
	return c.ranked.Facets(ctx, once, n)
}

// DidYouMean is what was probably meant where little was found.
func (c *SearchResultConnection) DidYouMean(ctx context.Context) (*string, error) {
	return c.ranked.DidYouMean(ctx)
}
