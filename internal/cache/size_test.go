package cache_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/seed"
)

// heap returns the bytes of live objects.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // the first call only ends a cycle that had begun
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// TestSizesAreTrue reads a thousand copies of the entries of each type, cards and pages, and
// compares their estimated sizes with the growth of the heap.
func TestSizesAreTrue(t *testing.T) {
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seed.Load(t.Context(), store, seed.Files(), nil); err != nil {
		t.Fatal(err)
	}
	keys := map[content.EntryType][]string{}
	for _, e := range entries {
		keys[e.ID().Type] = append(keys[e.ID().Type], e.ID().Key)
	}
	for _, r := range store.At(content.Published).Readers() {
		for what, read := range map[string]func(context.Context, []string) ([]content.Entry, error){"cards": r.EntriesByKeys, "pages": r.PagesByKeys} {
			t.Run(string(r.Type())+" "+what, func(t *testing.T) {
				const copies = 1000
				entries := make([]content.Entry, 0, 2*copies)
				before := heap()
				for len(entries) < copies {
					found, err := read(t.Context(), keys[r.Type()])
					if err != nil {
						t.Fatal(err)
					}
					entries = append(entries, found...)
				}
				grown, estimate := heap()-before, 0
				for _, e := range entries {
					if e == nil {
						t.Fatal("an entry is missing")
					}
					estimate += cache.SizeOf(e)
				}
				if ratio := float64(estimate) / grown; ratio < 0.9 || ratio > 1.15 {
					t.Errorf("%d entries hold %.0f bytes, estimated %d: %.2f", len(entries), grown, estimate, ratio)
				}
			})
		}
	}
}

// maker makes a law of about a kilobyte for each key, so that only the cache holds it.
type maker struct {
	content.Collection[*content.Law]
}

func (maker) Type() content.EntryType { return content.TypeLaw }

func (maker) ByKeys(_ context.Context, keys []string) ([]*content.Law, error) {
	out := make([]*content.Law, len(keys))
	for i, k := range keys {
		out[i] = lawEntry(k, 1)
		out[i].Summary = strings.Repeat("s", 500)
		out[i].FormerAxioms = []string{strings.Repeat("a", 40), strings.Repeat("b", 40)}
	}
	return out, nil
}

// TestMemoryIsBoundedInBytes fills a memory three times over. The growth of the heap is the whole
// cost of the items: nodes, keys and values.
func TestMemoryIsBoundedInBytes(t *testing.T) {
	const bound, entries = 8 << 20, 24 << 10
	before := heap()
	g := &content.Graph{Collections: contenttest.Collections()}
	g.Laws = maker{}
	memory := cache.NewMemory(bound, g)
	generation, _ := cache.NewRevisions(content.State{}).Now()
	laws := memory.At(generation).Laws
	for i := range entries {
		if _, err := laws.ByKeys(t.Context(), []string{fmt.Sprint("law ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, func() error {
		if s := memory.Stats(); s.Bytes > bound {
			return fmt.Errorf("%d bytes of %d", s.Bytes, bound)
		}
		return nil
	})
	s := memory.Stats()
	if s.Bytes < bound/2 || s.Evictions < entries/3 || s.Misses != entries || s.Hits != 0 {
		t.Errorf("stats are %+v", s)
	}
	grown := heap() - before
	if ratio := float64(s.Bytes) / grown; ratio < 0.8 || ratio > 1.2 {
		t.Errorf("the heap grew by %.0f bytes, the memory says %d: %.2f", grown, s.Bytes, ratio)
	}
	runtime.KeepAlive(laws)
}
