package search

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"

	"patternhub/internal/content"
)

// Answer is the result of a search. Its methods read when they are called.
// It belongs to one request. Each method reads the index as it is then, so counts may be newer than the
// plan.
type Answer struct {
	index *Index
	plan  *plan
	query clause
	// filter narrows the hits; nil for none.
	filter clause
	tag    string
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
	err := i.read(ctx, func(in documents) error {
		var err error
		if a.filter, err = narrow(ctx, in, q); err != nil {
			return err
		}
		state, err := in.state(ctx)
		if err != nil {
			return err
		}
		a.tag = tagOf(q, state)
		if a.plan, err = planOf(ctx, in, q.Text); err != nil {
			return err
		}
		a.query = a.plan.clause()
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
	r := &request{query: a.query, filter: a.filter, limit: limit + 1, after: after, byScore: true}
	if after != nil {
		if _, ok := after.Value.(float64); !ok {
			return nil, content.Fault(content.BadUserInput, "This is not a cursor of a search.")
		}
	}
	out := &content.Hits{}
	err := a.index.read(ctx, func(in documents) error {
		found, err := in.find(ctx, r)
		if err != nil {
			return err
		}
		out.Total = found.total
		for _, h := range found.hits {
			item := content.Hit{ID: h.id, Score: h.score}
			if h.card != nil {
				item.Revision = h.card.Revision
			}
			out.Items = append(out.Items, item)
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
	r := &request{query: a.query, filter: a.filter, values: limit}
	for _, f := range fields {
		r.facets = append(r.facets, strings.ToLower(f))
	}
	out := make([]content.Facet, len(fields))
	err := a.index.read(ctx, func(in documents) error {
		found, err := in.find(ctx, r)
		if err != nil {
			return err
		}
		tiers, err := cardsOf(ctx, in, content.TypeTier, found.facets[fieldTier])
		if err != nil {
			return err
		}
		for i, f := range fields {
			out[i].Field = f
			for _, c := range found.facets[r.facets[i]] {
				value := content.FacetValue{Value: c.value, Label: content.Words(c.value), Count: c.count}
				if tier := tiers[c.value]; tier != nil && r.facets[i] == fieldTier {
					value.Value, value.Label = tier.Slug, tier.Name
				}
				out[i].Values = append(out[i].Values, value)
			}
		}
		return nil
	})
	return out, err
}

// cardsOf returns the cards of entries of a type, by their keys, which are the values of a facet.
func cardsOf(ctx context.Context, in documents, t content.EntryType, keys []count) (map[string]*card, error) {
	if len(keys) == 0 {
		return map[string]*card{}, nil
	}
	wanted := make(ids, len(keys))
	for i, k := range keys {
		wanted[i] = content.ID{Type: t, Key: k.value}
	}
	found, err := in.find(ctx, &request{query: wanted, limit: len(wanted), cards: true})
	if err != nil {
		return nil, err
	}
	out := map[string]*card{}
	for _, c := range found.cards() {
		out[c.Key] = c
	}
	return out, nil
}

// DidYouMean returns a better text if the search found few hits; nil if there is none.
func (a *Answer) DidYouMean(ctx context.Context) (*string, error) {
	var text string
	err := a.index.read(ctx, func(in documents) (err error) {
		text, err = a.plan.correction(ctx, in)
		return err
	})
	if err != nil || text == "" {
		return nil, err
	}
	return &text, nil
}
