package mongodb

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/content"
)

// collection is one entry type in one perspective; see content.Collection for the contract.
// T is the Go type of the entries and F that of their filters. It is safe for concurrent use.
// projection is made once, since every list needs it.
type collection[T, F any] struct {
	spec       spec[T, F]
	graph      *graph
	coll       *mongo.Collection
	projection bson.D
	interned   interned[T]
}

// pageProjection leaves out the store's own fields, which are no part of an entry.
func pageProjection() bson.D {
	return bson.D{{Key: "refs", Value: 0}, {Key: "folded", Value: 0}, {Key: "schema", Value: 0}}
}

// entityProjection leaves out the page fields too, which cards never show.
// The other way round, naming what to take, would have to be kept in step with every new field.
func (c *collection[T, F]) entityProjection() bson.D {
	out := pageProjection()
	for _, f := range c.spec.page {
		out = append(out, bson.E{Key: f, Value: 0})
	}
	return out
}

// Type is the type of the entries.
func (c *collection[T, F]) Type() content.EntryType { return c.spec.entryType }

func (c *collection[T, F]) raw() *mongo.Collection { return c.coll }

func (c *collection[T, F]) foldedFields() []string { return append([]string{"name"}, c.spec.folded...) }

func (c *collection[T, F]) decode(raw bson.Raw) (content.Entry, error) {
	v, err := c.own(new(reader), raw)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", c.spec.name, err)
	}
	return any(v).(content.Entry), nil
}

// decoding makes an entry of a document.
type decoding[T any] func(r *reader, raw bson.Raw) (*T, error)

// own decodes for a caller that may change what it gets.
func (c *collection[T, F]) own(r *reader, raw bson.Raw) (*T, error) {
	return decode(r, raw, c.spec.field)
}

// shared decodes for callers that only read.
func (c *collection[T, F]) shared(r *reader, raw bson.Raw) (*T, error) {
	return c.interned.decode(r, raw, c.spec.field)
}

// ByKeys reads entities by key.
func (c *collection[T, F]) ByKeys(ctx context.Context, keys []string) ([]*T, error) {
	return c.byKeys(ctx, keys, c.projection, c.shared)
}

// Pages reads whole entries by key.
func (c *collection[T, F]) Pages(ctx context.Context, keys []string) ([]*T, error) {
	return c.byKeys(ctx, keys, pageProjection(), c.shared)
}

// byKeys reads the entries in whatever order they come and puts them in that of the keys. A key
// that is given twice gets the same pointer in both places.
func (c *collection[T, F]) byKeys(ctx context.Context, keys []string, projection bson.D, decode decoding[T]) ([]*T, error) {
	cond := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}
	found, err := c.find(ctx, cond, oneReply(len(keys)).SetProjection(projection), decode)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]*T, len(found))
	for _, e := range found {
		byKey[content.HeadOf(e).Key] = e
	}
	return inOrder(keys, byKey), nil
}

// BySlugs reads entities by their slug or a former one; the current slug wins.
// The limit allows for both entries where a slug is the own one of one and a former one of another.
func (c *collection[T, F]) BySlugs(ctx context.Context, slugs []string) ([]*T, error) {
	return c.bySlugs(ctx, slugs, c.shared)
}

func (c *collection[T, F]) bySlugs(ctx context.Context, slugs []string, decode decoding[T]) ([]*T, error) {
	in := bson.D{{Key: "$in", Value: slugs}}
	cond := bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "slug", Value: in}}, bson.D{{Key: "formerSlugs", Value: in}}}}}
	found, err := c.find(ctx, cond, oneReply(2*len(slugs)).SetProjection(c.projection), decode)
	if err != nil {
		return nil, err
	}
	bySlug := make(map[string]*T, len(found))
	for _, e := range found {
		for _, s := range content.HeadOf(e).FormerSlugs {
			bySlug[s] = e
		}
	}
	for _, e := range found {
		bySlug[content.HeadOf(e).Slug] = e
	}
	return inOrder(slugs, bySlug), nil
}

// EntriesByKeys reads entities without their Go type.
func (c *collection[T, F]) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.byKeys(ctx, keys, c.projection, c.own))
}

// EntriesBySlugs reads entities without their Go type.
func (c *collection[T, F]) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return content.Entries(c.bySlugs(ctx, slugs, c.own))
}

// PagesByKeys reads whole entries without their Go type.
func (c *collection[T, F]) PagesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.byKeys(ctx, keys, pageProjection(), c.own))
}

// inOrder gives what was found in the order of the names, nil where a name was not found.
func inOrder[T any](names []string, found map[string]*T) []*T {
	out := make([]*T, len(names))
	for i, n := range names {
		out[i] = found[n]
	}
	return out
}

// oneReply makes options for at most n documents that come with the first reply: a batch one
// larger than the limit lets the server close the cursor at once.
func oneReply(n int) *options.FindOptionsBuilder {
	return options.Find().SetLimit(int64(n)).SetBatchSize(int32(n + 1)) //nolint:gosec // bounded by the page size and the loaders' capacity
}

// find runs one find and decodes what it gives. Next and Current avoid the copy and the fresh
// reader per document that Decode and All make.
func (c *collection[T, F]) find(ctx context.Context, cond bson.D, opts *options.FindOptionsBuilder, decode decoding[T]) ([]*T, error) {
	cur, err := c.coll.Find(ctx, cond, opts)
	if err != nil {
		return nil, translate("find "+c.spec.name, err)
	}
	out := slices.Grow([]*T(nil), cur.RemainingBatchLength())
	var r reader
	for cur.Next(ctx) {
		v, err := decode(&r, cur.Current)
		if err != nil {
			return nil, translate("decode "+c.spec.name, err)
		}
		out = append(out, v)
	}
	return out, translate("find "+c.spec.name, closed(ctx, cur))
}

