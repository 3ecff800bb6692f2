package cache_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// replica is a store with its memory and the follower that updates it, as in the program.
type replica struct {
	store     *repository.Store
	revisions *cache.Revisions
	memory    *cache.Memory
}

// laws returns the laws of the newest generation that has this replica's own writes, and the
// context to read them in.
func (r *replica) laws(t *testing.T) (context.Context, content.Collection[*content.Law]) {
	t.Helper()
	if err := r.revisions.WaitFor(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	g, _ := r.revisions.Now()
	return content.ReadOne(t.Context(), func() content.State { return g.State }), r.memory.At(g).Laws
}

func newReplica(t *testing.T, uri, database string) *replica {
	t.Helper()
	r := &replica{revisions: cache.NewRevisions(content.State{})}
	var feed *mongodb.Feed
	var err error
	r.store, err = repository.Open(mongodb.Options{
		URI: uri, Database: database,
		Render: func(_ content.EntryType, _, markdown string, _ ...content.File) content.RichText {
			return content.RichText{Markdown: markdown}
		},
		Committed: func(c []content.Change) { r.revisions.Owe(c[len(c)-1].Seq); feed.Notify() },
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	feed = mongodb.NewFeed(r.store.Store, slog.New(slog.DiscardHandler))
	if err := r.store.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.memory = cache.NewMemory(1<<20, r.store.At(content.Published))
	feed.Lead(0, r.revisions.Advance)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { _ = feed.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		if err := r.store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return r
}

// whole checks that an entity comes from one revision: name and summary are always written together.
func whole(t *testing.T, l *content.Law) int {
	t.Helper()
	var name, summary int
	if _, err := fmt.Sscanf(l.Name, "version %d", &name); err != nil {
		t.Fatalf("%q: %v", l.Name, err)
	}
	if _, err := fmt.Sscanf(l.Summary, "version %d", &summary); err != nil || name != summary {
		t.Fatalf("a mixture of revisions: %q and %q", l.Name, l.Summary)
	}
	return name
}

// read reads a law in one of the ways and returns its version; 0 when it is not published.
func (r *replica) read(t *testing.T, way int, key string) int {
	t.Helper()
	var l *content.Law
	ctx, laws := r.laws(t)
	switch way {
	case 0, 1, 2:
		found, err := []func(context.Context, []string) ([]*content.Law, error){laws.ByKeys, laws.BySlugs, laws.Pages}[way](ctx, []string{key})
		if err != nil {
			t.Fatal(err)
		}
		l = found[0]
	default:
		lists, err := laws.Find(ctx, content.Query{}, content.Scope{})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range lists[0].Items {
			if item.Key == key {
				l = item
			}
		}
	}
	if l == nil {
		return 0
	}
	return whole(t, l)
}

// TestReplicasNeverAnswerFromBeforeAWrite interleaves writes, publishes and reads on two replicas
// that share a database.
func TestReplicasNeverAnswerFromBeforeAWrite(t *testing.T) {
	uri, database := mongotest.Open(t)
	replicas := []*replica{newReplica(t, uri, database), newReplica(t, uri, database)}
	random := rand.New(rand.NewPCG(6, 2026))
	keys := []string{"a", "b", "c"}
	working := map[string]*content.Law{}
	// states are the published versions of each key, oldest first. seen is the index of the newest
	// one that each replica is sure to have reached.
	states := map[string][]int{"a": {0}, "b": {0}, "c": {0}}
	seen := []map[string]int{{}, {}}
	written := 0
	for step := range 150 {
		at, key := random.IntN(2), keys[random.IntN(len(keys))]
		r := replicas[at]
		id := content.ID{Type: content.TypeLaw, Key: key}
		check := func(k string) {
			for way := range 4 {
				if got, allowed := r.read(t, way, k), states[k][seen[at][k]:]; !slices.Contains(allowed, got) {
					t.Fatalf("step %d: replica %d, way %d: version %d of %s, want one of %v", step, at, way, got, k, allowed)
				}
			}
		}
		reached := func(k string) { seen[at][k] = len(states[k]) - 1 }
		switch random.IntN(6) {
		case 0, 1:
			written++
			working[key] = r.write(t, working[key], key, written)
			check(key) // readers do not see a draft
			if _, err := r.store.Publish(t.Context(), "test", id); err != nil {
				t.Fatal(err)
			}
			states[key] = append(states[key], written)
			reached(key)
		case 2:
			if states[key][len(states[key])-1] == 0 {
				continue
			}
			if _, err := r.store.Unpublish(t.Context(), "test", id); err != nil {
				t.Fatal(err)
			}
			states[key] = append(states[key], 0)
			reached(key)
		case 3: // wait for the other replica's write, as X-After does
			last, err := r.store.LastSeq(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := r.revisions.WaitFor(t.Context(), last); err != nil {
				t.Fatal(err)
			}
			for _, k := range keys {
				reached(k)
				check(k)
			}
		default: // only read
		}
		check(key)
	}
	eventually(t, func() error {
		for i, r := range replicas {
			for _, k := range keys {
				for way := range 4 {
					if got, want := r.read(t, way, k), states[k][len(states[k])-1]; got != want {
						return fmt.Errorf("replica %d, way %d: version %d of %s, want %d", i, way, got, k, want)
					}
				}
			}
		}
		return nil
	})
}

// write stores the next working copy of a law.
func (r *replica) write(t *testing.T, before *content.Law, key string, version int) *content.Law {
	t.Helper()
	next := content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: key, Slug: key}}
	if before != nil {
		next = *before
	}
	next.Name, next.Summary = fmt.Sprint("version ", version), fmt.Sprint("version ", version)
	stored, err := r.store.Put(t.Context(), "test", &next)
	if err != nil {
		t.Fatal(err)
	}
	return stored[0].(*content.Law)
}

// eventually waits until a check passes. A busy machine may take longer than usual to deliver a
// change.
func eventually(t *testing.T, check func() error) {
	t.Helper()
	clock := time.NewTicker(5 * time.Millisecond)
	defer clock.Stop()
	end := time.After(10 * time.Second)
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-end:
			t.Fatal(err)
		case <-clock.C:
		}
	}
}
