package mongodb

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
)

// Sharded lists the collections that grow with the number of entries and are sharded, by a hash of
// their _id: the entries of both graphs, their revisions and their sources. All others stay on the
// database's primary shard: the change log and what is read by its numbers, since every write numbers its
// changes in one document anyway, and the small ones.
func (s *Store) Sharded() []string {
	var out []string
	for name := range s.counted {
		out = append(out, name)
	}
	slices.Sort(out)
	return append(out, revisionsName, sourcesName)
}

// Shard declares the shard keys, and calls done with the name of each collection. A collection that has
// its key already stays as it is, so it can be repeated; the hub may run meanwhile. It returns
// BadUserInput if the server is not a router of a sharded cluster.
func (s *Store) Shard(ctx context.Context, done func(collection string)) error {
	var hello struct {
		Msg string `bson:"msg"`
	}
	if err := s.db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		return translate("ask the server", err)
	}
	if hello.Msg != router {
		return content.Fault(content.BadUserInput, "MONGODB_URI names no router of a sharded cluster (mongos), so there is nothing to shard.")
	}
	if err := s.EnsureIndexes(ctx); err != nil {
		return err
	}
	admin := s.client.Database("admin")
	if err := admin.RunCommand(ctx, bson.D{{Key: "enableSharding", Value: s.db.Name()}}).Err(); err != nil {
		return translate("enable sharding", err)
	}
	for _, name := range s.Sharded() {
		// The server makes the index of the key itself only for an empty collection.
		key := bson.D{{Key: "_id", Value: "hashed"}}
		if _, err := s.db.Collection(name).Indexes().CreateOne(ctx, mongo.IndexModel{Keys: key}); err != nil {
			return translate("index the shard key of "+name, err)
		}
		err := admin.RunCommand(ctx, bson.D{{Key: "shardCollection", Value: fmt.Sprint(s.db.Name(), ".", name)}, {Key: "key", Value: key}}).Err()
		if err != nil {
			return translate("shard "+name, err)
		}
		done(name)
	}
	return nil
}