// Find reads one list per scope with one command: a find for one scope, a look-up from a list
// of scopes for several.
// It reads one entry more than the window shows; whether that one is there is HasNext, without a
// count. An order field that the type does not have is BadUserInput, as is a filter that is too
// large. Ties are broken by the key, so that the order is total and positions are exact.
func (c *collection[T, F]) Find(ctx context.Context, q content.Query[F], scopes ...content.Scope) ([]content.Slice[T], error) {
	path := c.spec.orderPath(q.Order.Field)
	if path == "" {
		return nil, content.Fault(content.BadUserInput, "Unknown order field.")
	}
	cond, err := c.where(ctx, q.Filter)
	if err != nil {
		return nil, err
	}
	cond = both(cond, between(path, q.Order.Desc, q.Window))
	// A list that is read from its end is sorted the other way round.
	dir := 1
	if q.Order.Desc != q.Window.Backward {
		dir = -1
	}
	sort := bson.D{{Key: path, Value: dir}, {Key: "_id", Value: dir}}
	if len(scopes) == 1 {
		opts := options.Find().SetSort(sort).SetProjection(c.projection)
		if n := q.Window.Limit; n > 0 {
			opts = oneReply(n + 1).SetSort(sort).SetProjection(c.projection)
		} else {
			opts.SetBatchSize(allBatch)
		}
		found, err := c.find(ctx, both(scoped(scopes[0]), cond), opts, c.shared)
		if err != nil {
			return nil, err
		}
		return []content.Slice[T]{slice(found, q.Window)}, nil
	}
	pipeline := bson.A{bson.D{{Key: "$match", Value: cond}}, bson.D{{Key: "$sort", Value: sort}}}
	if n := q.Window.Limit; n > 0 {
		pipeline = append(pipeline, bson.D{{Key: "$limit", Value: n + 1}})
	}
	pipeline = append(pipeline, bson.D{{Key: "$project", Value: c.projection}})
	out := make([]content.Slice[T], len(scopes))
	err = c.perScope(ctx, scopes, pipeline, func(i int, items bson.Raw) error {
		found, err := c.decodeAll(items)
		out[i] = slice(found, q.Window)
		return err
	})
	return out, err
}

// allBatch is the batch size of lists that are read whole; they are bounded by an entry's size
// or belong to closed sets.
// With 101 documents, the server's own first batch, such lists would often take a second command.
const allBatch = 1001

// slice makes a slice of what was read, at most one entry more than the window shows.
// What lies on the other side of a position is not looked up: the position itself was an entry when
// the cursor was made, so a window after it has something before it.
func slice[T any](found []*T, w content.Window) content.Slice[T] {
	more := w.Limit > 0 && len(found) > w.Limit
	if more {
		found = found[:w.Limit]
	}
	if w.Backward {
		for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
			found[i], found[j] = found[j], found[i]
		}
		return content.Slice[T]{Items: found, HasPrevious: more || w.After != nil, HasNext: w.Before != nil}
	}
	return content.Slice[T]{Items: found, HasNext: more || w.Before != nil, HasPrevious: w.After != nil}
}

// scoped is the condition of a scope.
// The zero Scope gives an empty condition, which admits everything.
func scoped(s content.Scope) bson.D {
	switch {
	case s.Ref != "":
		return bson.D{{Key: "refs", Value: s.Ref}}
	case s.Keys != "":
		return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: strings.Split(s.Keys, content.KeySeparator)}}}}
	}
	return bson.D{}
}

// both joins two conditions, leaving out empty ones.
// They are joined by $and and not merged, since both may speak of the same field.
func both(a, b bson.D) bson.D {
	switch {
	case len(a) == 0 && len(b) == 0:
		return bson.D{} // a nil document is no condition
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return bson.D{{Key: "$and", Value: bson.A{a, b}}}
}

// between is the condition of a window's positions in an order.
func between(path string, desc bool, w content.Window) bson.D {
	var out bson.D
	if w.After != nil {
		out = beyond(path, desc, *w.After)
	}
	if w.Before != nil {
		out = both(out, beyond(path, !desc, *w.Before))
	}
	return out
}

// beyond is the condition of standing after a position, downwards if desc. Nulls sort before
// everything else, and comparisons never match them.
// Two rules make it exact. Entries with the same value stand in the order of their keys, so the tie
// is a branch of its own; and a null is less than any value though $lt never finds it, so it needs
// a branch where the order goes downwards. Values have the type that the field has in the document:
// a comparison never matches across types.
func beyond(path string, desc bool, p content.Position) bson.D {
	op := "$gt"
	if desc {
		op = "$lt"
	}
	tie := bson.D{{Key: path, Value: p.Value}, {Key: "_id", Value: bson.D{{Key: op, Value: p.Key}}}}
	any := bson.A{tie}
	switch {
	case p.Value == nil && !desc:
		any = append(any, bson.D{{Key: path, Value: bson.D{{Key: "$ne", Value: nil}}}})
	case p.Value != nil:
		any = append(any, bson.D{{Key: path, Value: bson.D{{Key: op, Value: p.Value}}}})
		if desc {
			any = append(any, bson.D{{Key: path, Value: nil}})
		}
	}
	return bson.D{{Key: "$or", Value: any}}
}
