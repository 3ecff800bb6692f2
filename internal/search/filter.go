package search

import (
	"fmt"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"

	"patternhub/internal/content"
)

const (
	// maxFilterDepth and maxFilterValues bound every filter of the hub.
	maxFilterDepth  = 5
	maxFilterValues = 100
)

// narrowing converts filters to conditions, which are queries without a score.
// It keeps the first error. Conditions are joined by "and".
type narrowing struct {
	tiers map[string]string // slug to key
	conds []query.Query
	err   error
}

// narrow returns the conditions of a search; nil if there are none.
// They do not affect scores, so a filter never changes the order of the remaining hits.
func narrow(q content.Search, tiers map[string]string) (query.Query, error) {
	n := &narrowing{tiers: tiers}
	if q.Types != nil {
		n.any(fieldType, asStrings(q.Types))
	}
	n.filter(q.Filter, 1)
	if n.err != nil || len(n.conds) == 0 {
		return nil, n.err
	}
	return bleve.NewConjunctionQuery(n.conds...), nil
}

// refuse records a BadUserInput error.
func (n *narrowing) refuse(message string) {
	if n.err == nil {
		n.err = content.Fault(content.BadUserInput, message)
	}
}

func (n *narrowing) bounded(count int) bool {
	if count > maxFilterValues {
		n.refuse(fmt.Sprintf("A filter takes at most %d values in a list; this one has %d.", maxFilterValues, count))
	}
	return count <= maxFilterValues
}

// filter adds the conditions of a filter; depth begins with 1. Empty lists have the meaning they
// have in filters of lists: an empty And matches everything, an empty Or nothing.
func (n *narrowing) filter(f *content.SearchFilter, depth int) {
	if f == nil || n.err != nil {
		return
	}
	if depth > maxFilterDepth {
		n.refuse(fmt.Sprintf("Filters nest at most %d deep.", maxFilterDepth))
		return
	}
	if f.Type != nil {
		n.enum(fieldType, asStrings(f.Type.In), asStrings(f.Type.NotIn))
	}
	if f.Category != nil {
		n.enum(fieldCategory, asStrings(f.Category.In), asStrings(f.Category.NotIn))
	}
	if f.Difficulty != nil {
		n.enum(fieldDifficulty, asStrings(f.Difficulty.In), asStrings(f.Difficulty.NotIn))
	}
	n.tier(f.Tier)
	if n.bounded(len(f.And)) {
		for _, part := range f.And {
			n.filter(part, depth+1)
		}
	}
	if f.Or != nil && n.bounded(len(f.Or)) {
		parts := make([]query.Query, len(f.Or))
		for i, part := range f.Or {
			parts[i] = n.nested(part, depth+1)
		}
		n.conds = append(n.conds, bleve.NewDisjunctionQuery(parts...))
	}
	if f.Not != nil {
		n.conds = append(n.conds, not(n.nested(f.Not, depth+1)))
	}
}

// nested returns the conditions of a part as one query, which matches everything if there are none.
func (n *narrowing) nested(f *content.SearchFilter, depth int) query.Query {
	inner := &narrowing{tiers: n.tiers}
	inner.filter(f, depth)
	if inner.err != nil && n.err == nil {
		n.err = inner.err
	}
	return bleve.NewConjunctionQuery(append(inner.conds, bleve.NewMatchAllQuery())...)
}

// enum adds the conditions on an enum. A nil list is no condition.
func (n *narrowing) enum(field string, in, notIn []string) {
	if in != nil {
		n.any(field, in)
	}
	if notIn != nil {
		n.none(field, notIn)
	}
}

// tier adds the conditions on the tier, of which an entry has at most one.
// An unknown slug becomes an empty key, which matches no entry.
func (n *narrowing) tier(f *content.SlugFilter) {
	if f == nil {
		return
	}
	keys := func(slugs []string) []string {
		out := make([]string, 0, len(slugs))
		for _, s := range slugs {
			out = append(out, n.tiers[s])
		}
		return out
	}
	if f.In != nil {
		n.any(fieldTier, keys(f.In))
	}
	if n.bounded(len(f.All)) {
		for _, key := range keys(f.All) {
			n.any(fieldTier, []string{key})
		}
	}
	if f.None != nil {
		n.none(fieldTier, keys(f.None))
	}
}

func (n *narrowing) any(field string, values []string) {
	if n.bounded(len(values)) {
		n.conds = append(n.conds, anyOf(field, values))
	}
}

func (n *narrowing) none(field string, values []string) {
	if n.bounded(len(values)) {
		n.conds = append(n.conds, not(anyOf(field, values)))
	}
}

// anyOf matches entries with one of the values, and none for an empty list.
func anyOf(field string, values []string) query.Query {
	parts := make([]query.Query, len(values))
	for i, v := range values {
		parts[i] = termQuery(field, v, 1)
	}
	return bleve.NewDisjunctionQuery(parts...)
}

// not matches all entries that q does not match. Bleve needs a query to subtract from.
func not(q query.Query) query.Query {
	out := bleve.NewBooleanQuery()
	out.AddMust(bleve.NewMatchAllQuery())
	out.AddMustNot(q)
	return out
}

func asStrings[S ~string](list []S) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return out
}
