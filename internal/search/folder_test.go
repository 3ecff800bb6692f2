package search_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"patternhub/internal/content"
	"patternhub/internal/search"
)

// TestDamagedIndexIsSetAside damages the published index in each way that a disk or an operator can. The
// engine must fill a new index, find the same entries, and keep the damaged files for a later look.
func TestDamagedIndexIsSetAside(t *testing.T) {
	segment := func(t *testing.T, index string) string {
		t.Helper()
		list, err := filepath.Glob(filepath.Join(index, "store", "*.zap"))
		if err != nil || len(list) == 0 {
			t.Fatalf("no segments: %v", err)
		}
		return list[0]
	}
	overwrite := func(t *testing.T, path string, change func([]byte) []byte) {
		t.Helper()
		raw, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, change(raw), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	half := func(raw []byte) []byte { return raw[:len(raw)/2] }
	for name, damage := range map[string]func(t *testing.T, index string){
		"zeros in a segment": func(t *testing.T, index string) {
			overwrite(t, segment(t, index), func(raw []byte) []byte { clear(raw[len(raw)/2 : len(raw)/2+8]); return raw })
		},
		"a short segment":   func(t *testing.T, index string) { overwrite(t, segment(t, index), half) },
		"an empty segment":  func(t *testing.T, index string) { overwrite(t, segment(t, index), func([]byte) []byte { return nil }) },
		"a missing segment": func(t *testing.T, index string) { _ = os.Remove(segment(t, index)) },
		"a short root": func(t *testing.T, index string) {
			overwrite(t, filepath.Join(index, "store", "root.bolt"), func(raw []byte) []byte { return raw[:5000] })
		},
		"no root":             func(_ *testing.T, index string) { _ = os.Remove(filepath.Join(index, "store", "root.bolt")) },
		"no description":      func(_ *testing.T, index string) { _ = os.Remove(filepath.Join(index, "index_meta.json")) },
		"a wrong description": func(t *testing.T, index string) { overwrite(t, filepath.Join(index, "index_meta.json"), half) },
		"a file, where a folder is": func(t *testing.T, index string) {
			if err := os.RemoveAll(index); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(index, []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			mustPublish(t, s.store, pages(0, 10)...)
			var want string
			s.use(t, func(e *search.Engine) { want = found(t, e, "okapi") })
			for range 2 { // the second time there is a damaged one from the first
				for _, index := range s.indexes(t) {
					if strings.HasPrefix(index, "published") {
						damage(t, filepath.Join(s.dir, "1", index))
					}
				}
				s.use(t, func(e *search.Engine) {
					if got := found(t, e, "okapi"); got != want {
						t.Errorf("found %q, want %q", got, want)
					}
					if s.log.count("is damaged") != 1 || s.log.count("search index filled") != 1 {
						t.Errorf("the log:\n%s", strings.Join(s.log.lines, "\n"))
					}
				})
			}
			if _, err := os.Stat(filepath.Join(s.dir, "1", "damaged-published")); err != nil {
				t.Errorf("the damaged index was not kept: %v", err)
			}
		})
	}
}

// TestEachProcessHasItsFolder runs two engines over one directory, as a rolling update does. The second
// uses another folder, and a third continues in the folder that the first has left.
func TestEachProcessHasItsFolder(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 3)...)
	first := mustNew(t, s.store, search.Options{Dir: s.dir})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { first.Run(ctx) })
	awaitIndexes(t, first)
	s.use(t, func(e *search.Engine) {
		if a, b := found(t, first, "okapi"), found(t, e, "okapi"); a != b {
			t.Errorf("found %q and %q", a, b)
		}
		for _, n := range []string{"1", "2"} {
			if list, err := filepath.Glob(filepath.Join(s.dir, n, "published-*")); err != nil || len(list) != 1 {
				t.Errorf("folder %s has %v, %v", n, list, err)
			}
		}
	})
	cancel()
	running.Wait()
	s.use(t, func(*search.Engine) {
		if s.log.count("search index filled") != 0 || s.log.count(filepath.Join(s.dir, "1")) == 0 {
			t.Errorf("the next one did not take the first folder:\n%s", strings.Join(s.log.lines, "\n"))
		}
	})
}

// TestWithoutAFolderSearchIsInMemory shows that an unusable SEARCH_DIR does not stop the hub. The log
// names the variable once, so that operators find the cause.
func TestWithoutAFolderSearchIsInMemory(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 3)...)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.dir = filepath.Join(file, "search") // no folder can be made there
	s.use(t, func(e *search.Engine) {
		if got := found(t, e, "okapi"); !strings.Contains(got, "PAGE:okapi-2") || s.log.count("in memory") != 1 || s.log.count("SEARCH_DIR") != 1 {
			t.Errorf("found %q; the log:\n%s", got, strings.Join(s.log.lines, "\n"))
		}
	})
}

// TestManyChangesAreReadFromTheLog notes so many changes at once that the index forgets them. It then
// finds what only the log has.
func TestManyChangesAreReadFromTheLog(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 3)...)
	s.use(t, func(e *search.Engine) {
		mustPublish(t, s.store, page("unnoted", "Okapi unnoted"))
		var many []content.Change
		for n := range search.MaxPending + 1 {
			many = append(many, content.Change{Type: content.TypePage, Key: fmt.Sprint("none-", n), Op: content.OpUpsert, Graph: content.Published})
		}
		e.Note(content.State{}, many...)
		if list := ids(find(t, e, "unnoted")); !slices.Contains(list, "PAGE:unnoted") {
			t.Errorf("found %v", list)
		}
	})
}
