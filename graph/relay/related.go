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
	return &PatternRelationConnection{
		order: tag,
		read: func(ctx context.Context) (*part[*content.Pattern, *PatternRelationEdge], error) {
			rows, err := relations.rows(ctx, src, of, filter)
			if err != nil {
				return nil, err
			}
			return relatedPart(ctx, src, rows, window)
		},
		count: func(ctx context.Context) (int, error) {
			rows, err := relations.rows(ctx, src, of, filter)
			return len(rows), err
		},
		facets: func(ctx context.Context, fields []string, limit int) ([]content.Facet, error) {
			rows, err := relations.rows(ctx, src, of, nil)
			if err != nil || len(rows) == 0 {
				return noFacets(fields), err
			}
			scope := content.Scope{Keys: strings.Join(keysOf(rows), content.KeySeparator)}
			return src.Facets(ctx, scope, content.FacetQuery{Filter: content.FilterOrNil(filter), Fields: fields, Limit: limit})
		},
	}, nil
}

// rows returns the related patterns that are asked for, in order. It costs one command for the other
// direction and one for a filter.
func (r Relations) rows(ctx context.Context, src patterns, of *content.Pattern, filter *content.PatternFilter) ([]related, error) {
	var all gathered
	if r.Direction == out || r.Direction == both {
		for _, row := range of.Relations {
			if r.wants(row.Relation) {
				all.add(row.PatternKey, StatedRelation{row, out})
			}
		}
	}
	if r.Direction == in || r.Direction == both {
		incoming, err := src.List(ctx, content.Scope{Ref: content.RefTo("relatedPatterns.pattern", of.Key)}, content.Query{})
		if err != nil {
			return nil, err
		}
		for _, p := range incoming.Items {
			r.incoming(&all, p, of.Key)
		}
	}
	if filter == nil || len(all.list) == 0 {
		return all.list, nil
	}
	fit, err := src.List(ctx, content.Scope{Keys: strings.Join(keysOf(all.list), content.KeySeparator)}, content.Query{Filter: filter})
	if err != nil {
		return nil, err
	}
	found := byKey(fit.Items)
	return slices.DeleteFunc(all.list, func(p related) bool { return found[p.other] == nil }), nil
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

// relatedPart reads the patterns of a window.
func relatedPart(ctx context.Context, src patterns, rows []related, w content.Window) (*part[*content.Pattern, *PatternRelationEdge], error) {
	indices, keys := make([]int, len(rows)), keysOf(rows)
	for i := range rows {
		indices[i] = i
	}
	indices, before, after := cut(indices, keys, w)
	shown := make([]string, len(indices))
	for i, at := range indices {
		shown[i] = keys[at]
	}
	nodes, err := src.LoadAll(ctx, shown)
	if err != nil {
		return nil, err
	}
	found := byKey(nodes)
	p := &part[*content.Pattern, *PatternRelationEdge]{hasNext: after, hasPrevious: before}
	for _, at := range indices {
		if n := found[keys[at]]; n != nil {
			p.add(n, content.Position{Value: at, Key: keys[at]}, func(e Edge[*content.Pattern]) *PatternRelationEdge {
				return &PatternRelationEdge{Edge: e, StatedRelation: rows[at].rows[0], Relations: rows[at].rows}
			})
		}
	}
	return p, nil
}
