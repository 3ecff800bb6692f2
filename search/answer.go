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

	"patternhub/content"
)

// Answer is what a search has to tell. Nothing is read before it is asked for.
// It belongs to one request and outlives the generation that planned it: each method lends the one
// that is there, so what is counted may be newer than what was planned.
type Answer struct {
	index *Index
	plan  *plan
	query query.Query
	tag   string
}

// Search plans a search once the index knows all changes noted before. A text without words
// finds nothing.
// A query that is too long, or a filter that is, is BadUserInput; an index that is not ready in
// time is Unavailable. Planning looks words up and counts, so it needs the index; hits are not read
// yet.
func (i *Index) Search(ctx context.Context, q content.Search) (*Answer, error) {
	if err := checkText("query", q.Text); err != nil {
		return nil, err
	}
	if err := i.await(ctx); err != nil {
		return nil, err
	}
	a := &Answer{index: i}
	err := i.with(func(g *generation) error {
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

// tagOf binds cursors to a search and to the state of the index, because each change moves the
// scores of all entries.
// State is a sum of all entries with their revisions, so it is the same on all replicas that know
// the same.
func tagOf(q content.Search, state uint64) string {
	raw, err := json.Marshal(q)
	if err != nil {
		raw = nil // strings and lists of them always marshal
	}
	sum := sha256.Sum256(strconv.AppendUint(raw, state, 36))
	// 12 bytes never meet by chance.
	return "SEARCH." + base64.RawURLEncoding.EncodeToString(sum[:12])
}

// Tag binds the cursors of this answer: it is the same only for the same search of the same
// content.
func (a *Answer) Tag() string { return a.tag }

// Hits gives a part of what was found, the best first; equal scores are ordered by type and
// key. after is the score and key of the last hit before it.
// It reads one hit more than limit to know whether there are more. A cursor of another order is
// BadUserInput. Scores travel as text with as many digits as tell them exactly, since a hit is
// found again by its score.
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
	err := a.index.with(func(g *generation) error {
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

// Position is where a hit stands, for Hits' after.
func (*Answer) Position(h content.Hit) content.Position {
	return content.Position{Value: h.Score, Key: docID(h.ID)}
}

// Facets tells how all that was found is distributed over fields: TYPE, TIER, CATEGORY,
// DIFFICULTY; at most limit values of each, the most frequent first.
// Scores are not computed for it. A field without values has an empty list.
func (a *Answer) Facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
	r := bleve.NewSearchRequestOptions(a.query, 0, 0, false)
	r.Score = "none"
	for _, f := range fields {
		r.AddFacet(f, bleve.NewFacetRequest(strings.ToLower(f), limit))
	}
	out := make([]content.Facet, len(fields))
	err := a.index.with(func(g *generation) error {
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

// label gives a facet's value as filters take it, and in words.
// A tier that is not in the index keeps its key.
func (g *generation) label(field, value string) (string, string) {
	if field != fieldTier {
		return value, content.Words(value)
	}
	if c := g.card(content.ID{Type: content.TypeTier, Key: value}); c != nil {
		return c.slug, c.name
	}
	return value, content.Words(value)
}

// DidYouMean is what was probably meant where little was found; nil when there is nothing
// better.
func (a *Answer) DidYouMean(ctx context.Context) (*string, error) {
	var text string
	err := a.index.with(func(g *generation) (err error) {
		text, err = g.correction(ctx, a.plan)
		return err
	})
	if err != nil || text == "" {
		return nil, err
	}
	return &text, nil
}

// run asks bleve. Its faults are ours, but for the end of ctx.
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
