package relay

import (
	"context"
	"sync"

	"patternhub/internal/content"
)

// Ranked is the result of a search; package search's Answer is one.
type Ranked interface {
	// Tag binds cursors to the search and the state of the content.
	Tag() string
	// Hits returns a part of the hits.
	Hits(ctx context.Context, after *content.Position, limit int) (*content.Hits, error)
	// Position returns the position of a hit.
	Position(h content.Hit) content.Position
	// Facets returns the distribution of all hits.
	Facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error)
	// DidYouMean returns the likely intended query, or nil.
	DidYouMean(ctx context.Context) (*string, error)
	// Highlights returns where the words occur in a complete entry.
	Highlights(e content.Entry) []*content.Highlight
}

// SearchResultEdge is one hit.
type SearchResultEdge struct {
	Cursor string
	Score  float64
	Node   content.Entry

	ranked Ranked
}

// Marked returns where the words of the search occur in the hit's complete entry.
func (e *SearchResultEdge) Marked(whole content.Entry) []*content.Highlight {
	return e.ranked.Highlights(whole)
}

// SearchResultConnection is the result of a search, read when its fields ask for it. It has no backward
// pages, because an index finds its best hits from the front only.
type SearchResultConnection struct {
	ranked  Ranked
	window  content.Window
	entries func(context.Context, []content.ID) ([]content.Entry, error)

	mu   sync.Mutex
	hits *content.Hits
}

// Searched is the list of hits of a search. entries reads entries by id, in order, with nil for a
// missing one.
func Searched(r Ranked, page Page, entries func(context.Context, []content.ID) ([]content.Entry, error)) (*SearchResultConnection, error) {
	window, err := page.window(r.Tag())
	if err != nil {
		return nil, err
	}
	return &SearchResultConnection{ranked: r, window: window, entries: entries}, nil
}

// read reads the hits once. After an error the next field reads again.
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

// Edges returns the hits, without those whose entry is not there, or not as it was found.
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
		if found[i] != nil && (h.Revision == 0 || h.Revision == found[i].Head().Revision) {
			out = append(out, &SearchResultEdge{Cursor: c.cursor(h), Score: h.Score, Node: found[i], ranked: c.ranked})
		}
	}
	return out, nil
}

func (c *SearchResultConnection) cursor(h content.Hit) string {
	return encodeCursor(c.ranked.Tag(), c.ranked.Position(h))
}

// Nodes returns the entries of the hits.
func (c *SearchResultConnection) Nodes(ctx context.Context) ([]content.Entry, error) {
	edges, err := c.Edges(ctx)
	out := make([]content.Entry, len(edges))
	for i, e := range edges {
		out[i] = e.Node
	}
	return out, err
}

// PageInfo describes where this part lies in the list.
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

// TotalCount returns the number of all hits. It costs nothing once the hits have been read.
func (c *SearchResultConnection) TotalCount(ctx context.Context) (int, error) {
	hits, err := c.read(ctx)
	if err != nil {
		return 0, err
	}
	return hits.Total, nil
}

// Facets returns the distribution of all hits.
func (c *SearchResultConnection) Facets(ctx context.Context, fields []string, limit *int) ([]content.Facet, error) {
	once, n, err := facetArguments(fields, limit)
	if err != nil {
		return nil, err
	}
	return c.ranked.Facets(ctx, once, n)
}

// DidYouMean returns the likely intended query if there are few hits.
func (c *SearchResultConnection) DidYouMean(ctx context.Context) (*string, error) {
	return c.ranked.DidYouMean(ctx)
}
