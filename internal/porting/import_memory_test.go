package porting_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/porting"
	"patternhub/internal/repository"
)

// hollow is a store that keeps nothing: an entry is there once something was written, and it is made when it is
// read. It measures the memory in use whenever the last entry of an import passes.
type hollow struct {
	porting.Store

	n       int
	mu      sync.Mutex
	written bool
	most    uint64
}

// At returns the graph of the store beneath, with other patterns.
func (s *hollow) At(p content.Perspective) *content.Graph {
	g := *s.Store.At(p)
	g.Patterns = forgotten{g.Patterns, s, p == content.Drafts}
	return &g
}

// pass measures the memory in use if the last entry is among some.
func (s *hollow) pass(keys ...string) {
	if !slices.Contains(keys, keyOf(s.n-1)) {
		return
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // frees what finalizers and pools have kept
	runtime.ReadMemStats(&m)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.most = max(s.most, m.HeapAlloc)
}

// Put takes entries.
func (s *hollow) Put(_ context.Context, _ string, entries ...content.Entry) ([]content.Entry, error) {
	for _, e := range entries {
		s.pass(e.Head().Key)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written = true
	return entries, nil
}

// Publish takes ids.
func (s *hollow) Publish(_ context.Context, _ string, ids ...content.ID) ([]content.Entry, error) {
	for _, id := range ids {
		s.pass(id.Key)
	}
	return nil, nil
}

// forgotten are the patterns of a hollow store.
type forgotten struct {
	content.Collection[*content.Pattern]

	store  *hollow
	drafts bool
}

// PagesByKeys makes patterns.
func (c forgotten) PagesByKeys(_ context.Context, keys []string) ([]content.Entry, error) {
	c.store.pass(keys...)
	c.store.mu.Lock()
	defer c.store.mu.Unlock()
	out := make([]content.Entry, len(keys))
	for i, key := range keys {
		if c.drafts && c.store.written {
			out[i] = madeUp(numberOf(key))
			out[i].Head().Status = content.StatusDraft
		}
	}
	return out, nil
}

// EntriesByKeys is PagesByKeys.
func (c forgotten) EntriesByKeys(ctx context.Context, keys []string) ([]content.Entry, error) {
	return c.PagesByKeys(ctx, keys)
}

// EntriesBySlugs is PagesByKeys, since slugs are keys.
func (c forgotten) EntriesBySlugs(ctx context.Context, slugs []string) ([]content.Entry, error) {
	return c.PagesByKeys(ctx, slugs)
}

// madeUp returns a pattern that refers to four others, two of which must be published before it.
func madeUp(i int) *content.Pattern {
	p := &content.Pattern{
		Meta:     content.Meta{Type: content.TypePattern, Key: keyOf(i), Slug: keyOf(i), Name: "Pattern " + keyOf(i), Summary: "One of many."},
		Category: "RESILIENCE", CatalogGroup: "CORE", CatalogStatus: "PRODUCTION_READY", Recommendation: "RECOMMENDED", Relevance: "MAINSTREAM", Difficulty: "BEGINNER", ReadingMinutes: 1,
		TierKey: "gold", CatalogName: "P", Problem: "A problem.", Solution: "A solution.",
	}
	for j, relation := range []content.PatternRelation{"COMPLEMENTS", "PREREQUISITE", "ALTERNATIVE_TO", "MIGRATES_TO"} {
		if other := i * (j + 1) / 5; other != i {
			p.Relations = append(p.Relations, content.RelationRow{PatternKey: keyOf(other), Relation: relation, Weight: 1})
		}
	}
	p.Body.Markdown = "# Text\n\nSome text.\n"
	return p
}

// TestAnImportKeepsLittleOfEachEntry imports N records and then 4 N, and compares the largest memory that was in use
// when the last one was read, written and published.
func TestAnImportKeepsLittleOfEachEntry(t *testing.T) {
	const n, perEntry = 2500, 700 // bytes; it was 2,300 with references as texts
	inUse := func(entries int) uint64 {
		t.Helper()
		file := mustWrite(t, entries, madeUp)
		defer file.Close()
		s := &hollow{Store: golden(t), n: entries}
		report, err := porting.ImportRecords(t.Context(), s, "many.ndjson", file, porting.Options{By: "test", Publish: true})
		if err != nil || report.Err() != nil || report.Published != entries {
			t.Fatalf("%s: %v\n%.500v", report, err, report.Err())
		}
		return s.most
	}
	inUse(n / 5) // fills pools and caches of this process
	few, all := inUse(n), inUse(4*n)
	each := (float64(all) - float64(few)) / (3 * n)
	t.Logf("%.0f bytes for each entry", each)
	if each > perEntry {
		t.Errorf("an import keeps %.0f bytes for each entry, want at most %d", each, perEntry)
	}
}

// SourceMarks returns the marks of all files of a tree that has not changed.
func (s *hollow) SourceMarks(context.Context, ...content.ID) ([]content.Source, error) {
	if !s.written {
		return nil, nil
	}
	out := make([]content.Source, s.n)
	for i := range out {
		id := content.ID{Type: content.TypePattern, Key: keyOf(i)}
		out[i] = content.Source{ID: id, Path: fileOf(i), Tree: "tree", Hash: fmt.Sprintf("%x", sha256.Sum256([]byte(unread))), Files: []content.Seen{}}
	}
	return out, nil
}

// unread is the text of each file of that tree, which is no text of a pattern: only its hash is looked at.
const unread = "unread"

// fileOf returns the path of the file of a pattern.
func fileOf(i int) string { return "pattern/" + keyOf(i) + ".md" }

// TestARepeatedImportKeepsLittleOfEachFile imports trees of N and 4 N files that have not changed.
func TestARepeatedImportKeepsLittleOfEachFile(t *testing.T) {
	const n, perFile = 1000, 1600 // bytes
	inUse := func(files int) uint64 {
		t.Helper()
		tree := map[string]string{}
		for i := range files {
			tree[fileOf(i)] = unread
		}
		s := &hollow{Store: golden(t), n: files, written: true}
		dir := write(t, tree)
		clear(tree)
		report, err := porting.Import(t.Context(), s, os.DirFS(dir), porting.Options{By: "test", Tree: "tree", Progress: func(_ string, done, total int) {
			if done == total {
				s.pass(keyOf(files - 1))
			}
		}})
		if err != nil || report.Unchanged != files {
			t.Fatalf("%s: %v\n%.500v", report, err, report.Err())
		}
		return s.most
	}
	inUse(n / 5) // fills pools and caches of this process
	few, all := inUse(n), inUse(4*n)
	each := (float64(all) - float64(few)) / (3 * n)
	t.Logf("%.0f bytes for each file", each)
	if each > perFile {
		t.Errorf("an import keeps %.0f bytes for each file, want at most %d", each, perFile)
	}
}

// golden opens a store with the tier of all patterns that are made up.
func golden(t *testing.T) *repository.Store {
	t.Helper()
	s := open(t)
	edit(t, s, &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: "gold", Slug: "gold", Name: "Gold", Summary: "A tier."}, Rank: 1, Badge: "G"})
	return s
}

// mustWrite writes patterns as records and opens the file.
func mustWrite(t *testing.T, n int, pattern func(int) *content.Pattern) *os.File {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "many.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	out := bufio.NewWriter(file)
	for i := range n {
		line, err := markdown.EncodeRecord(pattern(i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return file
}
