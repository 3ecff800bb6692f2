package mongodb

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// bucket is one value of a facet as the database counts it.
// The value is as it is stored: a key for a reference, a string for an enum or a text, a number, or
// a bool.
type bucket struct {
	Value any `bson:"_id"`
	Count int `bson:"n"`
}

// Facets gives the facets of one list per scope, with one command and one look-up per type
// whose entries' names are labels.
// There has to be at least one scope. Facets count over the whole filtered list, not over a window
// of it. A field that the type does not have is BadUserInput.
func (c *collection[T, F]) Facets(ctx context.Context, q content.FacetQuery[F], scopes ...content.Scope) ([][]content.Facet, error) {
	cond, err := c.where(ctx, q.Filter)
	if err != nil {
		return nil, err
	}
	branches := bson.D{}
	for _, f := range q.Fields {
		spec, ok := c.spec.facets[f]
		if !ok {
			return nil, content.Fault(content.BadUserInput, "Unknown facet field.")
		}
		branches = append(branches, bson.E{Key: f, Value: spec.pipeline(q.Limit)})
	}
	counted := make([]map[string][]bucket, len(scopes))
	if len(branches) > 0 {
		if counted, err = c.count(ctx, cond, branches, scopes); err != nil {
			return nil, err
		}
	}
	names, err := c.labels(ctx, q.Fields, counted)
	if err != nil {
		return nil, err
	}
	out := make([][]content.Facet, len(scopes))
	for i := range scopes {
		out[i] = make([]content.Facet, len(q.Fields))
		for j, f := range q.Fields {
			out[i][j] = content.Facet{Field: f, Values: values(counted[i][f], names[c.spec.facets[f].labels])}
		}
	}
	return out, nil
}

// pipeline counts the values of a field, the most frequent first. An entry without a value
// counts nowhere.
// An entry with several values counts at each of them, so the counts of a list facet may add up to
// more than there are entries. Equal counts are put in the order of the stored value, so that the
// answer does not change from one call to the next.
func (f facet) pipeline(limit int) bson.A {
	path := "$" + f.path
	var stages bson.A
	if f.list {
		field, nested, _ := strings.Cut(f.path, ".")
		stages = append(stages, bson.D{{Key: "$unwind", Value: "$" + field}})
		if nested != "" {
			// An entry that states several things about one other counts once.
			stages = append(stages, bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "e", Value: "$_id"}, {Key: "v", Value: path}}}}}})
			path = "$_id.v"
		}
	}
	return append(stages,
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: path}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "_id", Value: bson.D{{Key: "$nin", Value: bson.A{nil, ""}}}}}}},
		bson.D{{Key: "$sort", Value: bson.D{{Key: "n", Value: -1}, {Key: "_id", Value: 1}}}},
		bson.D{{Key: "$limit", Value: limit}},
	)
}

// count runs the facets' pipelines over each scope.
// All facets are branches of one $facet stage: the list is matched once and read once, however many
// fields are counted.
func (c *collection[T, F]) count(ctx context.Context, cond, branches bson.D, scopes []content.Scope) ([]map[string][]bucket, error) {
	out := make([]map[string][]bucket, len(scopes))
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
	cur, err := c.coll.Aggregate(ctx, stages)
	if err != nil {
		return nil, translate("count facets", err)
	}
	for cur.Next(ctx) {
		if err := bson.Unmarshal(cur.Current, &out[0]); err != nil {
			return nil, fmt.Errorf("decode facets: %w", err)
		}
	}
	return out, translate("count facets", closed(ctx, cur))
}

// labels looks up the entries that facet values are keys of.
// They come from the same perspective. A key whose entry is not there keeps the key as its label:
// Unpublish, unlike Withdraw, does not look for referrers, so the published graph may have such
// ones.
func (c *collection[T, F]) labels(ctx context.Context, fields []string, counted []map[string][]bucket) (map[content.EntryType]map[string]content.Meta, error) {
	keys := map[content.EntryType]bson.A{}
	for _, f := range fields {
		t := c.spec.facets[f].labels
		if t == "" {
			continue
		}
		for i := range counted {
			for _, b := range counted[i][f] {
				keys[t] = append(keys[t], b.Value)
			}
		}
	}
	out := map[content.EntryType]map[string]content.Meta{}
	for t, list := range keys {
		cur, err := c.graph.raw(t).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: list}}}},
			options.Find().SetProjection(bson.D{{Key: "slug", Value: 1}, {Key: "name", Value: 1}}).SetBatchSize(allBatch))
		if err != nil {
			return nil, translate("look up labels", err)
		}
		out[t] = map[string]content.Meta{}
		for cur.Next(ctx) {
			var m content.Meta
			if err := bson.Unmarshal(cur.Current, &m); err != nil {
				return nil, fmt.Errorf("decode labels: %w", err)
			}
			out[t][m.Key] = m
		}
		if err := closed(ctx, cur); err != nil {
			return nil, translate("look up labels", err)
		}
	}
	return out, nil
}

// values makes facet values for people: slugs and names for references, words for enums.
// The result is never nil, since a facet without values is an empty list for clients.
func values(buckets []bucket, names map[string]content.Meta) []content.FacetValue {
	out := make([]content.FacetValue, 0, len(buckets))
	for _, b := range buckets {
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

// label puts an enum value in words: "DATA_MANAGEMENT" is "Data management". What is no enum
// value stays as it is.
// A text that is all upper case looks like one too, and comes out in lower case.
func label(v string) string {
	if strings.ToUpper(v) != v || len(v) < 2 {
		return v
	}
	words := strings.ToLower(strings.ReplaceAll(v, "_", " "))
	return strings.ToUpper(words[:1]) + words[1:]
}
