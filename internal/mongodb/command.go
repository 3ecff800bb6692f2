package mongodb

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	"patternhub/internal/content"
)

// The reads of answers are commands that are written as bytes and sent by RunCommand, with the reply read
// from its bytes. Find and Aggregate of the driver do more for each command: a session to read at a moment,
// a cursor, and three encoders that use reflection.

// findCommand is a find. A limit of 0 reads everything. Projection and sort may be empty.
type findCommand struct {
	collection string
	filter     bson.D
	sort       bson.D
	projection bson.Raw
	limit      int
}

// begin begins the command, which read ends. One document more than the limit in a batch lets the server
// close the cursor immediately.
func (f *findCommand) begin() []byte {
	_, b := bsoncore.AppendDocumentStart(make([]byte, 0, commandSize))
	b = bsoncore.AppendStringElement(b, "find", f.collection)
	b = appendElement(b, "filter", f.filter)
	if len(f.sort) > 0 {
		b = appendElement(b, "sort", f.sort)
	}
	if f.projection != nil {
		b = bsoncore.AppendDocumentElement(b, "projection", bsoncore.Document(f.projection))
	}
	batch := allBatch
	if f.limit > 0 {
		b = bsoncore.AppendInt64Element(b, "limit", int64(f.limit))
		batch = f.limit + 1
	}
	return bsoncore.AppendInt32Element(b, "batchSize", int32(batch))
}

// commandSize is the capacity of a new command, enough for most.
const commandSize = 512

// beginAggregate begins an aggregation over a collection, or over none if collection is empty. All of at
// most n results come with the first reply.
func beginAggregate(collection string, stages bson.A, n int) []byte {
	_, b := bsoncore.AppendDocumentStart(make([]byte, 0, 2*commandSize))
	if collection == "" {
		b = bsoncore.AppendInt32Element(b, "aggregate", 1)
	} else {
		b = bsoncore.AppendStringElement(b, "aggregate", collection)
	}
	b = appendElement(b, "pipeline", stages)
	return appendElement(b, "cursor", bson.D{{Key: "batchSize", Value: n + 1}})
}

// read ends a command, runs it at the state of ctx, and calls each with each document of the result, until
// each returns an error. doing says in errors what failed. The documents are valid only during the call.
// In a context that has a session, such as a transaction, the command reads as that does.
func (g *graph) read(ctx context.Context, doing string, command []byte, each func(bson.Raw) error) error {
	if mongo.SessionFromContext(ctx) == nil {
		state, _ := content.StateOf(ctx)
		command = appendConcern(command, state.Moment)
	}
	command, _ = bsoncore.AppendDocumentEnd(command, 0) // it began at 0
	reply, err := g.run(ctx, command)
	if err != nil {
		return translate(doing, departed(ctx, err))
	}
	documents, more, err := batchOf(reply)
	switch {
	case err != nil:
	case more:
		err = g.readAll(ctx, command, reply, each)
	default:
		err = elements(documents, each)
	}
	return translate(doing, err)
}

// appendConcern appends the read concern: a moment, or what a majority has if it is 0.
func appendConcern(b []byte, m content.Moment) []byte {
	at, b := bsoncore.AppendDocumentElementStart(b, "readConcern")
	if m == 0 {
		b = bsoncore.AppendStringElement(b, "level", "majority")
	} else {
		t := timestamp(m)
		b = bsoncore.AppendStringElement(b, "level", "snapshot")
		b = bsoncore.AppendTimestampElement(b, "atClusterTime", t.T, t.I)
	}
	b, _ = bsoncore.AppendDocumentEnd(b, at) // it began above
	return b
}

// run runs a command that reads, and repeats it once if no server could serve it, as the driver does for
// its own reads: during an election the second attempt waits for the new primary.
func (g *graph) run(ctx context.Context, command bson.Raw) (bson.Raw, error) {
	reply, err := g.db.RunCommand(ctx, command).Raw()
	if err != nil && ctx.Err() == nil && mongo.SessionFromContext(ctx) == nil && (mongo.IsNetworkError(err) || unreachable(err)) {
		reply, err = g.db.RunCommand(ctx, command).Raw()
	}
	return reply, err //nolint:wrapcheck // the caller says what was tried
}

// batchOf returns the documents of a reply as an array, and reports whether the cursor has more.
func batchOf(reply bson.Raw) (documents bson.Raw, more bool, err error) {
	id, ok := reply.Lookup("cursor", "id").AsInt64OK()
	array, isArray := reply.Lookup("cursor", "firstBatch").ArrayOK()
	if !ok || !isArray {
		return nil, false, errReply
	}
	return bson.Raw(array), id != 0, nil
}

// errReply is the error of a reply that is not understood.
var errReply = errors.New("unexpected reply")

// readAll runs a command again with a cursor, since its result is larger than one reply.
func (g *graph) readAll(ctx context.Context, command, reply bson.Raw, each func(bson.Raw) error) error {
	ns, _ := reply.Lookup("cursor", "ns").StringValueOK()
	open := bson.A{reply.Lookup("cursor", "id")}
	if len(ns) > len(g.db.Name()) { // it is the database, a point and the collection
		g.db.RunCommand(ctx, bson.D{{Key: "killCursors", Value: ns[len(g.db.Name())+1:]}, {Key: "cursors", Value: open}})
	}
	cur, err := g.db.RunCommandCursor(ctx, command)
	if err != nil {
		return departed(ctx, err)
	}
	for err == nil && cur.Next(ctx) {
		err = each(cur.Current)
	}
	if ended := closed(ctx, cur); err == nil {
		err = departed(ctx, ended)
	}
	return err
}

// elements calls a function with each document of an array, until it returns an error.
func elements(array bson.Raw, each func(bson.Raw) error) error {
	for at := 4; at < len(array)-1; {
		from, to := element(array, at)
		if to < 0 || bson.Type(array[at]) != bson.TypeEmbeddedDocument {
			return errReply
		}
		if err := each(array[from:to]); err != nil {
			return err
		}
		at = to
	}
	return nil
}
