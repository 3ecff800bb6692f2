package mongodb_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"

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
