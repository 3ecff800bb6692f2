package mongodb

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"patternhub/content"
)

// indexed declares the indexes of a collection: slugs, the way back of relations in the order
// by name, the orders that all entries share, and what the type's own filters and orders need.
// Each ends with the name and key, so that a filtered list comes out sorted.
// The slug is unique in each perspective on its own. formerSlugs is sparse, as most entries never
// had another slug. Orders are ascending only: the server reads an index backwards as well.
func (c *collection[T, F]) indexed() []mongo.IndexModel {
	out := []mongo.IndexModel{
		{Keys: bson.D{{Key: "slug", Value: 1}}, Options: options.Index().SetUnique(true)},
		{Keys: bson.D{{Key: "formerSlugs", Value: 1}}, Options: options.Index().SetSparse(true)},
		{Keys: byName("refs")},
		{Keys: bson.D{{Key: "folded.name", Value: 1}, {Key: "_id", Value: 1}}},
		{Keys: bson.D{{Key: "createdAt", Value: 1}, {Key: "_id", Value: 1}}},
		{Keys: bson.D{{Key: "updatedAt", Value: 1}, {Key: "_id", Value: 1}}},
		{Keys: bson.D{{Key: "publishedAt", Value: 1}, {Key: "_id", Value: 1}}},
		{Keys: byName("status")},
	}
	for _, path := range c.spec.orders {
		out = append(out, mongo.IndexModel{Keys: bson.D{{Key: path, Value: 1}, {Key: "_id", Value: 1}}})
	}
	for _, path := range c.spec.indexes {
		out = append(out, mongo.IndexModel{Keys: byName(path)})
	}
	for _, f := range c.spec.folded {
		out = append(out, mongo.IndexModel{Keys: byName("folded." + f)})
	}
	return out
}

// byName is an index on path whose entries come in the order by name, with the key for ties.
func byName(path string) bson.D {
	return bson.D{{Key: path, Value: 1}, {Key: "folded.name", Value: 1}, {Key: "_id", Value: 1}}
}

// ensureAtOnce is how many collections get their indexes at the same time: each waits for the
// server's disk more than for its processor.
const ensureAtOnce = 8

// EnsureIndexes makes the indexes that are missing. Those that exist cost a look each.
// It is idempotent and safe to call on several replicas at once. An index of an older program that
// is no longer declared stays: dropping it could slow down a replica that still runs.
func (s *Store) EnsureIndexes(ctx context.Context) error {
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(ensureAtOnce)
	for _, g := range s.graphs {
		for _, k := range g.kept {
			group.Go(func() error {
				_, err := k.raw().Indexes().CreateMany(gctx, k.indexed())
				return translate("ensure indexes of "+k.raw().Name(), err)
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err //nolint:wrapcheck // translated above
	}
	_, err := s.db.Collection(revisionsName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "type", Value: 1}, {Key: "key", Value: 1}, {Key: "revision", Value: -1}}, Options: options.Index().SetUnique(true),
	})
	if err != nil {
		return translate("ensure indexes of revisions", err)
	}
	_, err = s.db.Collection(changesName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "graph", Value: 1}, {Key: "type", Value: 1}, {Key: "_id", Value: 1}},
	})
	if err != nil {
		return translate("ensure indexes of changes", err)
	}
	if err := s.ensureWebhooks(ctx); err != nil {
		return err
	}
	if err := s.ensureLatest(ctx); err != nil {
		return err
	}
	if err := s.ensureObservationIndexes(ctx); err != nil {
		return err
	}
	return s.ensureAuthorIndexes(ctx)
}

// ensureAuthorIndexes makes the indexes of answers and schedules.
// Answers expire by it. Schedules are looked for by state and time, the next one first.
func (s *Store) ensureAuthorIndexes(ctx context.Context) error {
	_, err := s.db.Collection(answersName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "at", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(answersKept.Seconds())),
	})
	if err != nil {
		return translate("ensure indexes of answers", err)
	}
	_, err = s.db.Collection(schedulesName).Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "state", Value: 1}, {Key: "at", Value: 1}}})
	return translate("ensure indexes of schedules", err)
}

// Empty tells whether nothing has been written yet.
// The change log decides and not the collections, so a hub whose entries were all deleted is not
// taken for a new one and seeded again.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	n, err := s.db.Collection(changesName).CountDocuments(ctx, bson.D{}, options.Count().SetLimit(1))
	return n == 0, translate("look for content", err)
}

// the collections beside those of the entries.
// They exist once for both perspectives. changes is the log, latest the newest published change of
// each entry, counters the numbers that go up, settings what makes the database itself.
const (
	changesName   = "changes"
	latestName    = "latest"
	revisionsName = "revisions"
	countersName  = "counters"
	settingsName  = "settings"
)

// keptOf gives a collection without its Go type; a fault for an unknown type.
func (s *Store) keptOf(p content.Perspective, t content.EntryType) (kept, error) {
	k := s.graphs[p].kept[t]
	if k == nil {
		return nil, content.Fault(content.BadUserInput, "Unknown entry type.")
	}
	return k, nil
}
