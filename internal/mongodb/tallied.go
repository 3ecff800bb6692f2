package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
	"patternhub/internal/mongodb/tally"
)

// tally counts one list per scope in memory. It reports false if the Counter cannot.
func (c *collection[E]) tally(ctx context.Context, cond bson.D, scopes []content.Scope) ([]int, bool) {
	if mongo.SessionFromContext(ctx) != nil { // a transaction has a state of its own
		return nil, false
	}
	out := make([]int, len(scopes))
	ok := c.graph.counter.count(ctx, c.coll.Name(), func(x *tally.Index) bool {
		for i, s := range scopes {
			var ok bool
			if out[i], ok = x.Count(both(scoped(s), cond)); !ok {
				return false
			}
		}
		return true
	})
	return out, ok
}

// tallyFacets counts the facets of one list per scope in memory, without the labels of their values. It reports
// false if the Counter cannot; then there is room for the facets.
func (c *collection[E]) tallyFacets(ctx context.Context, cond bson.D, q content.FacetQuery, scopes []content.Scope) ([]map[string][]counted, bool) {
	out := make([]map[string][]counted, len(scopes))
	if mongo.SessionFromContext(ctx) != nil {
		return out, false
	}
	paths := make([]string, len(q.Fields))
	for i, f := range q.Fields {
		paths[i] = c.spec.facets[f].path
	}
	ok := c.graph.counter.count(ctx, c.coll.Name(), func(x *tally.Index) bool {
		for i, s := range scopes {
			found, ok := x.Facets(both(scoped(s), cond), paths, q.Limit)
			if !ok {
				return false
			}
			out[i] = make(map[string][]counted, len(paths))
			for j, f := range q.Fields {
				out[i][f] = []counted{{Buckets: found[j]}}
			}
		}
		return true
	})
	return out, ok
}

// label adds the entries whose keys are values of facets, with one command for all of them: a document with the
// keys of each type is joined with the collections of these types.
func (c *collection[E]) label(ctx context.Context, found []map[string][]counted) (err error) {
	keys := map[content.EntryType]bson.A{}
	for _, facets := range found {
		for f, one := range facets {
			if t := c.spec.facets[f].labels; t != "" {
				for _, b := range one[0].Buckets {
					keys[t] = append(keys[t], b.Value)
				}
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	named, err := c.named(ctx, keys)
	if err != nil {
		return err
	}
	for _, facets := range found {
		for f, one := range facets {
			one[0].Labels = named[c.spec.facets[f].labels]
		}
	}
	return nil
}

// named reads the slugs and names of entries of several types with one command.
func (c *collection[E]) named(ctx context.Context, keys map[content.EntryType]bson.A) (out map[content.EntryType][]content.Meta, err error) {
	row, stages := bson.D{}, bson.A{nil}
	for t, of := range keys {
		row = append(row, bson.E{Key: string(t), Value: of})
		stages = append(stages, bson.D{{Key: "$lookup", Value: bson.D{
			{Key: "from", Value: c.graph.raw(t).Name()},
			{Key: "localField", Value: string(t)},
			{Key: "foreignField", Value: "_id"},
			{Key: "pipeline", Value: bson.A{bson.D{{Key: "$project", Value: bson.D{{Key: "slug", Value: 1}, {Key: "name", Value: 1}}}}}},
			{Key: "as", Value: string(t)},
		}}})
	}
	stages[0] = bson.D{{Key: "$documents", Value: bson.A{row}}}
	ctx, done := asOf(ctx, c.graph.db)
	defer done(&err)
	cur, err := c.graph.db.Aggregate(ctx, stages)
	if err != nil {
		return nil, translate("label facets", err)
	}
	for cur.Next(ctx) {
		if err := bson.Unmarshal(cur.Current, &out); err != nil {
			return nil, fmt.Errorf("decode labels: %w", err)
		}
	}
	return out, translate("label facets", closed(ctx, cur))
}
