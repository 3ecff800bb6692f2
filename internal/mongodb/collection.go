package mongodb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// collection is one entry type in one perspective; see content.Collection for the contract.
// E is the Go type of the entries. It is safe for concurrent use.
// The projections, of entities and of whole entries, are built once, since every list needs one.
type collection[E content.Entry] struct {
	spec           spec[E]
	graph          *graph
	coll           *mongo.Collection
	entity, entire bson.Raw
	shared         decoding[E]
}

// entireProjection excludes the store's own fields, which are not part of an entry.
func entireProjection() bson.D {
	var out bson.D
	for _, f := range internals() {
		out = append(out, bson.E{Key: f, Value: 0})
	}
	return out
}

// entityProjection also excludes the page fields, which cards never show.
// It excludes fields instead of including them, so that a new field needs no change here.
func (c *collection[E]) entityProjection() bson.D {
	out := entireProjection()
	for _, f := range c.spec.entryType.PageFields() {
		out = append(out, bson.E{Key: f, Value: 0})
	}
	return out
}

// Type is the type of the entries.
func (c *collection[E]) Type() content.EntryType { return c.spec.entryType }

// raw returns the collection of the driver, for commands that all types share.
func (c *collection[E]) raw() *mongo.Collection { return c.coll }

// foldedFields lists the fields of which a copy without case and accents is stored.
func (c *collection[E]) foldedFields() []string { return append([]string{"name"}, c.spec.folded...) }

// decode reads a document as an entry of the collection's type.
func (c *collection[E]) decode(raw bson.Raw) (content.Entry, error) {
	v, err := c.spec.decoders.own(new(reader), raw)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", c.spec.name, err)
	}
	return v, nil
}

// errEnough makes each stop before the last document.
var errEnough = errors.New("no more documents are wanted")

// each calls read with each document that matches a condition, until read returns an error. It returns
// the driver's errors as they are, so that it may run within a transaction.
func (c *collection[E]) each(ctx context.Context, cond bson.D, opts *options.FindOptionsBuilder, read func(entryCollection, bson.Raw) error) error {
	cur, err := c.coll.Find(ctx, cond, opts)
	if err != nil {
		return err //nolint:wrapcheck // callers say what was tried, or leave it to the driver
	}
	for err == nil && cur.Next(ctx) {
		err = read(c, cur.Current)
	}
	if ended := closed(ctx, cur); err == nil {
		err = ended
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// ByKeys reads entities by key.
func (c *collection[E]) ByKeys(ctx context.Context, keys []string) ([]E, error) {
	return c.byKeys(ctx, keys, c.entity, c.shared)
}

// Pages reads whole entries by key.
func (c *collection[E]) Pages(ctx context.Context, keys []string) ([]E, error) {
	return c.byKeys(ctx, keys, c.entire, c.shared)
}

// byKeys reads entries in any order and returns them in the order of the keys. A key that is given
// twice returns the same pointer twice.
func (c *collection[E]) byKeys(ctx context.Context, keys []string, projection bson.Raw, decode decoding[E]) ([]E, error) {
	cond := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}
	found, err := c.find(ctx, findCommand{filter: cond, projection: projection, limit: len(keys)}, decode)
	if err != nil {
		return nil, err
	}
	byKey := make(map[string]E, len(found))
	for _, e := range found {
		byKey[e.Head().Key] = e
	}
	return inOrder(keys, byKey), nil
}

// BySlugs reads entities by their slug or a former one; the current slug wins.
func (c *collection[E]) BySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return c.bySlugs(ctx, slugs, c.entity, c.shared)
}

// PagesBySlugs reads whole entries by slug.
func (c *collection[E]) PagesBySlugs(ctx context.Context, slugs []string) ([]E, error) {
	return c.bySlugs(ctx, slugs, c.entire, c.shared)
}

// bySlugs reads entries by slug. The limit allows for two entries per slug: one that has it and one that
// had it.
func (c *collection[E]) bySlugs(ctx context.Context, slugs []string, projection bson.Raw, decode decoding[E]) ([]E, error) {
	found, err := c.find(ctx, findCommand{filter: withSlug(slugs), projection: projection, limit: 2 * len(slugs)}, decode)
	if err != nil {
		return nil, err
	}
	bySlug := make(map[string]E, len(found))
	for _, e := range found {
		for _, s := range e.Head().FormerSlugs {
			bySlug[s] = e
		}
	}
	for _, e := range found {
		bySlug[e.Head().Slug] = e
	}
	return inOrder(slugs, bySlug), nil
}

// withSlug is the condition that an entry has, or had, one of some slugs.
func withSlug(slugs []string) bson.D {
	in := bson.D{{Key: "$in", Value: slugs}}
	return bson.D{{Key: "$or", Value: bson.A{bson.D{{Key: "slug", Value: in}}, bson.D{{Key: "formerSlugs", Value: in}}}}}
}

// EntriesByKeys reads entities without their Go type.
func (c *collection[E]) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.byKeys(ctx, keys, c.entity, c.spec.decoders.own))
}

// EntriesBySlugs reads entities without their Go type.
func (c *collection[E]) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return content.Entries(c.bySlugs(ctx, slugs, c.entity, c.spec.decoders.own))
}

// PagesByKeys reads whole entries without their Go type.
func (c *collection[E]) PagesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return content.Entries(c.byKeys(ctx, keys, c.entire, c.spec.decoders.own))
}

// inOrder returns what was found in the order of the names, nil for a name that was not found.
func inOrder[E any](names []string, found map[string]E) []E {
	out := make([]E, len(names))
	for i, n := range names {
		out[i] = found[n]
	}
	return out
}

