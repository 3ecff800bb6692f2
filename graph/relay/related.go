package relay

import (
	"context"
	"slices"
	"strings"

	"patternhub/content"
)

// Relations says which relations of a pattern to list. A nil Kinds is all of them.
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

// patterns is where relations read patterns.
type patterns = Source[content.Pattern, content.PatternFilter]

// related is one relation as seen from a pattern.
type related struct {
	content.RelationRow
	direction content.RelationDirection
	other     string
}

// Related is the list of the patterns that stand in relation to one: what it states, in its
// own order, then what others state about it, by their names. A symmetric relation, which
// both sides state, occurs once when both directions are asked for.
// Several relations to one pattern are several edges. The list is bounded by what patterns state,
// so it is read whole and cut here.
func Related(src patterns, of *content.Pattern, relations Relations, page Page, filter *content.PatternFilter) (*PatternRelationConnection, error) {
	tag := string(content.TypePattern) + ".RELATED." + string(relations.Direction)
	window, err := page.window(tag)
	if err != nil {
		return nil, err
	}
	return &PatternRelationConnection{
		order: tag,
		read: func(ctx context.Context) (*part[content.Pattern, PatternRelationEdge], error) {
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
			return src.Facets(ctx, scope, content.FacetQuery[content.PatternFilter]{Filter: filter, Fields: fields, Limit: limit})
		},
	}, nil
}

// rows gives all relations that are asked for, in order.
// It costs one command for the other direction and one for a filter.
func (r Relations) rows(ctx context.Context, src patterns, of *content.Pattern, filter *content.PatternFilter) ([]related, error) {
	var rows []related
	if r.Direction == out || r.Direction == both {
		for _, row := range of.Relations {
			if r.wants(row.Relation) {
				rows = append(rows, related{RelationRow: row, direction: out, other: row.PatternKey})
			}
		}
	}
	if r.Direction == in || r.Direction == both {
		incoming, err := src.List(ctx, content.Scope{Ref: content.RefTo("relatedPatterns.pattern", of.Key)}, content.Query[content.PatternFilter]{})
		if err != nil {
			return nil, err
		}
		for _, p := range incoming.Items {
			rows = append(rows, r.incoming(p, of.Key)...)
		}
	}
	if filter == nil || len(rows) == 0 {
		return rows, nil
	}
	fit, err := src.List(ctx, content.Scope{Keys: strings.Join(keysOf(rows), content.KeySeparator)}, content.Query[content.PatternFilter]{Filter: filter})
	if err != nil {
		return nil, err
	}
	known := byKey(fit.Items)
	return slices.DeleteFunc(rows, func(row related) bool { return known[row.other] == nil }), nil
}

// incoming gives what a pattern states about the one with that key.
func (r Relations) incoming(p *content.Pattern, key string) []related {
	var rows []related
	for _, row := range p.Relations {
		mirrored := r.Direction == both && row.Relation.Symmetric()
		if row.PatternKey == key && r.wants(row.Relation) && !mirrored {
			rows = append(rows, related{RelationRow: row, direction: in, other: p.Key})
		}
	}
	return rows
}

func (r Relations) wants(kind content.PatternRelation) bool {
	return r.Kinds == nil || slices.Contains(r.Kinds, kind)
}

// keysOf gives the other ends, each once.
func keysOf(rows []related) []string {
	var keys []string
	for _, row := range rows {
		if !slices.Contains(keys, row.other) {
			keys = append(keys, row.other)
		}
	}
	return keys
}

// relatedPart reads the patterns of a window of relations.
func relatedPart(ctx context.Context, src patterns, rows []related, w content.Window) (*part[content.Pattern, PatternRelationEdge], error) {
	places, names := make([]int, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		places[i], names[i] = i, string(row.direction)+" "+string(row.Relation)+" "+row.other
	}
	places, before, after := cut(places, names, w)
	shown := make([]related, len(places))
	for i, at := range places {
		shown[i] = rows[at]
	}
	nodes, err := src.LoadAll(ctx, keysOf(shown))
	if err != nil {
		return nil, err
	}
	known := byKey(nodes)
	p := &part[content.Pattern, PatternRelationEdge]{hasNext: after, hasPrevious: before}
	for i, row := range shown {
		if n := known[row.other]; n != nil {
			p.add(n, content.Position{Value: places[i], Key: names[places[i]]}, func(e Edge[content.Pattern]) *PatternRelationEdge {
				return &PatternRelationEdge{Edge: e, RelationRow: row.RelationRow, Direction: row.direction}
			})
		}
	}
	return p, nil
}
