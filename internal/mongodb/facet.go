package mongodb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/tally"
)

// counted is one facet as the server counts it. Labels has the entries whose keys are values, without those
// that are missing.
type counted struct {
	Buckets []tally.Bucket `bson:"buckets"`
	Labels  []content.Meta `bson:"labels"`
}

// Facets returns the facets of one list per scope, with one command.
// Those of a large collection are counted by the Counter if it can. There must be at least one scope. Facets count the whole filtered list, not a window of it. A field
// that the type does not have fails with BadUserInput.
func (c *collection[E]) Facets(ctx context.Context, q content.FacetQuery, scopes ...content.Scope) ([][]content.Facet, error) {
	cond, err := c.where(q.Filter)
	if err != nil {
		return nil, err
	}
	branches, scanned := bson.D{}, len(scopes) == 1 && len(both(scoped(scopes[0]), cond)) == 0
	for _, f := range q.Fields {
		spec, ok := c.spec.facets[f]
		if !ok {
			return nil, content.Fault(content.BadUserInput, "Unknown facet field.")
		}
		scanned = scanned && !spec.list && slices.Contains(c.spec.indexes, spec.path)
		branches = append(branches, bson.E{Key: f, Value: append(spec.pipeline(q.Limit), c.labelled(spec)...)})
	}
	found, held := c.tallyFacets(ctx, cond, q, scopes)
	switch {
	case len(branches) == 0:
	case held:
		err = c.label(ctx, found)
	case scanned:
		found, err = c.countIndexed(ctx, q.Fields, branches)
	default:
		found, err = c.count(ctx, cond, branches, scopes)
	}
	if err != nil {
		return nil, err
	}
	out := make([][]content.Facet, len(scopes))
	for i := range scopes {
		out[i] = make([]content.Facet, len(q.Fields))
		for j, f := range q.Fields {
			out[i][j] = content.Facet{Field: f, Values: values(found[i][f])}
		}
	}
	return out, nil
}

// labelled returns the stages that gather a facet's values in one document, and join it with the entries
// whose keys they are, in the same perspective: one query for all values of a facet.
func (c *collection[E]) labelled(f facet) bson.A {
	stages := bson.A{bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: nil}, {Key: "buckets", Value: bson.D{{Key: "$push", Value: "$$ROOT"}}}}}}}
	if f.labels == "" {
		return stages
	}
	return append(stages, bson.D{{Key: "$lookup", Value: bson.D{
		{Key: "from", Value: c.graph.raw(f.labels).Name()},
		{Key: "localField", Value: "buckets._id"},
		{Key: "foreignField", Value: "_id"},
		{Key: "pipeline", Value: bson.A{bson.D{{Key: "$project", Value: bson.D{{Key: "slug", Value: 1}, {Key: "name", Value: 1}}}}}},
		{Key: "as", Value: "labels"},
	}}})
}

// pipeline counts the values of a field, the most frequent first. An entry without a value is not
// counted.
// An entry with several values is counted for each of them, so the counts of a list facet may add up
// to more than the number of entries. Equal counts are sorted by the stored value, so that the result
// is the same at every call.
func (f facet) pipeline(limit int) bson.A {
	path := "$" + f.path
	var stages bson.A
	if f.list { // an entry that has a value several times is counted once
		distinct := bson.D{{Key: "$setUnion", Value: bson.A{path}}}
		stages, path = bson.A{bson.D{{Key: "$project", Value: bson.D{{Key: "v", Value: distinct}}}}, bson.D{{Key: "$unwind", Value: "$v"}}}, "$v"
	}
	return append(stages,
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: path}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "$nin", Value: bson.A{nil, ""}}}}}}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: "n", Value: -1}, {Key: "_id", Value: 1}}}},
		bson.D{{Key: "$limit", Value: limit}},
	)
}

