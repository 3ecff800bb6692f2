package mongodb_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

func TestStoreBeforeAndAfterItsFirstWrite(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	if err := s.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	for i, want := range []bool{true, false} {
		empty, err := s.Empty(t.Context())
		if err != nil || empty != want {
			t.Errorf("empty: %v (%v), want %v", empty, err, want)
		}
		storetest.Put(t, s, storetest.Tier(fmt.Sprint("t", i), i))
	}
	if _, err := s.KeysAfter(t.Context(), content.Drafts, "NONE", "", 1); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an unknown type returns %v", err)
	}
	t.Run("indexes", func(t *testing.T) { compareIndexes(t, s, raw(t, &opened)) })
}

// TestReadsGoToThePrimary reads with a URI that prefers secondaries, of which the server has none.
func TestReadsGoToThePrimary(t *testing.T) {
	s := storetest.Open(t, func(o *mongodb.Options) { o.URI += "&readPreference=secondary" })
	storetest.Put(t, s, storetest.Tier("t", 1))
	if _, err := s.LastSeq(t.Context()); err != nil {
		t.Error(err)
	}
}

// compareIndexes checks that both perspectives have the same indexes, and that a second EnsureIndexes
// changes nothing.
func compareIndexes(t *testing.T, s *repository.Store, db *mongo.Database) {
	t.Helper()
	all, err := db.ListCollectionNames(t.Context(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	before := map[string][]string{}
	for _, name := range all {
		before[name] = mustIndexes(t, db.Collection(name))
	}
	compared := 0
	for _, name := range all {
		if draft, ok := before[name+"_draft"]; ok {
			compared++
			if d := cmp.Diff(before[name], draft); d != "" {
				t.Errorf("%s (-published +draft):\n%s", name, d)
			}
		}
	}
	if compared != len(content.Types()) {
		t.Errorf("%d types have both collections, want %d", compared, len(content.Types()))
	}
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range all {
		if d := cmp.Diff(before[name], mustIndexes(t, db.Collection(name))); d != "" {
			t.Errorf("%s (-first time +second time):\n%s", name, d)
		}
	}
}

func mustIndexes(t *testing.T, c *mongo.Collection) []string {
	t.Helper()
	specs, err := c.Indexes().ListSpecifications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, x := range specs {
		out = append(out, x.Name+" "+x.KeysDocument.String())
	}
	slices.Sort(out)
	return out
}
