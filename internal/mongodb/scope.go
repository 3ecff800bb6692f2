package mongodb

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
)

// perScope runs a pipeline over the entries of each scope, and calls each with the result for scope i
// as a BSON array, which is empty for an empty scope. It takes one command for each kind of scope:
// scopes by reference and scopes by key are joined by different fields, whole collections by none.
func (c *collection[E]) perScope(ctx context.Context, scopes []content.Scope, pipeline bson.A, each func(i int, items bson.Raw) error) error {
	var all, refs, keys bson.A
	for i, s := range scopes {
		switch {
		case s.Ref != "":
			refs = append(refs, bson.D{{Key: "i", Value: i}, {Key: "ref", Value: s.Ref}})
		case s.Keys == "":
			all = append(all, bson.D{{Key: "i", Value: i}})
		default:
			keys = append(keys, bson.D{{Key: "i", Value: i}, {Key: "keys", Value: strings.Split(s.Keys, content.KeySeparator)}})
		}
	}
	if err := c.joined(ctx, all, "", "", pipeline, each); err != nil {
		return err
	}
	if err := c.joined(ctx, refs, "ref", "refs", pipeline, each); err != nil {
		return err
	}
	return c.joined(ctx, keys, "keys", "_id", pipeline, each)
}

// joined runs a pipeline over the entries that a field joins each scope with. The scopes become
// documents, and $lookup joins them with the collection by the index of that field; without a field
// it joins each with the whole collection.
// The pipeline runs for each scope separately, with its own order and limit, so that a page of each of
// many lists costs one command. The documents have the scopes' numbers, since the order of the results
// is not guaranteed.
func (c *collection[E]) joined(ctx context.Context, scopes bson.A, local, foreign string, pipeline bson.A, each func(i int, items bson.Raw) error) error {
	if len(scopes) == 0 {
		return nil
	}
	lookup := bson.D{
		{Key: "from", Value: c.coll.Name()},
		{Key: "pipeline", Value: pipeline},
		{Key: "as", Value: "items"},
	}
	if local != "" {
		lookup = append(lookup, bson.E{Key: "localField", Value: local}, bson.E{Key: "foreignField", Value: foreign})
	}
	stages := bson.A{
		bson.D{{Key: "$documents", Value: scopes}},
		bson.D{{Key: "$lookup", Value: lookup}},
		bson.D{{Key: "$project", Value: bson.D{{Key: "i", Value: 1}, {Key: "items", Value: 1}}}},
	}
	return c.graph.read(ctx, "find "+c.spec.name+" by scope", beginAggregate("", stages, len(scopes)), func(row bson.Raw) error {
		i, ok := row.Lookup("i").AsInt64OK()
		items, isArray := row.Lookup("items").ArrayOK()
		if !ok || !isArray || i < 0 {
			return errReply
		}
		return each(int(i), bson.Raw(items))
	})
}

// decodeAll decodes a BSON array of documents.
func (c *collection[E]) decodeAll(items bson.Raw) ([]E, error) {
	out := []E{}
	var r reader
	err := elements(items, func(raw bson.Raw) error {
		v, err := c.shared(&r, raw)
		out = append(out, v)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("decode list: %w", err)
	}
	return out, nil
}

// Count counts one list per scope.
// All entries are not counted, since their total is kept. Lists of a large collection are counted by the
// Counter if it can; then there is no command. Otherwise a single scope is counted by an index, if there is
// one, and several are counted by $lookup. $count returns no row for an empty scope, whose count stays 0.
func (c *collection[E]) Count(ctx context.Context, filter any, scopes ...content.Scope) (out []int, err error) {
	cond, err := c.where(filter)
	if err != nil {
		return nil, err
	}
	if out, ok := c.tally(ctx, cond, scopes); ok {
		return out, nil
	}
	if len(scopes) == 1 {
		cond = both(scoped(scopes[0]), cond)
		if len(cond) == 0 {
			if n, ok, err := c.total(ctx); err != nil || ok {
				return []int{n}, err
			}
		}
		n, err := c.counted(ctx, cond)
		return []int{n}, err
	}
	out = make([]int, len(scopes))
	pipeline := bson.A{bson.D{{Key: "$match", Value: cond}}, bson.D{{Key: "$count", Value: "n"}}}
	err = c.perScope(ctx, scopes, pipeline, func(i int, items bson.Raw) error {
		if v, err := items.LookupErr("0", "n"); err == nil {
			out[i] = int(v.AsInt64())
		}
		return nil
	})
	return out, err
}

// counted counts the entries that match a condition. Without any there is no row.
func (c *collection[E]) counted(ctx context.Context, cond bson.D) (n int, err error) {
	stages := bson.A{
		bson.D{{Key: "$match", Value: cond}},
		bson.D{{Key: "$group", Value: bson.D{{Key: "_id", Value: 1}, {Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}}}},
	}
	err = c.graph.read(ctx, "count "+c.spec.name, beginAggregate(c.coll.Name(), stages, 1), func(row bson.Raw) error {
		v, ok := row.Lookup("n").AsInt64OK()
		if !ok {
			return errReply
		}
		n = int(v)
		return nil
	})
	return n, err
}
