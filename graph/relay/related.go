package relay

import (
	"context"
	"slices"
	"strings"

	"patternhub/internal/content"
)

// Relations selects the relations of a pattern to list. A nil Kinds selects all of them.
type Relations struct {
	Kinds     []content.PatternRelation
	Direction content.RelationDirection
}

// The directions in which relations are read.
const (
	out  content.RelationDirection = "OUT"
	in   content.RelationDirection = "IN"
	both content.RelationDirection = "BOTH"
)

// patterns is the source of the related patterns.
type patterns = Source[*content.Pattern]

// related is a pattern with its relations as seen from another one.
type related struct {
	other string
	rows  []StatedRelation
}

// Related is the list of the patterns related to one: those that it refers to, in its own order,
// then those that refer to it, by name. A symmetric relation, which both sides have, occurs once if
// both directions are asked for.
// Several relations to one pattern are one edge, at the position of the first: clients that store
// edges by their node would lose all others. What patterns state bounds the list, so it is read whole
// and cut here.
func Related(src patterns, of *content.Pattern, relations Relations, page Page, filter *content.PatternFilter) (*PatternRelationConnection, error) {
	tag := string(content.TypePattern) + ".RELATED." + string(relations.Direction)
	window, err := page.window(tag)
	if err != nil {
		return nil, err
	}
	return &PatternRelationConnection{order: tag, list: &neighbors{src, of, relations, window, content.FilterOrNil(filter)}}, nil
}

// neighbors is the list of the patterns related to one.
type neighbors struct {
	src       patterns
	of        *content.Pattern
	relations Relations
	window    content.Window
	filter    any
}

// incoming is the scope of the patterns that refer to the pattern.
func (l *neighbors) incoming() content.Scope {
	return content.Scope{Ref: content.RefTo("relatedPatterns.pattern", l.of.Key)}
}

// among is the scope of related patterns.
func among(rows []related) content.Scope {
	return content.Scope{Keys: strings.Join(keysOf(rows), content.KeySeparator)}
}

// all returns the related patterns without regard to the filter, in order. The other direction costs one
// command.
func (l *neighbors) all(ctx context.Context) ([]related, error) {
	var all gathered
	if l.relations.Direction != in {
		for _, row := range l.of.Relations {
			if l.relations.wants(row.Relation) {
				all.add(row.PatternKey, StatedRelation{row, out})
			}
		}
	}
	if l.relations.Direction != out {
		incoming, err := l.src.List(ctx, l.incoming(), content.Query{})
		if err != nil {
			return nil, err
		}
		for _, p := range incoming.Items {
			l.relations.incoming(&all, p, l.of.Key)
		}
	}
	return all.list, nil
}

// rows returns the related patterns that are asked for, in order. A filter costs one command more.
func (l *neighbors) rows(ctx context.Context) ([]related, error) {
	all, err := l.all(ctx)
	if err != nil || l.filter == nil || len(all) == 0 {
		return all, err
	}
	fit, err := l.src.List(ctx, among(all), content.Query{Filter: l.filter})
	if err != nil {
		return nil, err
	}
	found := byKey(fit.Items)
	return slices.DeleteFunc(all, func(p related) bool { return found[p.other] == nil }), nil
}

// ask asks for one thing after the other, since each follows from the one before.
func (l *neighbors) ask(ctx context.Context, w want) (ready bool) {
	if l.relations.Direction != out && !l.src.Ask(ctx, content.Wanted{Scope: l.incoming()}) {
		return false
	}
	all, err := l.all(ctx)
	if err != nil || len(all) == 0 {
		return true
	}
	if w.what == theFacets {
		return l.src.Ask(ctx, content.Wanted{Scope: among(all), Facets: w.fields, Limit: w.limit, Filter: l.filter})
	}
	if l.filter != nil && !l.src.Ask(ctx, content.Wanted{Scope: among(all), Filter: l.filter}) {
		return false
	}
	if w.what == theCount {
		return true
	}
	rows, err := l.rows(ctx)
	if err != nil {
		return true
	}
	_, keys, _, _ := l.page(rows)
	return l.src.Ask(ctx, content.Wanted{Keys: keys})
}

func (l *neighbors) count(ctx context.Context) (int, error) {
	rows, err := l.rows(ctx)
	return len(rows), err
}

func (l *neighbors) facets(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
	all, err := l.all(ctx)
	if err != nil || len(all) == 0 {
		return noFacets(fields), err
	}
	return l.src.Facets(ctx, among(all), content.FacetQuery{Filter: l.filter, Fields: fields, Limit: limit})
}

// page returns the indices of the patterns in the window, their keys, and whether there are more before and
// after it.
func (l *neighbors) page(rows []related) (indices []int, keys []string, before, after bool) {
	all := keysOf(rows)
	indices = make([]int, len(rows))
	for i := range rows {
		indices[i] = i
	}
	indices, before, after = cut(indices, all, l.window)
	keys = make([]string, len(indices))
	for i, at := range indices {
		keys[i] = all[at]
	}
	return indices, keys, before, after
}

// read reads the patterns of the window.
func (l *neighbors) read(ctx context.Context) (*part[*content.Pattern, *PatternRelationEdge], error) {
	rows, err := l.rows(ctx)
	if err != nil {
		return nil, err
	}
	indices, keys, before, after := l.page(rows)
	nodes, err := l.src.LoadAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := byKey(nodes)
	p := &part[*content.Pattern, *PatternRelationEdge]{hasNext: after, hasPrevious: before}
	for i, at := range indices {
		if n := found[keys[i]]; n != nil {
			p.add(n, content.Position{Value: at, Key: keys[i]}, func(e Edge[*content.Pattern]) *PatternRelationEdge {
				return &PatternRelationEdge{Edge: e, StatedRelation: rows[at].rows[0], Relations: rows[at].rows}
			})
		}
	}
	return p, nil
}

// gathered collects relations by the other pattern, in the order of their first occurrence.
type gathered struct {
	list []related
	at   map[string]int
}

// add adds a relation to those with the other pattern.
func (g *gathered) add(other string, row StatedRelation) {
	at, ok := g.at[other]
	if !ok {
		if g.at == nil {
			g.at = map[string]int{}
		}
		at, g.at[other] = len(g.list), len(g.list)
		g.list = append(g.list, related{other: other})
	}
	g.list[at].rows = append(g.list[at].rows, row)
}

// incoming adds the relations that p has to the pattern with that key.
func (r Relations) incoming(all *gathered, p *content.Pattern, key string) {
	for _, row := range p.Relations {
		mirrored := r.Direction == both && row.Relation.Symmetric()
		if row.PatternKey == key && r.wants(row.Relation) && !mirrored {
			all.add(p.Key, StatedRelation{row, in})
		}
	}
}

func (r Relations) wants(kind content.PatternRelation) bool {
	return r.Kinds == nil || slices.Contains(r.Kinds, kind)
}

// keysOf returns the keys of the related patterns.
func keysOf(rows []related) []string {
	keys := make([]string, len(rows))
	for i, row := range rows {
		keys[i] = row.other
	}
	return keys
}
