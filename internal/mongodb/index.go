package mongodb

import (
	"context"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"patternhub/internal/content"
)

// indexed declares the indexes of a collection: slugs, references, the orders that all entries share,
// and what the type's own filters and orders need. Those of filters end with the name and the key, so
// that a filtered list is sorted by name.
// None is unique, so that the collections can be sharded: authoring sees to it that slugs are. formerSlugs
// is sparse, since most entries have none. Orders are ascending only: the server reads an index backwards
// as well.
func (c *collection[E]) indexed() []mongo.IndexModel {
	out := []mongo.IndexModel{
		{Keys: bson.D{{Key: "slug", Value: 1}, {Key: "_id", Value: 1}}},
		{Keys: bson.D{{Key: "formerSlugs", Value: 1}}, Options: options.Index().SetSparse(true)},
		{Keys: byName("refs")},
		{Keys: bson.D{{Key: sortName, Value: 1}, {Key: "_id", Value: 1}}},
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
	for _, f := range c.foldedFields() {
		out = append(out, mongo.IndexModel{Keys: byName("folded." + f)})
	}
	return out
}

// byName returns an index on path that is sorted by name, then by key.
func byName(path string) bson.D {
	return bson.D{{Key: path, Value: 1}, {Key: sortName, Value: 1}, {Key: "_id", Value: 1}}
}

// ensureAtOnce is the number of collections that get their indexes concurrently: each waits mostly
// for the server's disk.
const ensureAtOnce = 8

// EnsureIndexes creates the indexes that are missing, and counts the entries if that is necessary; see
// Recount.
// It is idempotent and may run on several replicas concurrently. It does not drop an index that only an
// older release declares, since a replica of that release may still need it, unless it is unique.
func (s *Store) EnsureIndexes(ctx context.Context) error {
	if err := s.retireTables(ctx); err != nil {
		return err
	}
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(ensureAtOnce)
	for _, g := range s.graphs {
		for _, k := range g.collections {
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
		Keys: bson.D{{Key: "type", Value: 1}, {Key: "key", Value: 1}, {Key: "revision", Value: 1}},
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
	// Each part declares the indexes of its own collections. The unique ones of older releases go last, when
	// those that replace them are there.
	for _, ensure := range []func(context.Context) error{
		s.ensureWebhooks, s.ensureLatest, s.ensureObservationIndexes, s.ensureAuthorIndexes, s.ensureRows, s.ensureUndos, s.ensurePreviews,
		s.ensureReleases, s.ensureAccounts, s.ensureAutosaves, s.ensurePresence, s.ensureComments, s.ensureActs, s.dropUnique,
	} {
		if err := ensure(ctx); err != nil {
			return err
		}
	}
	_, err = s.Recount(ctx)
	return err
}

// codeIndexNotFound is the error of a server that has no index of a name.
const codeIndexNotFound = 27

// dropUnique drops the unique indexes of older releases, for which there are others by now. Replicas may
// do it at the same time.
func (s *Store) dropUnique(ctx context.Context) error {
	names := append(slices.Collect(maps.Keys(s.counted)), revisionsName)
	for _, name := range names {
		view := s.db.Collection(name).Indexes()
		specs, err := view.ListSpecifications(ctx)
		if err != nil {
			return translate("list indexes of "+name, err)
		}
		for _, spec := range specs {
			if spec.Unique == nil || !*spec.Unique {
				continue
			}
			if err := view.DropOne(ctx, spec.Name); err != nil && !hasCode(err, codeIndexNotFound) {
				return translate("drop an index of "+name, err)
			}
		}
	}
	return nil
}

// ensureAuthorIndexes creates the indexes of answers and schedules.
// Answers expire by theirs. Schedules are found by state and time.
func (s *Store) ensureAuthorIndexes(ctx context.Context) error {
	_, err := s.db.Collection(answersName).Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "at", Value: 1}}, Options: options.Index().SetExpireAfterSeconds(int32(content.AnswerLife.Seconds())),
	})
	if err != nil {
		return translate("ensure indexes of answers", err)
	}
	_, err = s.db.Collection(schedulesName).Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "state", Value: 1}, {Key: "at", Value: 1}}})
	return translate("ensure indexes of schedules", err)
}

// Empty reports whether nothing has been written yet.
// It reads the change log instead of the collections, so that a hub whose entries were all deleted is
// not seeded again.
func (s *Store) Empty(ctx context.Context) (bool, error) {
	n, err := s.db.Collection(changesName).CountDocuments(ctx, bson.D{}, options.Count().SetLimit(1))
	return n == 0, translate("look for content", err)
}

// The collections besides those of the entries, which both perspectives share.
// changes is the log, latest has the newest published change of each entry, counters has numbers that
// only grow, and settings has the identity of the database.
const (
	changesName   = "changes"
	latestName    = "latest"
	revisionsName = "revisions"
	countersName  = "counters"
	settingsName  = "settings"
)

// collection returns the collection of a type; BadUserInput for an unknown type.
func (s *Store) collection(p content.Perspective, t content.EntryType) (entryCollection, error) {
	k := s.graphs[p].collections[t]
	if k == nil {
		return nil, content.Fault(content.BadUserInput, "Unknown entry type.")
	}
	return k, nil
}
