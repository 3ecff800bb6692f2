package mongodb_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// allEntries reads the whole list of entries.
func allEntries(t *testing.T, s *repository.Store) []*content.ListedEntry {
	t.Helper()
	out, err := s.Entries(t.Context(), nil, content.Order{}, content.Window{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

// TestUpgradeListsTheEntriesOfAnOlderRelease takes the rows away, as a database of an older release has none,
// and then changes documents without their rows, as such a release does.
func TestUpgradeListsTheEntriesOfAnOlderRelease(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Pattern("a", "Ä", 1))
	storetest.Put(t, s, storetest.Pattern("b", "B", 1))
	at := time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, key := range []string{"a", "b"} {
		out, err := s.Plan(t.Context(), content.Request{By: "me"}, content.Intent{ID: content.ID{Type: content.TypePattern, Key: key}, Action: content.SchedulePublish, At: &at})
		if err != nil || len(out.Errors) > 0 {
			t.Fatal(out, err)
		}
	}
	want := allEntries(t, s)
	if len(want) != 3 || want[1].By != "test" || len(want[1].Scheduled) != 1 {
		t.Fatalf("listed: %+v", want)
	}
	db := raw(t, &opened)
	upgrade := func() {
		t.Helper()
		if n, err := s.Upgrade(t.Context()); err != nil || n != 0 {
			t.Fatalf("upgraded %d documents (%v)", n, err)
		}
		if d := cmp.Diff(want, allEntries(t, s)); d != "" {
			t.Errorf("after the upgrade (-want +got):\n%s", d)
		}
	}
	if _, err := db.Collection("rows").DeleteMany(t.Context(), bson.D{}); err != nil {
		t.Fatal(err)
	}
	stray := bson.D{{Key: "_id", Value: "TIER:gone"}, {Key: "type", Value: "TIER"}, {Key: "key", Value: "gone"}}
	if _, err := db.Collection("rows").InsertOne(t.Context(), stray); err != nil {
		t.Fatal(err)
	}
	upgrade()
	storetest.Put(t, s, storetest.Tier("late", 3), storetest.Tier("later", 4))
	want = allEntries(t, s)[:4] // without "later"
	if _, err := db.Collection("rows").DeleteOne(t.Context(), bson.D{{Key: "_id", Value: "TIER:late"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Collection("tiers_draft").DeleteOne(t.Context(), bson.D{{Key: "_id", Value: "later"}}); err != nil {
		t.Fatal(err)
	}
	upgrade()
}

func TestTheFilterOfTheListIsBounded(t *testing.T) {
	s := storetest.Open(t)
	long := make([]string, 101)
	types := make([]content.EntryType, 101)
	for name, f := range map[string]content.EntriesFilter{
		"too many authors": {Author: long},
		"too many types":   {Types: types},
		"too many words":   {Text: new("a b c d e f g h i j k")},
		"text too long":    {Text: new(string(make([]byte, 201)))},
		"no word":          {Text: new("?!")},
	} {
		t.Run(name, func(t *testing.T) {
			for what, read := range map[string]func() error{
				"list": func() error {
					_, err := s.Entries(t.Context(), &f, content.Order{}, content.Window{Limit: 1})
					return err
				},
				"count":  func() error { _, err := s.CountEntries(t.Context(), &f); return err },
				"facets": func() error { _, err := s.EntriesFacets(t.Context(), &f, []string{"TYPE"}, 1); return err },
				"digest": func() error { _, err := s.EntriesDigest(t.Context(), &f); return err },
			} {
				if err := read(); content.CodeOf(err) != content.BadUserInput {
					t.Errorf("%s: got %v", what, err)
				}
			}
		})
	}
	if _, err := s.Entries(t.Context(), nil, content.Order{Field: "SIZE"}, content.Window{Limit: 1}); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("unknown order: %v", err)
	}
	if _, err := s.EntriesFacets(t.Context(), nil, []string{"SIZE"}, 1); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("unknown facet: %v", err)
	}
	if n, err := s.CountEntries(t.Context(), &content.EntriesFilter{Text: new(" ")}); err != nil || n != 0 {
		t.Errorf("blank text: %d (%v)", n, err)
	}
}
