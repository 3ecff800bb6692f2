package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// graph is one perspective.
// content has its collections with their Go types, collections the same ones without. It never
// changes after newGraph, so it needs no lock.
type graph struct {
	db          *mongo.Database
	content     content.Graph
	collections map[content.EntryType]entryCollection
	// counter counts the entries of large collections.
	counter *Counter
}

// entryCollection is a collection without its Go types, as writes and indexes use it: it has the
// driver's collection, the indexes, the texts to fold, and decodes any document to the right Go type.
// Reads go through content.Graph.
type entryCollection interface {
	content.Reader
	raw() *mongo.Collection
	indexed() []mongo.IndexModel
	tallied() []string
	foldedFields() []string
	decode(raw bson.Raw) (content.Entry, error)
	each(ctx context.Context, cond bson.D, opts *options.FindOptionsBuilder, read func(entryCollection, bson.Raw) error) error
}

// newGraph returns the collections of one perspective, whose names end in suffix. The tables of the
// tools are the same in both perspectives; only Measure differs.
func newGraph(db *mongo.Database, suffix string, counter *Counter) *graph {
	g := &graph{db: db, collections: map[content.EntryType]entryCollection{}, counter: counter}
	g.content = content.Graph{Collections: newCollections(g, suffix), Tables: tables{g}}
	return g
}

// addCollection adds the collection of a type to a graph and returns it.
func addCollection[E content.Entry](g *graph, suffix string, s spec[E]) *collection[E] {
	c := &collection[E]{spec: s, graph: g, coll: g.db.Collection(s.name + suffix), shared: s.decoders.shared()}
	c.entity, c.entire = rawOf(c.entityProjection()), rawOf(entireProjection())
	g.collections[s.entryType] = c
	return c
}

// raw returns the driver's collection of a type.
func (g *graph) raw(t content.EntryType) *mongo.Collection { return g.collections[t].raw() }

// closed closes a cursor and returns the error of reading it or, without one, of closing it.
// A cursor must be closed in any case: one that failed would stay open on the server until it times
// out there.
func closed(ctx context.Context, cur *mongo.Cursor) error {
	err := cur.Err()
	if cerr := cur.Close(ctx); err == nil {
		err = cerr
	}
	return err
}
