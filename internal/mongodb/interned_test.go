package mongodb_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

func TestUnchangedDocumentsAreDecodedOnce(t *testing.T) {
	s := storetest.Open(t)
	saga, retry := storetest.Pattern("saga", "Saga", 5), storetest.Pattern("retry", "Retry", 3)
	storetest.Put(t, s, saga, retry)
	storetest.Publish(t, s, saga, retry)
	patterns := s.At(content.Published).Patterns
	all := func() map[string]*content.Pattern {
		found, err := patterns.Find(t.Context(), content.Query{}, content.Scope{}, content.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		return map[string]*content.Pattern{"saga": found[1].Items[1], "retry": found[0].Items[0]}
	}
	before := all()
	if one, listed := storetest.ByKey(t, patterns, saga.Key), before["saga"]; one != listed {
		t.Errorf("a list and a lookup returned two values of %s", one.Slug)
	}
	if page, err := patterns.Pages(t.Context(), []string{saga.Key}); err != nil || page[0] == before["saga"] {
		t.Errorf("an entity and its page are one value: %v", err)
	}
	saga.Summary = "In steps that can be undone."
	storetest.Put(t, s, saga)
	storetest.Publish(t, s, saga)
	after := all()
	if after["saga"] == before["saga"] || after["saga"].Summary != saga.Summary || before["saga"].Summary == saga.Summary {
		t.Error("the new value does not have the change, or the old one has it")
	}
	if after["retry"] != before["retry"] {
		t.Error("an unchanged document was decoded again")
	}
}

func TestCallersOwnTheEntriesOfReaders(t *testing.T) {
	s := storetest.Open(t)
	saga := storetest.Pattern("saga", "Saga", 5)
	storetest.Put(t, s, saga)
	graph := s.At(content.Drafts)
	shared := storetest.ByKey(t, graph.Patterns, saga.Key)
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
	if shared.Name != "Saga" || storetest.ByKey(t, graph.Patterns, saga.Key).Name != "Saga" {
		t.Error("a caller has changed what others read")
	}
}

// encoded returns n documents of patterns.
func encoded(t *testing.T, n int) []bson.Raw {
	t.Helper()
	out := make([]bson.Raw, n)
	for i := range out {
		raw, err := bson.Marshal(storetest.Pattern(fmt.Sprint("p", i), "Pattern", i))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = raw
	}
	return out
}

func TestGoroutinesShareOneValue(t *testing.T) {
	documents := encoded(t, 100)
	var cache mongodb.Interned
	got := make([][]*content.Pattern, 8)
	var all sync.WaitGroup
	for i := range got {
		got[i] = make([]*content.Pattern, len(documents))
		all.Go(func() {
			for k, raw := range documents {
				got[i][k], _ = cache.Decode(raw)
			}
		})
	}
	all.Wait()
	for k := range documents {
		for i := range got {
			if got[i][k] == nil || got[i][k] != got[0][k] || got[i][k].ReadingMinutes != k {
				t.Fatalf("document %d was decoded to %+v and %+v", k, got[i][k], got[0][k])
			}
		}
	}
	if _, err := cache.Decode(bson.Raw{5, 0, 0, 0}); err == nil {
		t.Error("half a document was decoded")
	}
}

func TestUnusedValuesAreRemoved(t *testing.T) {
	var cache mongodb.Interned
	inUse, err := cache.Decode(encoded(t, 1)[0])
	if err != nil {
		t.Fatal(err)
	}
	const many = 5000
	for i, raw := range encoded(t, many) {
		if i%500 == 0 {
			runtime.GC()
		}
		if _, err := cache.Decode(raw); err != nil {
			t.Fatal(err)
		}
	}
	if n := cache.Size(); n > many/2 {
		t.Errorf("%d values are stored, of which one is in use", n)
	}
	if again, _ := cache.Decode(encoded(t, 1)[0]); again != inUse {
		t.Error("a value in use was removed")
	}
	runtime.KeepAlive(inUse)
}
