package search_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/search"
)

// reads counts the documents that a store has read, by collection.
type reads struct {
	mu sync.Mutex
	of map[string]int
}

// succeeded counts the documents in the batches of a cursor. Other replies have no namespace and are
// ignored. The driver calls it from many goroutines.
func (r *reads) succeeded(_ context.Context, e *event.CommandSucceededEvent) {
	var reply struct {
		Cursor struct {
			NS    string     `bson:"ns"`
			First []bson.Raw `bson:"firstBatch"`
			Next  []bson.Raw `bson:"nextBatch"`
		} `bson:"cursor"`
	}
	if bson.Unmarshal(e.Reply, &reply) != nil || reply.Cursor.NS == "" {
		return
	}
	_, name, _ := strings.Cut(reply.Cursor.NS, ".")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.of[name] += len(reply.Cursor.First) + len(reply.Cursor.Next)
}

// take returns the number of pages read since the last call, published and drafts together.
func (r *reads) take() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := r.of["pages"] + r.of["pages_draft"]
	clear(r.of)
	return n
}

// openCounted returns a store and what it reads.
func openCounted(t testing.TB, uri, database string) (*repository.Store, *reads) {
	t.Helper()
	r := &reads{of: map[string]int{}}
	s, err := repository.Open(mongodb.Options{
		URI: uri, Database: database, Render: markdown.NewRenderer().Render, Monitor: &event.CommandMonitor{Succeeded: r.succeeded},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
	return s, r
}

// records is a log that tests read.
type records struct {
	slog.Handler
	mu    sync.Mutex
	lines []string
}

// newRecords returns an empty log of all levels.
func newRecords() *records { return &records{Handler: slog.DiscardHandler} }

func (r *records) Handle(_ context.Context, rec slog.Record) error {
	line := rec.Message
	rec.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, line)
	return nil
}
func (r *records) Enabled(context.Context, slog.Level) bool { return true }
func (r *records) WithAttrs([]slog.Attr) slog.Handler       { return r }

// count returns the number of lines with a text.
func (r *records) count(text string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, l := range r.lines {
		if strings.Contains(l, text) {
			n++
		}
	}
	return n
}

// shelf is a store and a folder, over which a test runs one engine after the other.
type shelf struct {
	uri, database string
	store         *repository.Store
	reads         *reads
	dir, url      string
	log           *records
}

// newShelf returns a shelf with an empty database and an empty folder.
func newShelf(t *testing.T) *shelf {
	t.Helper()
	s := &shelf{dir: t.TempDir()}
	var database string
	s.uri, database = mongotest.Open(t)
	s.open(t, database)
	return s
}

// open uses a database from now on.
func (s *shelf) open(t *testing.T, database string) {
	t.Helper()
	s.database = database
	s.store, s.reads = openCounted(t, s.uri, database)
	if err := s.store.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// use runs an engine, calls f, and ends the engine in order.
func (s *shelf) use(t *testing.T, f func(e *search.Engine)) {
	t.Helper()
	s.log = newRecords()
	e := mustNew(t, s.store, search.Options{Dir: s.dir, URL: s.url, Log: slog.New(s.log)})
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	defer func() { cancel(); running.Wait() }()
	awaitIndexes(t, e)
	f(e)
}

// awaitIndexes waits until both indexes can be searched.
func awaitIndexes(t testing.TB, e *search.Engine) {
	t.Helper()
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		for range 30 { // on a busy machine the fill may take longer than a search waits
			if _, err := e.At(p).Search(t.Context(), content.Search{Text: "x"}); err == nil {
				break
			}
		}
	}
}

// indexes returns the names of the indexes on disk.
func (s *shelf) indexes(t *testing.T) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(s.dir, "1", "*-*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range list {
		list[i] = filepath.Base(name)
	}
	return list
}

// pages returns pages with names that a search for okapi finds.
func pages(from, to int) []content.Entry {
	var out []content.Entry
	for n := from; n < to; n++ {
		out = append(out, page(fmt.Sprint("okapi-", n), fmt.Sprint("Okapi ", n)))
	}
	return out
}

