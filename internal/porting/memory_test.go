package porting_test

import (
	"context"
	"fmt"
	"io"
	"runtime"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/porting"
)

// endless is a store with any number of patterns, which are made when they are read. Each refers to two
// others and links to a third. All came from files.
type endless struct {
	porting.Store

	t *testing.T
	n int
}

// many is the collection of an endless store.
type many struct {
	content.Collection[*content.Pattern]

	n int
}

// At returns the graph of the store beneath, with other patterns.
func (s *endless) At(p content.Perspective) *content.Graph {
	g := *s.Store.At(p)
	g.Patterns = many{g.Patterns, s.n}
	return &g
}

// KeysAfter returns the keys of at most limit patterns. No other type has entries.
func (s *endless) KeysAfter(_ context.Context, _ content.Perspective, t content.EntryType, after string, limit int) ([]string, error) {
	if t != content.TypePattern {
		return nil, nil
	}
	var out []string
	for i := numberOf(after) + 1; i < s.n && len(out) < limit; i++ {
		out = append(out, keyOf(i))
	}
	return out, nil
}

// SourceMarks returns a mark for each entry. It fails the test if all are read at once, as their number has
// no bound.
func (s *endless) SourceMarks(_ context.Context, ids ...content.ID) ([]content.Source, error) {
	if len(ids) == 0 {
		s.t.Error("an export reads the marks of all sources at once")
	}
	out := make([]content.Source, len(ids))
	for i, id := range ids {
		out[i] = content.Source{ID: id, Path: "pattern/" + id.Key + ".md"}
	}
	return out, nil
}

// Sources finds no source: only the marks are known, not the texts of the files.
func (s *endless) Sources(_ context.Context, ids ...content.ID) ([]*content.Source, error) {
	return make([]*content.Source, len(ids)), nil
}

// keyOf returns the key of a pattern. Its fixed width makes the order of keys that of the numbers.
func keyOf(i int) string { return fmt.Sprintf("p%08d", i) }

// numberOf returns the number in a key, and -1 for no key.
func numberOf(key string) int {
	i := -1
	_, _ = fmt.Sscanf(key, "p%d", &i)
	return i
}

// PagesByKeys makes the patterns anew for each call, so that only the export can keep them in memory. A prime
// number spreads their references over all keys.
func (c many) PagesByKeys(_ context.Context, keys []string) ([]content.Entry, error) {
	out := make([]content.Entry, len(keys))
	for j, key := range keys {
		i := numberOf(key)
		other := func(step int) string { return keyOf((i*7919 + step) % c.n) }
		p := &content.Pattern{
			Meta:     content.Meta{Type: content.TypePattern, Key: key, Slug: key, Name: "Pattern " + key, Summary: "One of many."},
			Category: "RESILIENCE", CatalogGroup: "CORE", CatalogStatus: "PRODUCTION_READY", Recommendation: "RECOMMENDED", Relevance: "MAINSTREAM", Difficulty: "BEGINNER", ReadingMinutes: 1,
			Relations: []content.RelationRow{{PatternKey: other(1), Relation: "COMPLEMENTS", Weight: 1}, {PatternKey: other(2), Relation: "COMPLEMENTS", Weight: 1}},
		}
		p.Body.Markdown = "# Text\n\nSee [another](" + other(3) + ".md).\n"
		out[j] = p
	}
	return out, nil
}

// EntriesByKeys is PagesByKeys: it returns whole patterns too.
func (c many) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return c.PagesByKeys(ctx, keys)
}

// EntriesBySlugs returns patterns by their keys, which are their slugs.
func (c many) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return c.PagesByKeys(ctx, slugs)
}

// TestExportsNeedNoMemoryForTheirSize exports N entries and then 4 N, and compares the memory in use while the last
// ones are written.
func TestExportsNeedNoMemoryForTheirSize(t *testing.T) {
	const n, perEntry = 2500, 100 // bytes; names of entries would take three times that
	inUse := func(t *testing.T, entries int, export func(porting.Store, porting.ExportOptions) (*porting.Exported, error)) uint64 {
		var heap uint64
		o := porting.ExportOptions{Drafts: true, Progress: func(_ string, done, _ int) {
			if done == entries {
				var m runtime.MemStats
				runtime.GC()
				runtime.GC() // frees what finalizers and pools have kept
				runtime.ReadMemStats(&m)
				heap = m.HeapAlloc
			}
		}}
		out, err := export(&endless{open(t), t, entries}, o)
		if err != nil || out.Written != entries || len(out.Problems) > 0 {
			t.Fatalf("%v: %v\n%.500s", out, err, listed(out.Problems))
		}
		return heap
	}
	for name, export := range map[string]func(porting.Store, porting.ExportOptions) (*porting.Exported, error){
		"records": func(s porting.Store, o porting.ExportOptions) (*porting.Exported, error) {
			return porting.ExportRecords(t.Context(), s, io.Discard, o)
		},
		"files": func(s porting.Store, o porting.ExportOptions) (*porting.Exported, error) {
			return porting.Export(t.Context(), s, t.TempDir(), o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			inUse(t, n/5, export) // fills pools and caches of this process
			few, all := inUse(t, n, export), inUse(t, 4*n, export)
			if most := few + 3*n*perEntry; all > most {
				t.Errorf("%d entries need %d bytes and %d entries %d, which is more than %d for each", n, few, 4*n, all, perEntry)
			}
			t.Logf("%d entries: %d bytes, %d entries: %d bytes", n, few, 4*n, all)
		})
	}
}