// count runs the facets' pipelines over each scope.
// All facets are branches of one $facet stage, so the list is read once for any number of fields.
func (c *collection[E]) count(ctx context.Context, cond, branches bson.D, scopes []content.Scope) (out []map[string][]counted, err error) {
	out = make([]map[string][]counted, len(scopes))
	if len(scopes) > 1 {
		pipeline := bson.A{bson.D{{Key: "$match", Value: cond}}, bson.D{{Key: "$facet", Value: branches}}}
		err := c.perScope(ctx, scopes, pipeline, func(i int, items bson.Raw) error {
			v, err := items.LookupErr("0")
			if err != nil {
				return fmt.Errorf("count facets: %w", err)
			}
			return bson.Unmarshal(v.Document(), &out[i])
		})
		return out, err
	}
	stages := bson.A{bson.D{{Key: "$match", Value: both(scoped(scopes[0]), cond)}}, bson.D{{Key: "$facet", Value: branches}}}
	err = c.graph.read(ctx, "count facets", beginAggregate(c.coll.Name(), stages, 1), func(raw bson.Raw) error {
		if err := bson.Unmarshal(raw, &out[0]); err != nil {
			return fmt.Errorf("decode facets: %w", err)
		}
		return nil
	})
	return out, err
}

// countIndexed counts facets of all entries by their indexes, without reading an entry: of 50,000 that
// takes a tenth of the time. All facets are one command, each a pipeline of its own. The condition
// matches every value, and lets the server choose the index.
func (c *collection[E]) countIndexed(ctx context.Context, fields []string, branches bson.D) (out []map[string][]counted, err error) {
	var stages bson.A
	for i, b := range branches {
		scan := bson.D{{Key: "$match", Value: bson.D{{Key: c.spec.facets[fields[i]].path, Value: bson.D{{Key: "$gte", Value: bson.MinKey{}}}}}}}
		name := bson.D{{Key: "$set", Value: bson.D{{Key: "field", Value: b.Key}}}}
		one := append(append(bson.A{scan}, b.Value.(bson.A)...), name)
		if i > 0 {
			one = bson.A{bson.D{{Key: "$unionWith", Value: bson.D{{Key: "coll", Value: c.coll.Name()}, {Key: "pipeline", Value: one}}}}}
		}
		stages = append(stages, one...)
	}
	found := map[string][]counted{}
	err = c.graph.read(ctx, "count facets", beginAggregate(c.coll.Name(), stages, len(branches)), func(raw bson.Raw) error {
		var one counted
		if err := bson.Unmarshal(raw, &one); err != nil {
			return fmt.Errorf("decode facets: %w", err)
		}
		field, _ := raw.Lookup("field").StringValueOK()
		found[field] = []counted{one}
		return nil
	})
	return []map[string][]counted{found}, err
}

// values returns facet values as clients see them: slugs and names for references, words for enums.
// A key without an entry is its own label. The published graph may have such keys, since Unpublish,
// unlike Withdraw, does not look for referrers. The result is never nil, since a facet without values is
// an empty list for clients.
func values(found []counted) []content.FacetValue {
	var all counted
	if len(found) > 0 { // nothing was counted otherwise
		all = found[0]
	}
	names := make(map[string]content.Meta, len(all.Labels))
	for _, m := range all.Labels {
		names[m.Key] = m
	}
	out := make([]content.FacetValue, 0, len(all.Buckets))
	for _, b := range all.Buckets {
		v := content.FacetValue{Value: fmt.Sprint(b.Value), Count: b.Count}
		switch x := b.Value.(type) {
		case bool:
			v.Label = "No"
			if x {
				v.Label = "Yes"
			}
		case string:
			v.Label = label(x)
		default:
			v.Label = v.Value
		}
		if m, ok := names[v.Value]; ok {
			v.Value, v.Label = m.Slug, m.Name
		}
		out = append(out, v)
	}
	return out
}

// label returns an enum value in words: "DATA_MANAGEMENT" becomes "Data management". It returns other
// texts as they are.
// A string in upper case is taken for an enum value.
func label(v string) string {
	if strings.ToUpper(v) != v || len(v) < 2 {
		return v
	}
	return content.Capital(strings.ToLower(strings.ReplaceAll(v, "_", " ")))
}
