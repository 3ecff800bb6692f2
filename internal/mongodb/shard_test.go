package mongodb_test

import (
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

func TestAReplicaSetIsNotSharded(t *testing.T) {
	s := storetest.Open(t)
	var done []string
	err := s.Shard(t.Context(), func(name string) { done = append(done, name) })
	if content.CodeOf(err) != content.BadUserInput || !strings.Contains(err.Error(), "MONGODB_URI names no router") || len(done) > 0 {
		t.Errorf("it says %v after %v", err, done)
	}
	names := s.Sharded()
	for _, name := range []string{"patterns", "patterns_draft", "revisions", "sources"} {
		if !slices.Contains(names, name) {
			t.Errorf("%s is not sharded", name)
		}
	}
	for _, name := range []string{"changes", "counters", "keys", "latest", "settings"} {
		if slices.Contains(names, name) {
			t.Errorf("%s is sharded", name)
		}
	}
}

// TestARealClusterIsSharded runs only where MONGODB_URI_TEST names the router of a cluster, such as that of
// compose.sharded.yaml. It shards a database that has entries, and then reads and writes all that is sharded.
func TestARealClusterIsSharded(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	db := raw(t, &opened)
	var hello struct{ Msg string }
	if err := db.RunCommand(t.Context(), bson.D{{Key: "hello", Value: 1}}).Decode(&hello); err != nil {
		t.Fatal(err)
	}
	if hello.Msg != "isdbgrid" {
		t.Skip("MONGODB_URI_TEST names no router of a sharded cluster")
	}
	library(t, s)
	for range 2 { // it can be repeated
		var done []string
		if err := s.Shard(t.Context(), func(name string) { done = append(done, name) }); err != nil || !slices.Equal(done, s.Sharded()) {
			t.Fatalf("sharded are %v (%v)", done, err)
		}
	}
	for _, name := range s.Sharded() {
		var row struct{ Key bson.D }
		err := db.Client().Database("config").Collection("collections").FindOne(t.Context(), bson.D{{Key: "_id", Value: db.Name() + "." + name}}).Decode(&row)
		if err != nil || len(row.Key) != 1 || row.Key[0].Key != "_id" || row.Key[0].Value != "hashed" {
			t.Errorf("the shard key of %s is %v (%v)", name, row.Key, err)
		}
	}
	storetest.Publish(t, s, storetest.Pattern("after", "After", 1))
	if _, err := s.Put(t.Context(), "test", again(storetest.Pattern("after", "Again", 1), "Again", 1)); err != nil {
		t.Error(err)
	}
	other := storetest.Pattern("other", "Other", 1)
	other.Slug = "after"
	if _, err := s.Put(t.Context(), "test", other); content.CodeOf(err) != content.Conflict {
		t.Errorf("two entries have one slug: %v", err)
	}
	for p, g := range map[string]*content.Graph{"drafts": s.At(content.Drafts), "published": s.At(content.Published)} {
		n, err := g.Patterns.Count(t.Context(), nil, content.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		found, err := g.Patterns.Find(t.Context(), content.Query{Window: content.Window{Limit: 100}}, content.Scope{})
		if err != nil || len(found[0].Items) != n[0] || n[0] < 40 {
			t.Errorf("%s: %d patterns are counted, %d found (%v)", p, n[0], len(found[0].Items), err)
		}
	}
	if list, err := s.Revisions(t.Context(), other.ID(), 0, 10); err != nil || len(list) != 0 {
		t.Errorf("the refused entry has %d revisions (%v)", len(list), err)
	}
}
