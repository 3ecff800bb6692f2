package search

import (
	"context"

	"patternhub/internal/content"
)

// documents is one index of prepared entries, in whatever engine keeps it. It finds and counts; what to
// look for, and in which order, is the business of plan.go and suggest.go, which are the same for every
// engine. It is safe for concurrent use.
type documents interface {
	// find returns the matches of a request.
	find(ctx context.Context, r *request) (*result, error)
	// known returns which of some stems an entry has.
	known(ctx context.Context, stems []string) (map[string]bool, error)
	// near returns the words with at most so many typos, in any order. It may include the word itself.
	near(ctx context.Context, word string, typos int) ([]guess, error)
	// longer returns words that begin with a prefix, the shortest first, at most maxAlternatives.
	longer(ctx context.Context, prefix string) ([]string, error)
	// state identifies the entries in the index and their revisions.
	state(ctx context.Context) (uint64, error)
}

// request is what to find. Without a limit it only counts.
type request struct {
	query  clause
	filter clause // narrows the matches and does not score; nil for none
	limit  int
	after  *content.Position // the last hit of the page before
	// byScore sorts the hits by score and then by name in the index; otherwise they are sorted as
	// suggestions are, and have no scores.
	byScore bool
	cards   bool // whether hits have their cards
	// facets are the fields of which to count the values, among all matches and not only the hits.
	facets []string
	values int // the number of values of a facet
}

// result is what was found.
type result struct {
	// total counts all matches, also those beyond the limit.
	total  int
	hits   []hit
	facets map[string][]count
}

// cards returns the cards of the hits.
func (r *result) cards() []*card {
	out := make([]*card, 0, len(r.hits))
	for _, h := range r.hits {
		if h.card != nil {
			out = append(out, h.card)
		}
	}
	return out
}

// hit is an entry that was found.
type hit struct {
	id    content.ID
	score float64
	card  *card
}

// count is a value of a field and how many entries have it.
type count struct {
	value string
	count int
}

// clause is a condition on a document. It is one of the types below; an engine translates them.
type clause interface{ isClause() }

type (
	// term matches documents with a value in a field. A match scores by its weight.
	term struct {
		field, value string
		weight       float64
	}
	// fuzzy matches documents with a value in a field that is at most so many typos away.
	fuzzy struct {
		field, value string
		typos        int
	}
	// ids matches documents by their entries.
	ids []content.ID
	// some matches documents that at least min of its clauses match, or one if min is 0. Their scores
	// add up. Without clauses it matches nothing.
	some struct {
		of  []clause
		min int
	}
	// every matches documents that all of its clauses match; without clauses it matches all.
	every []clause
	// none matches the documents that its clause does not match.
	none struct{ of clause }
)

func (term) isClause()  {}
func (fuzzy) isClause() {}
func (ids) isClause()   {}
func (some) isClause()  {}
func (every) isClause() {}
func (none) isClause()  {}
