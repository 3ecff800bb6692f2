package mongodb_test

import (
	"fmt"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// mustTotal checks the totals of patterns, and that they are what is there.
func mustTotal(t *testing.T, s *repository.Store, when string, published, drafts int) {
	t.Helper()
	for p, want := range map[content.Perspective]int{content.Published: published, content.Drafts: drafts} {
		for what, filter := range map[string]any{"kept": nil, "counted": &content.PatternFilter{ReadingMinutes: &content.IntFilter{Gte: new(0)}}} {
			n, err := s.At(p).Patterns.Count(t.Context(), filter, content.Scope{})
			if err != nil || n[0] != want {
				t.Errorf("%s: %s in %s: %v, want %d (%v)", when, what, p, n, want, err)
			}
		}
	}
}

// TestTotalsAreExact adds and removes entries in every way, and fails some writes.
func TestTotalsAreExact(t *testing.T) {
	s := storetest.Open(t)
	mustTotal(t, s, "an empty database", 0, 0)
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Pattern("a", "A", 1))
	storetest.Put(t, s, storetest.Pattern("b", "B", 1), storetest.Pattern("c", "C", 1))
	mustTotal(t, s, "after writes", 1, 3)
	id := func(key string) content.ID { return content.ID{Type: content.TypePattern, Key: key} }
	if _, err := s.Publish(t.Context(), "test", id("a"), id("b")); err != nil {
		t.Fatal(err)
	}
	mustTotal(t, s, "published again and anew", 2, 3)
	if _, err := s.Put(t.Context(), "test", storetest.Pattern("d", "D", 1), storetest.Pattern("c", "C", 1)); content.CodeOf(err) != content.Conflict {
		t.Errorf("a stale write: %v", err)
	}
	mustTotal(t, s, "after a write that failed", 2, 3)
	if _, err := s.Unpublish(t.Context(), "test", id("b")); err != nil {
		t.Fatal(err)
	}
	mustTotal(t, s, "withdrawn", 1, 3)
	if err := s.Delete(t.Context(), "test", id("a"), id("c")); err != nil {
		t.Fatal(err)
	}
	mustTotal(t, s, "deleted", 0, 1)
	if wrong, err := s.Recount(t.Context()); err != nil || wrong {
		t.Errorf("a recount finds the totals wrong: %v, %v", wrong, err)
	}
}

// TestTotalsAreCountedAgain opens a database whose totals are missing, as those of an older release, or
// wrong, as after writes of such a release.
func TestTotalsAreCountedAgain(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	storetest.Publish(t, s, storetest.Tier("gold", 1), storetest.Pattern("a", "A", 1))
	counters := raw(t, &opened).Collection("counters")
	for name, update := range map[string]bson.D{
		"missing": {{Key: "$unset", Value: bson.D{{Key: "entries", Value: ""}, {Key: "counted", Value: ""}}}},
		"wrong":   {{Key: "$inc", Value: bson.D{{Key: "entries.patterns", Value: 5}}}},
		"partial": {{Key: "$unset", Value: bson.D{{Key: "entries.patterns_draft", Value: ""}}}},
	} {
		if _, err := counters.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "changes"}}, update); err != nil {
			t.Fatal(err)
		}
		if name == "missing" {
			mustTotal(t, s, "not counted yet", 1, 1)
			storetest.Put(t, s, storetest.Pattern("b", "B", 1)) // its increment is no total
			mustTotal(t, s, "not counted yet, after a write", 1, 2)
			if err := s.Delete(t.Context(), "test", content.ID{Type: content.TypePattern, Key: "b"}); err != nil {
				t.Fatal(err)
			}
		}
		if name == "wrong" { // a list says what is kept
			if n, err := s.At(content.Published).Patterns.Count(t.Context(), nil, content.Scope{}); err != nil || n[0] != 6 {
				t.Errorf("the total is %v (%v), want the kept one", n, err)
			}
		}
		if wrong, err := s.Recount(t.Context()); err != nil || !wrong {
			t.Errorf("%s: nothing is wrong: %v", name, err)
		}
		mustTotal(t, s, name, 1, 1)
	}
}

// TestRecountWhileOthersWrite counts while entries are added, which must not be lost.
func TestRecountWhileOthersWrite(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	counters := raw(t, &opened).Collection("counters")
	done := make(chan error, 1)
	const n = 20
	go func() {
		for i := range n {
			if _, err := s.Put(t.Context(), "test", storetest.Pattern(fmt.Sprint("p", i), "P", 1)); err != nil {
				done <- err
				return
			}
		}
		close(done)
	}()
	for running := true; running; {
		select {
		case err := <-done:
			if running = false; err != nil {
				t.Fatal(err)
			}
		default:
			if _, err := counters.UpdateOne(t.Context(), bson.D{{Key: "_id", Value: "changes"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "counted", Value: false}}}}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Recount(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	mustTotal(t, s, "afterwards", 0, n)
}
