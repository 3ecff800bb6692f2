package mongodb_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// TestUpgradeRewritesDocumentsOfAnOlderRelease changes documents to the state that an older release
// has written: another rendering and another shape.
func TestUpgradeRewritesDocumentsOfAnOlderRelease(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Pattern("a", "Ä", 1))
	storetest.Put(t, s, storetest.Pattern("b", "B", 1))
	read := func() []*content.Pattern {
		t.Helper()
		var out []*content.Pattern
		for _, p := range []content.Perspective{content.Published, content.Drafts} {
			found, err := s.At(p).Patterns.Pages(t.Context(), []string{"a", "b"})
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, found...)
		}
		return out
	}
	want := read()
	last, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	db := raw(t, &opened)
	for _, name := range []string{"patterns", "patterns_draft"} {
		_, err := db.Collection(name).UpdateMany(t.Context(), bson.D{}, bson.D{
			{Key: "$set", Value: bson.D{{Key: "body.html", Value: "old"}, {Key: "schema", Value: 0}}},
			{Key: "$unset", Value: bson.D{{Key: "folded", Value: ""}, {Key: "sortName", Value: ""}, {Key: "refs", Value: ""}, {Key: "body.renderer", Value: ""}}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, n := range []int{3, 0} {
		if got, err := s.Upgrade(t.Context()); err != nil || got != n {
			t.Errorf("upgrade %d wrote %d documents, want %d (%v)", i+1, got, n, err)
		}
	}
	if d := cmp.Diff(want, read(), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("after the upgrade (-want +got):\n%s", d)
	}
	if n, err := db.Collection("patterns").CountDocuments(t.Context(), bson.D{{Key: "folded.name", Value: "a"}, {Key: "sortName", Value: content.SortKey("a")}, {Key: "refs", Value: "TIER:gold"}}); err != nil || n != 1 {
		t.Errorf("%d documents have their folded name and their references again (%v)", n, err)
	}
	if now, err := s.LastSeq(t.Context()); err != nil || now != last {
		t.Errorf("an upgrade must not log changes: the log went from %d to %d (%v)", last, now, err)
	}
	newer := bson.D{{Key: "$set", Value: bson.D{{Key: "schema", Value: 1000}, {Key: "body.renderer", Value: 1000}}}}
	if _, err := db.Collection("patterns").UpdateMany(t.Context(), bson.D{}, newer); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Upgrade(t.Context()); err != nil || n != 0 {
		t.Errorf("an upgrade rewrote %d documents of a newer release (%v)", n, err)
	}
}

// TestUpgradeReadsWhatWasWrittenSince upgrades a database and then writes to it as an older release does. The next
// upgrade reads only what was written, unless it cannot know what that is.
func TestUpgradeReadsWhatWasWrittenSince(t *testing.T) {
	for name, test := range map[string]struct {
		change func(t *testing.T, db *mongo.Database)
		want   int
	}{
		"written since":          {func(*testing.T, *mongo.Database) {}, 1},
		"an upgrade of another":  {setting("settings", "upgraded", "schema", 0), 2},
		"a restore":              {setting("settings", "upgraded", "seq", 1000), 2},
		"changes that are gone":  {setting("counters", "pruned", "seq", 1000), 2},
		"a renderer that is new": {setting("settings", "upgraded", "renderers.PATTERN", 0), 2},
	} {
		t.Run(name, func(t *testing.T) {
			var opened mongodb.Options
			s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
			storetest.Put(t, s, storetest.Pattern("before", "B", 1))
			if n, err := s.Upgrade(t.Context()); err != nil || n != 0 {
				t.Fatalf("the first upgrade rewrote %d documents (%v)", n, err)
			}
			storetest.Put(t, s, storetest.Pattern("after", "A", 1))
			db := raw(t, &opened)
			// Only the second one is in the log since the upgrade.
			if _, err := db.Collection("patterns_draft").UpdateMany(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "schema", Value: 0}}}}); err != nil {
				t.Fatal(err)
			}
			test.change(t, db)
			if n, err := s.Upgrade(t.Context()); err != nil || n != test.want {
				t.Errorf("the second upgrade rewrote %d documents, want %d (%v)", n, test.want, err)
			}
		})
	}
}

// setting returns a function that sets a field of a document.
func setting(collection, id, field string, to int) func(*testing.T, *mongo.Database) {
	return func(t *testing.T, db *mongo.Database) {
		t.Helper()
		_, err := db.Collection(collection).UpdateOne(t.Context(), bson.D{{Key: "_id", Value: id}},
			bson.D{{Key: "$set", Value: bson.D{{Key: field, Value: to}}}}, options.UpdateOne().SetUpsert(true))
		if err != nil {
			t.Fatal(err)
		}
	}
}
