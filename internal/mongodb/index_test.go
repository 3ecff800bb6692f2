package mongodb_test

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// TestNoIndexIsUniqueWithoutItsShardKey also checks that unique indexes of older releases are dropped:
// all collections that can be sharded are by _id, so no other index may be unique.
func TestNoIndexIsUniqueWithoutItsShardKey(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	db := raw(t, &opened)
	for name, keys := range map[string]bson.D{
		"patterns_draft": {{Key: "slug", Value: 1}},
		"revisions":      {{Key: "type", Value: 1}, {Key: "key", Value: 1}, {Key: "revision", Value: -1}},
	} {
		if _, err := db.Collection(name).Indexes().CreateOne(t.Context(), mongo.IndexModel{Keys: keys, Options: options.Index().SetUnique(true)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	names, err := db.ListCollectionNames(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		specs, err := db.Collection(name).Indexes().ListSpecifications(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range specs {
			if spec.Unique != nil && *spec.Unique {
				t.Errorf("%s has the unique index %s", name, spec.Name)
			}
		}
	}
}
