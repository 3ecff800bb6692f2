package mongodb_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/content"
	"patternhub/mongodb"
)

func TestUnchangedDocumentsAreDecodedOnce(t *testing.T) {
	s := open(t)
	saga, retry := pattern("saga", "Saga", 5), pattern("retry", "Retry", 3)
	mustPut(t, s, saga, retry)
	mustPublish(t, s, saga, retry)
	patterns := s.At(content.Published).Patterns
	all := func() map[string]*content.Pattern {
		found, err := patterns.Find(t.Context(), content.Query[content.PatternFilter]{}, content.Scope{}, content.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]*content.Pattern{"saga": found[1].Items[1], "retry": found[0].Items[0]}
	}
	before := all()
	if one, listed := mustKey(t, patterns, saga.Key), before["saga"]; one != listed {
		t.Errorf("a list and a look-up gave two values of %s", one.Slug)
	}
	if page, err := patterns.Pages(t.Context(), []string{saga.Key}); err != nil || page[0] == before["saga"] {
		t.Errorf("an entity is its page: %v", err)
	}
	saga.Summary = "In steps that can be undone."
	mustPut(t, s, saga)
	mustPublish(t, s, saga)
	after := all()
	if after["saga"] == before["saga"] || after["saga"].Summary != saga.Summary || before["saga"].Summary == saga.Summary {
		t.Error("a change is not seen, or is seen where it was not yet")
	}
	if after["retry"] != before["retry"] {
		t.Error("what has not changed was decoded again")
	}
}

func TestReadersEntriesAreTheCallersOwn(t *testing.T) {
	s := open(t)
	saga := pattern("saga", "Saga", 5)
	mustPut(t, s, saga)
	graph := s.At(content.Drafts)
	shared := mustKey(t, graph.Patterns, saga.Key)
	for name, read := range map[string]func() ([]content.Entry, error){
		"by key":  func() ([]content.Entry, error) { return graph.Patterns.EntriesByKeys(t.Context(), []string{saga.Key}) },
		"by slug": func() ([]content.Entry, error) { return graph.Patterns.EntriesBySlugs(t.Context(), []string{"saga"}) },
		"whole":   func() ([]content.Entry, error) { return graph.Patterns.PagesByKeys(t.Context(), []string{saga.Key}) },
	} {
		for range 2 {
			found, err := read()
			if err != nil || found[0].Head().Name != "Saga" {
				t.Fatalf("%s: %v, %v", name, found, err)
			}
			found[0].Head().Name = "changed"
		}
	}
	if shared.Name != "Saga" || mustKey(t, graph.Patterns, saga.Key).Name != "Saga" {
		t.Error("a caller has changed what others read")
	}
}

// encoded makes documents of patterns.
func encoded(t *testing.T, n int) []bson.Raw {
	t.Helper()
	out := make([]bson.Raw, n)
	for i := range out {
		raw, err := bson.Marshal(pattern(fmt.Sprint("p", i), "Pattern", i))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = raw
	}
	return out
}

func TestManyGetOneValue(t *testing.T) {
	documents := encoded(t, 100)
	var known mongodb.Interned
	got := make([][]*content.Pattern, 8)
	var all sync.WaitGroup
	for i := range got {
		got[i] = make([]*content.Pattern, len(documents))
		all.Go(func() {
			for k, raw := range documents {
				got[i][k], _ = known.Decode(raw)
			}
		})
	}
	all.Wait()
	for k := range documents {
		for i := range got {
			if got[i][k] == nil || got[i][k] != got[0][k] || got[i][k].ReadingMinutes != k {
				t.Fatalf("document %d gave %+v and %+v", k, got[i][k], got[0][k])
			}
		}
	}
	if _, err := known.Decode(bson.Raw{5, 0, 0, 0}); err == nil {
		t.Error("half a document was decoded")
	}
}

func TestWhatNobodyHoldsIsForgotten(t *testing.T) {
	var known mongodb.Interned
	held, err := known.Decode(encoded(t, 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	const many = 5000
	for i, raw := range encoded(t, many) {
		if i%500 == 0 {
			runtime.GC()
		}
		if _, err := known.Decode(raw); err != nil {
			t.Fatal(err)
		}
	}
	if n := known.Size(); n > many/2 {
		t.Errorf("%d values are remembered, of which one is held", n)
	}
	if again, _ := known.Decode(encoded(t, 1)[0]); again != held {
		t.Error("a value that is held was forgotten")
	}
	runtime.KeepAlive(held)
}
