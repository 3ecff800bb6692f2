package search

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"patternhub/internal/content"
)

// Answer is the result of a search. Its methods read when they are called.
// It belongs to one request and may outlive the generation that planned it: each method uses the
// current one, so counts may be newer than the plan.
type Answer struct {
	index *Index
	plan  *plan
	query query.Query
	tag   string
}

// Search plans a search after the index has applied all changes noted before the call. A search
// text without words finds nothing.
// It fails with BadUserInput if the text or the filter is too long, and with Unavailable if the index is
// not ready in time. Planning uses the index to look up words and to count, but reads no hits.
func (i *Index) Search(ctx context.Context, q content.Search) (*Answer, error) {
	if err := checkText("query", q.Text); err != nil {
		return nil, err
	}
	if err := i.await(ctx); err != nil {
		return nil, err
	}
	a := &Answer{index: i}
	err := i.withGeneration(ctx, func(g *generation) error {
		cond, err := narrow(q, g.tiers())
		if err != nil {
			return err
		}
		g.mu.RLock()
		a.tag = tagOf(q, g.state)
		g.mu.RUnlock()
		if a.plan, err = g.planOf(ctx, q.Text); err != nil {
			return err
		}
		a.query = a.plan.query()
		if cond != nil {
			b := bleve.NewBooleanQuery()
			b.AddMust(a.query)
			b.AddFilter(cond)
			a.query = b
		}
		return nil
	})
	return a, err
}

// tagOf binds cursors to a search and to the state of the index, because each change affects the
// scores of all entries.
// state combines all entries and their revisions, so it is the same on all replicas with the same
// content.
func tagOf(q content.Search, state uint64) string {
	raw, err := json.Marshal(q)
	if err != nil {
		raw = nil // strings and lists of strings always marshal
	}
	sum := sha256.Sum256(strconv.AppendUint(raw, state, 36))
	// 12 bytes do not collide by chance.
	return "SEARCH." + base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Tag binds the cursors of this answer: it is equal only for the same search of the same content.
func (a *Answer) Tag() string { return a.tag }

// Hits returns a page of hits, the best first; equal scores are ordered by type and key. after is
// the score and key of the last hit before the page.
// It reads one hit more than limit to find out whether there are more. A cursor of another order is
// BadUserInput. Cursors store scores as text that represents them exactly, since a hit is found
// again by its score.
func (a *Answer) Hits(ctx context.Context, after *content.Position, limit int) (*content.Hits, error) {
	r := bleve.NewSearchRequestOptions(a.query, limit+1, 0, false)
	r.SortBy([]string{"-_score", "_id"})
	if after != nil {
		score, ok := after.Value.(float64)
		if !ok {
			return nil, content.Fault(content.BadUserInput, "This is not a cursor of a search.")
		}
		r.SetSearchAfter([]string{strconv.FormatFloat(score, 'g', -1, 64), after.Key})
	}
	out := &content.Hits{}
	err := a.index.withGeneration(ctx, func(g *generation) error {
		found, err := g.run(ctx, r)
		if err != nil {
			return err
		}
		out.Total = int(found.Total) //nolint:gosec // at most the number of entries
		for _, hit := range found.Hits {
			out.Items = append(out.Items, content.Hit{ID: entryID(hit.ID), Score: hit.Score})
		}
		return nil
	})
	if len(out.Items) > limit {
		out.Items, out.HasNext = out.Items[:limit], true
	}
	return out, err
}

// Position returns the position of a hit, for Hits' after.
func (*Answer) Position(h content.Hit) content.Position {
	return content.Position{Value: h.Score, Key: docID(h.ID)}
}

// Facets returns how all hits are distributed over fields: TYPE, TIER, CATEGORY, DIFFICULTY; at
// most limit values of each, the most frequent first.
// It computes no scores. A field without values has an empty list.
func (a *Answer) Facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
	r := bleve.NewSearchRequestOptions(a.query, 0, 0, false)
	r.Score = "none"
	for _, f := range fields {
		r.AddFacet(f, bleve.NewFacetRequest(strings.ToLower(f), limit))
	}
	out := make([]content.Facet, len(fields))
	err := a.index.withGeneration(ctx, func(g *generation) error {
		found, err := g.run(ctx, r)
		if err != nil {
			return err
		}
		for i, f := range fields {
			out[i].Field = f
			if found.Facets[f] == nil {
				continue
			}
			for _, t := range found.Facets[f].Terms.Terms() {
				value, label := g.label(strings.ToLower(f), t.Term)
				out[i].Values = append(out[i].Values, content.FacetValue{Value: value, Label: label, Count: t.Count})
			}
		}
		return nil
	})
	return out, err
}

// label returns a facet's value as filters take it, and as words. A tier that is not in the index
// keeps its key.
func (g *generation) label(field, value string) (string, string) {
	if field != fieldTier {
		return value, content.Words(value)
	}
	if c := g.card(content.ID{Type: content.TypeTier, Key: value}); c != nil {
		return c.slug, c.name
	}
	return value, content.Words(value)
}

// DidYouMean returns a better text if the search found few hits; nil if there is none.
func (a *Answer) DidYouMean(ctx context.Context) (*string, error) {
	var text string
	err := a.index.withGeneration(ctx, func(g *generation) (err error) {
		text, err = g.correction(ctx, a.plan)
		return err
	})
	if err != nil || text == "" {
		return nil, err
	}
	return &text, nil
}

// run queries bleve. Its errors are internal, except for the end of ctx.
func (g *generation) run(ctx context.Context, r *bleve.SearchRequest) (*bleve.SearchResult, error) {
	found, err := g.index.SearchInContext(ctx, r)
	if err == nil {
		return found, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err() //nolint:wrapcheck // the caller's own
	}
	return nil, fmt.Errorf("ask the search index: %w", err)
}