// TestRestartReadsOnlyWhatChanged counts the pages that a start reads. Only the first start reads all of
// them; later ones read the entries that were written in between, and end in the same state as a new
// index.
func TestRestartReadsOnlyWhatChanged(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 150)...)
	var before string
	s.use(t, func(e *search.Engine) {
		if n := s.reads.take(); n < 300 {
			t.Fatalf("the first start read %d pages, want all 300", n)
		}
		before = found(t, e, "okapi")
	})
	s.use(t, func(e *search.Engine) {
		if n := s.reads.take(); n != 0 || s.log.count("search index filled") != 0 {
			t.Errorf("a restart without changes read %d pages and filled %d indexes", n, s.log.count("search index filled"))
		}
		if diff := cmp.Diff(before, found(t, e, "okapi")); diff != "" {
			t.Errorf("after the restart (-before +after):\n%s", diff)
		}
	})
	mustPublish(t, s.store, page("new", "Okapi new"))
	mustPut(t, s.store, page("draft", "Okapi draft"), edited(t, s.store, "okapi-1", func(p *content.Page) { p.Name = "Renamed" }))
	if err := s.store.Delete(t.Context(), "test", content.ID{Type: content.TypePage, Key: "okapi-2"}); err != nil {
		t.Fatal(err)
	}
	s.reads.take()
	s.use(t, func(e *search.Engine) {
		// In the published graph one page is new and one is gone; of the drafts two are new, one has
		// changed and one is gone.
		if n := s.reads.take(); n != 4 || s.log.count("search index filled") != 0 {
			t.Errorf("the restart read %d pages, want the 4 that have changed and exist", n)
		}
		fresh := start(t, s.store)
		for _, text := range []string{"okapi", "renamed", "draft", "okapi 2"} {
			if diff := cmp.Diff(found(t, fresh, text), found(t, e, text)); diff != "" {
				t.Errorf("%q (-filled +restarted):\n%s", text, diff)
			}
		}
		tag := func(e *search.Engine) string {
			return mustSearch(t, e.At(content.Drafts), content.Search{Text: "okapi"}).Tag()
		}
		if tag(fresh) != tag(e) {
			t.Error("cursors of an index that was filled are not valid in one that was updated")
		}
	})
}

// TestChangesOfTheOtherGraphAreRemembered: an index that sees no change of its own for long still
// continues where it was.
func TestChangesOfTheOtherGraphAreRemembered(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 2)...)
	s.use(t, func(e *search.Engine) {
		since, err := s.store.LastSeq(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		mustPut(t, s.store, pages(10, 60)...)
		changes, err := s.store.Changes(t.Context(), since, 1000)
		if err != nil {
			t.Fatal(err)
		}
		e.Note(content.State{}, changes...)
		mustSearch(t, e.At(content.Drafts), content.Search{Text: "okapi"})
	})
	if _, err := s.store.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	s.use(t, func(*search.Engine) {
		if n := s.log.count("search index filled"); n != 0 {
			t.Errorf("%d indexes were filled again after the log was pruned up to their position", n)
		}
	})
}

