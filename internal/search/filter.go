package search

import (
	"context"
	"fmt"

	"patternhub/internal/content"
)

const (
	// maxFilterDepth and maxFilterValues bound every filter of the hub.
	maxFilterDepth  = 5
	maxFilterValues = 100
)

// narrowing converts filters to conditions, which have no score.
// It keeps the first error. Conditions are joined by "and".
type narrowing struct {
	tiers map[string]string // slug to key
	slugs map[string]bool   // the slugs of tiers that the filter names
	conds []clause
	err   error
}

// narrow returns the conditions of a search; nil if there are none.
// They do not affect scores, so a filter never changes the order of the remaining hits. A filter that names
// tiers is converted twice, since it names them by their slugs and entries have their keys.
func narrow(ctx context.Context, in documents, q content.Search) (clause, error) {
	n := narrowBy(q, nil)
	if n.err == nil && len(n.slugs) > 0 {
		tiers, err := tiersOf(ctx, in, n.slugs)
		if err != nil {
			return nil, err
		}
		n = narrowBy(q, tiers)
	}
	if n.err != nil || len(n.conds) == 0 {
		return nil, n.err
	}
	return every(n.conds), nil
}

// narrowBy converts a filter, with the keys of tiers by their slugs.
func narrowBy(q content.Search, tiers map[string]string) *narrowing {
	n := &narrowing{tiers: tiers, slugs: map[string]bool{}}
	if q.Types != nil {
		n.any(fieldType, asStrings(q.Types))
	}
	n.filter(q.Filter, 1)
	return n
}

// tiersOf returns the keys of tiers by their slugs. A slug that one tier has and another one had means the
// one that has it.
func tiersOf(ctx context.Context, in documents, slugs map[string]bool) (map[string]string, error) {
	var named []clause
	for s := range slugs {
		named = append(named, term{fieldSlug, s, 1})
	}
	found, err := in.find(ctx, &request{query: every{term{fieldType, string(content.TypeTier), 1}, some{of: named}}, limit: 2 * len(slugs), cards: true})
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, c := range found.cards() {
		for _, s := range c.Former {
			out[s] = c.Key
		}
	}
	for _, c := range found.cards() {
		out[c.Slug] = c.Key
	}
	return out, nil
}

// refuse records a BadUserInput error.
func (n *narrowing) refuse(message string) {
	if n.err == nil {
		n.err = content.Fault(content.BadUserInput, message)
	}
}

// bounded reports whether a list is short enough.
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
		parts := make([]clause, len(f.Or))
		for i, part := range f.Or {
			parts[i] = n.nested(part, depth+1)
		}
		n.conds = append(n.conds, some{of: parts})
	}
	if f.Not != nil {
		n.conds = append(n.conds, none{n.nested(f.Not, depth+1)})
	}
}

// nested returns the conditions of a part as one query, which matches everything if there are none.
func (n *narrowing) nested(f *content.SearchFilter, depth int) clause {
	inner := &narrowing{tiers: n.tiers, slugs: n.slugs}
	inner.filter(f, depth)
	if inner.err != nil && n.err == nil {
		n.err = inner.err
	}
	return every(inner.conds)
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
			n.slugs[s] = true
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

// any adds the condition that a field has one of the values.
func (n *narrowing) any(field string, values []string) {
	if n.bounded(len(values)) {
		n.conds = append(n.conds, anyOf(field, values))
	}
}

// none adds the condition that a field has none of the values, or no value.
func (n *narrowing) none(field string, values []string) {
	if n.bounded(len(values)) {
		n.conds = append(n.conds, none{anyOf(field, values)})
	}
}

// anyOf matches entries with one of the values, and none for an empty list.
func anyOf(field string, values []string) clause {
	parts := make([]clause, len(values))
	for i, v := range values {
		parts[i] = term{field, v, 1}
	}
	return some{of: parts}
}

// asStrings returns values as strings; nil stays nil, which is no condition.
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