// oneReply returns options for at most n documents that come with the first reply. A batch one
// larger than the limit lets the server close the cursor immediately.
func oneReply(n int) *options.FindOptionsBuilder {
	return options.Find().SetLimit(int64(n)).SetBatchSize(int32(n + 1)) //nolint:gosec // bounded by the page size and the loaders' capacity
}

// find runs one find command and decodes the result.
func (c *collection[E]) find(ctx context.Context, f findCommand, decode decoding[E]) (out []E, err error) {
	f.collection = c.coll.Name()
	out = make([]E, 0, min(f.limit, mostGrown))
	var r reader
	err = c.graph.read(ctx, "find "+c.spec.name, f.begin(), func(raw bson.Raw) error {
		v, err := decode(&r, raw)
		if err != nil {
			return fmt.Errorf("decode %s: %w", c.spec.name, err)
		}
		out = append(out, v)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// mostGrown bounds the memory that is reserved for a list before it is read.
const mostGrown = 128

// Find reads one list of entities per scope.
func (c *collection[E]) Find(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[E], error) {
	return c.list(ctx, q, c.entity, scopes)
}

// FindPages reads one list of whole entries per scope.
func (c *collection[E]) FindPages(ctx context.Context, q content.Query, scopes ...content.Scope) ([]content.Slice[E], error) {
	return c.list(ctx, q, c.entire, scopes)
}

// list reads one list per scope with one command: a find for one scope, a $lookup from a list of
// scopes for several.
// It reads one entry more than the window selects: if there is one, HasNext is set without a count.
// An order field that the type does not have fails with BadUserInput, as does a filter that is too
// large. Ties are broken by key, so that the order is total and positions are exact.
func (c *collection[E]) list(ctx context.Context, q content.Query, projection bson.Raw, scopes []content.Scope) ([]content.Slice[E], error) {
	path := c.spec.orderPath(q.Order.Field)
	if path == "" {
		return nil, content.Fault(content.BadUserInput, "Unknown order field.")
	}
	cond, err := c.where(q.Filter)
	if err != nil {
		return nil, err
	}
	cond = both(cond, between(path, q.Order.Desc, q.Window))
	// A list that is read from its end is sorted in reverse.
	dir := 1
	if q.Order.Desc != q.Window.Backward {
		dir = -1
	}
	sort := bson.D{{Key: path, Value: dir}, {Key: "_id", Value: dir}}
	if len(scopes) == 1 {
		f := findCommand{filter: both(scoped(scopes[0]), cond), sort: sort, projection: projection}
		if n := q.Window.Limit; n > 0 {
			f.limit = n + 1
		}
		found, err := c.find(ctx, f, c.shared)
		if err != nil {
			return nil, err
		}
		return []content.Slice[E]{slice(found, q.Window)}, nil
	}
	pipeline := bson.A{bson.D{{Key: "$match", Value: cond}}, bson.D{{Key: "$sort", Value: sort}}}
	if n := q.Window.Limit; n > 0 {
		pipeline = append(pipeline, bson.D{{Key: "$limit", Value: n + 1}})
	}
	pipeline = append(pipeline, bson.D{{Key: "$project", Value: projection}})
	out := make([]content.Slice[E], len(scopes))
	err = c.perScope(ctx, scopes, pipeline, func(i int, items bson.Raw) error {
		found, err := c.decodeAll(items)
		out[i] = slice(found, q.Window)
		return err
	})
	return out, err
}

// allBatch is the batch size of lists that are read whole; their length is bounded by the size of an
// entry or by a closed set.
// With the server's default of 101 documents such lists would often take a second command.
const allBatch = 1001

// slice makes a Slice of what was read, which is at most one entry more than the window selects.
// A window after a position has HasPrevious without a look at the list: the position itself was an
// entry when the cursor was made. HasNext before a position follows in the same way.
func slice[E any](found []E, w content.Window) content.Slice[E] {
	more := w.Limit > 0 && len(found) > w.Limit
	if more {
		found = found[:w.Limit]
	}
	if w.Backward {
		for i, j := 0, len(found)-1; i < j; i, j = i+1, j-1 {
			found[i], found[j] = found[j], found[i]
		}
		return content.Slice[E]{Items: found, HasPrevious: more || w.After != nil, HasNext: w.Before != nil}
	}
	return content.Slice[E]{Items: found, HasNext: more || w.Before != nil, HasPrevious: w.After != nil}
}

// scoped returns the condition of a scope.
// That of the zero Scope is empty, which selects everything.
func scoped(s content.Scope) bson.D {
	switch {
	case s.Ref != "":
		return bson.D{{Key: "refs", Value: s.Ref}}
	case s.Keys != "":
		return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: strings.Split(s.Keys, content.KeySeparator)}}}}
	}
	return bson.D{}
}

// both joins two conditions and omits empty ones.
// It joins them by $and instead of merging them, since both may be about the same field.
func both(a, b bson.D) bson.D {
	switch {
	case len(a) == 0 && len(b) == 0:
		return bson.D{} // the driver refuses a nil document
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return bson.D{{Key: "$and", Value: bson.A{a, b}}}
}

// between returns the condition of a window's positions in an order.
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

// beyond returns the condition that an entry is after a position, in descending order if desc. Nulls
// sort before everything else, and comparisons never match them.
// So there are up to three branches: entries with the same value and a later key, entries with a later
// value, and in descending order entries with null, which $lt never matches. Values must have the type
// that the field has in documents, since a comparison never matches across types.
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
