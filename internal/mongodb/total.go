package mongodb

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
)

// totals are the numbers of entries, in the document that also numbers the changes. Every write that
// adds or removes entries changes that document anyway, so they cost no command and are exact at every
// moment. Entries is by name of collection. Counted means that they were counted once; increments from
// before that are not totals.
type totals struct {
	Counted bool           `bson:"counted"`
	Entries map[string]int `bson:"entries"`
}

// totalOf is the path of the total of a collection.
func totalOf(name string) string { return "entries." + name }

// total reads the number of entries of a collection, at the moment of ctx. It reports false if they
// have not been counted yet.
func (c *collection[E]) total(ctx context.Context) (n int, ok bool, err error) {
	f := findCommand{
		collection: countersName, filter: byID(changesName), limit: 1,
		projection: rawOf(bson.D{{Key: "counted", Value: 1}, {Key: totalOf(c.coll.Name()), Value: 1}}),
	}
	err = c.graph.read(ctx, "read total", f.begin(), func(raw bson.Raw) error {
		var row totals
		if err := bson.Unmarshal(raw, &row); err != nil {
			return fmt.Errorf("decode total: %w", err)
		}
		n, ok = row.Entries[c.coll.Name()], row.Counted
		return nil
	})
	return n, ok, err
}

// counted returns the increments of totals by the writes of a transaction, as fields of an $inc.
func (t *transaction) counted() bson.D {
	var out bson.D
	for name, n := range t.grown {
		if n != 0 {
			out = append(out, bson.E{Key: totalOf(name), Value: n})
		}
	}
	return out
}

// grow adds what a bulk write has added to a collection, if it has entries.
func (t *transaction) grow(name string, res *mongo.BulkWriteResult) {
	if t.store.counted[name] {
		t.grown[name] += res.InsertedCount + res.UpsertedCount - res.DeletedCount
	}
}

// Recount makes sure that the totals are right, and reports whether they were not. They are missing in a
// database of an older release, whose replicas do not keep them either while they still run, and a
// restored database may have those of another moment. It compares them with what the server says
// without counting, and counts only if they differ. Replicas may call it at the same time.
func (s *Store) Recount(ctx context.Context) (wrong bool, err error) {
	stored, err := s.storedTotals(ctx)
	if err != nil {
		return false, translate("read totals", err)
	}
	agree := stored.Counted
	for name := range s.counted {
		n, err := s.db.Collection(name).EstimatedDocumentCount(ctx)
		if err != nil {
			return false, translate("check totals", err)
		}
		agree = agree && int(n) == stored.Entries[name]
	}
	if agree {
		return false, nil
	}
	return s.recount(ctx)
}

func (s *Store) storedTotals(ctx context.Context) (totals, error) {
	var row totals
	cur, err := s.db.Collection(countersName).Find(ctx, byID(changesName), oneReply(1))
	if err != nil {
		return row, err //nolint:wrapcheck // the callers translate it, one of them after a transaction
	}
	for cur.Next(ctx) {
		if err := bson.Unmarshal(cur.Current, &row); err != nil {
			return row, fmt.Errorf("decode totals: %w", err)
		}
	}
	return row, closed(ctx, cur)
}

// recount counts all entries and stores the totals that are wrong, in one transaction. A writer that
// commits meanwhile changes the same document, so the transaction runs again.
func (s *Store) recount(ctx context.Context) (wrong bool, err error) {
	session, err := s.client.StartSession()
	if err != nil {
		return false, translate("start session", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	_, err = session.WithTransaction(ctx, func(ctx context.Context) (any, error) {
		wrong = false
		stored, err := s.storedTotals(ctx)
		if err != nil {
			return nil, err
		}
		update := bson.D{{Key: "counted", Value: true}}
		for name := range s.counted {
			n, err := s.db.Collection(name).CountDocuments(ctx, bson.D{})
			if err != nil {
				return nil, err //nolint:wrapcheck // the driver retries by the labels of its own errors
			}
			if have, ok := stored.Entries[name]; int(n) != have || !ok {
				update = append(update, bson.E{Key: totalOf(name), Value: n})
				wrong = wrong || int(n) != have
			}
		}
		if stored.Counted && len(update) == 1 {
			return nil, nil //nolint:nilnil // there is no result
		}
		_, err = s.db.Collection(countersName).UpdateOne(ctx, byID(changesName), bson.D{
			{Key: "$set", Value: update}, {Key: "$setOnInsert", Value: bson.D{{Key: "seq", Value: int64(0)}}},
		}, options.UpdateOne().SetUpsert(true))
		return nil, err //nolint:wrapcheck // as above
	})
	return wrong, translate("count entries", err)
}

// entryNames returns the names of the collections that have entries.
func entryNames(graphs map[content.Perspective]*graph) map[string]bool {
	out := map[string]bool{}
	for _, g := range graphs {
		for _, k := range g.collections {
			out[k.raw().Name()] = true
		}
	}
	return out
}