// TestIndexesThatDoNotFitAreReplaced makes the files on disk belong to another database, history or
// format. Both indexes must be filled again, once, and the log must state the reason.
func TestIndexesThatDoNotFitAreReplaced(t *testing.T) {
	rename := func(t *testing.T, s *shelf, from, to string) {
		t.Helper()
		for _, name := range s.indexes(t) {
			path := filepath.Join(s.dir, "1", name)
			if err := os.Rename(path, strings.Replace(path, from, to, 1)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		change func(t *testing.T, s *shelf)
		reason string
	}{
		"the log was pruned": {func(t *testing.T, s *shelf) {
			mustPublish(t, s.store, pages(20, 30)...)
			if _, err := s.store.Prune(t.Context(), time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}, "no longer reaches back"},
		"another database": {func(t *testing.T, s *shelf) {
			_, other := mongotest.Open(t)
			s.open(t, other)
			mustPublish(t, s.store, pages(20, 30)...)
		}, "another database"},
		"restored from before": {func(t *testing.T, s *shelf) {
			s.restored(t)
		}, "restored from before"},
		"restored, and other writes since": {func(t *testing.T, s *shelf) {
			s.restored(t)
			mustPut(t, s.store, pages(20, 40)...)
		}, "another history"},
		"a crash in the first fill": {func(t *testing.T, s *shelf) {
			for _, name := range s.indexes(t) {
				search.ForgetPosition(t, filepath.Join(s.dir, "1", name))
			}
		}, "incomplete"},
		"another format": {func(t *testing.T, s *shelf) {
			name := s.indexes(t)[0]
			rename(t, s, strings.Split(name, "-")[1], "00000000")
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShelf(t)
			mustPublish(t, s.store, pages(0, 10)...)
			s.use(t, func(*search.Engine) {})
			tt.change(t, s)
			s.use(t, func(e *search.Engine) {
				if tt.reason != "" && s.log.count(tt.reason) != 2 {
					t.Errorf("%d indexes were removed since %s\n%s", s.log.count(tt.reason), tt.reason, strings.Join(s.log.lines, "\n"))
				}
				eventually(t, func() bool { return s.log.count("search index filled") == 2 && len(s.indexes(t)) == 2 })
				if diff := cmp.Diff(found(t, start(t, s.store), "okapi"), found(t, e, "okapi")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
			s.use(t, func(*search.Engine) {
				if n := s.log.count("search index filled"); n != 0 {
					t.Errorf("the next start fills %d indexes", n)
				}
			})
		})
	}
}

// restored goes back to a backup from before the last writes, which the index has seen.
func (s *shelf) restored(t *testing.T) {
	t.Helper()
	backup := mongotest.Backup(t, s.database)
	mustPublish(t, s.store, pages(50, 53)...)
	s.use(t, func(*search.Engine) {})
	s.open(t, backup)
}

// eventually waits for a condition.
func eventually(t *testing.T, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen")
		}
	}
}

// TestOldFormatAnswersUntilTheNewOneIsFilled holds the reads of the fill back.
func TestOldFormatAnswersUntilTheNewOneIsFilled(t *testing.T) {
	s := newShelf(t)
	mustPublish(t, s.store, pages(0, 10)...)
	var want string
	s.use(t, func(e *search.Engine) { want = found(t, e, "okapi") })
	for _, name := range s.indexes(t) {
		graph, _, _ := strings.Cut(name, "-")
		if err := os.Rename(filepath.Join(s.dir, "1", name), filepath.Join(s.dir, "1", graph+"-00000000-7")); err != nil {
			t.Fatal(err)
		}
	}
	mustPublish(t, s.store, page("later", "Okapi later"))
	release := make(chan struct{})
	held := holding{Store: s.store, scans: release}
	log := newRecords()
	e := mustNew(t, held, search.Options{Dir: s.dir, Log: slog.New(log)})
	run(t, e)
	if got := found(t, e, "okapi"); got == want || !strings.Contains(got, "PAGE:later") || log.count("search index filled") != 0 {
		t.Errorf("while the new index is filled: %s", got)
	}
	names := s.indexes(t)
	if !slices.Contains(names, "published-00000000-7") || !slices.Contains(names, "drafts-00000000-7") {
		t.Errorf("while the new index is filled there are %v", names)
	}
	close(release)
	eventually(t, func() bool { return log.count("search index filled") == 2 && len(s.indexes(t)) == 2 })
	if got := found(t, e, "okapi"); !strings.Contains(got, "PAGE:later") || strings.Contains(strings.Join(s.indexes(t), " "), "00000000") {
		t.Errorf("afterwards: %s, with %v", got, s.indexes(t))
	}
}

// holding is a store whose scans of tiers, which a fill begins with, wait.
type holding struct {
	*repository.Store
	scans chan struct{}
}

// At returns a copy of the graph, so that the store itself is not changed.
func (h holding) At(p content.Perspective) *content.Graph {
	g := *h.Store.At(p)
	g.Tiers = heldTiers{g.Tiers, h.scans}
	return &g
}

// heldTiers is a collection whose Find waits until scans is closed or the context ends.
type heldTiers struct {
	content.Collection[*content.Tier]
	scans chan struct{}
}

func (h heldTiers) Find(ctx context.Context, q content.Query, s ...content.Scope) ([]content.Slice[*content.Tier], error) {
	select {
	case <-h.scans:
	case <-ctx.Done():
	}
	return h.Collection.Find(ctx, q, s...) //nolint:wrapcheck // the store's own
}
