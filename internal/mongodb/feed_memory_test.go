package mongodb_test

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// TestMissedChangesNeedNoMemoryForTheirNumber lets a feed find N changes at once and then 4 N, and compares the memory
// in use while its followers get them.
func TestMissedChangesNeedNoMemoryForTheirNumber(t *testing.T) {
	const n, perChange = 15_000, 20 // in bytes; a change has more than 100
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	db, first := raw(t, &opened), 0
	miss := func(changes int) (heap uint64) {
		t.Helper()
		addChanges(t, db, first, changes)
		last := first + changes
		f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		f.Lead(int64(first), func(at content.State, got ...content.Change) {
			if len(got) == 0 {
				return
			}
			var m runtime.MemStats
			runtime.GC()
			runtime.GC() // frees what finalizers and pools have kept
			runtime.ReadMemStats(&m)
			heap = m.HeapAlloc
			mustStandForAll(t, first, at, got)
			if at.Seq != int64(last) {
				t.Errorf("the state is of change %d, want %d", at.Seq, last)
			}
			cancel()
		})
		if err := f.Run(ctx); err != nil {
			t.Fatal(err)
		}
		// Others read the changes themselves, and get all of them.
		list, err := f.After(t.Context(), int64(first))
		if err != nil || len(list) == 0 || list[0].Seq != int64(first)+1 {
			t.Errorf("after %d there are %d changes (%v)", first, len(list), err)
		}
		if list, err = f.After(t.Context(), int64(last-5)); err != nil || len(list) != 5 || list[4].Key == "" {
			t.Errorf("the last five are %v (%v)", list, err)
		}
		first = last
		return heap
	}
	miss(n) // fills pools and caches of this process
	few := miss(n)
	if all := miss(4 * n); all > few+3*n*perChange {
		t.Errorf("%d changes need %d bytes and %d changes %d, which is more than %d for each", n, few, 4*n, all, perChange)
	}
}

// TestMissedChangesLeaveNoGap lets a feed find a few changes and then more than it holds. Whoever has seen some of the
// first ones gets the next one.
func TestMissedChangesLeaveNoGap(t *testing.T) {
	var opened mongodb.Options
	s := storetest.Open(t, func(o *mongodb.Options) { opened = *o })
	f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	found := make(chan struct{}, 1)
	f.Lead(0, func(_ content.State, got ...content.Change) {
		if len(got) > 0 {
			found <- struct{}{}
		}
	})
	db := raw(t, &opened)
	mustFind(t, db, f, found, 0, 5)
	mustFind(t, db, f, found, 5, 12_000)
	for _, since := range []int64{0, 3, 5, 11_000} {
		list, err := f.After(t.Context(), since)
		if err != nil || len(list) == 0 {
			t.Fatalf("after %d there are %d changes (%v)", since, len(list), err)
		}
		for i := range list {
			if want := since + int64(i) + 1; list[i].Seq != want {
				t.Fatalf("after %d comes %d, want %d", since, list[i].Seq, want)
			}
		}
	}
}

// mustFind adds changes after a number and runs a feed until it has found them.
func mustFind(t *testing.T, db *mongo.Database, f *mongodb.Feed, found <-chan struct{}, first, n int) {
	t.Helper()
	addChanges(t, db, first, n)
	ctx, cancel := context.WithTimeout(t.Context(), feedTimeout)
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	select {
	case <-found:
	case <-ctx.Done():
		t.Error("the feed has found nothing")
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// mustStandForAll checks that changes end with the newest ones, without a gap, and that those before have no key
// and stand for both graphs.
func mustStandForAll(t *testing.T, first int, at content.State, got []content.Change) {
	t.Helper()
	graphs := map[content.Perspective]bool{}
	for len(got) > 0 && got[0].Key == "" {
		if got[0].Type != content.TypePattern || got[0].Seq <= int64(first) {
			t.Errorf("a change without a key: %+v", got[0])
		}
		graphs[got[0].Graph] = true
		got = got[1:]
	}
	if len(graphs) != 2 || len(got) < 1000 {
		t.Errorf("%d changes have keys, and the others are of %v", len(got), graphs)
	}
	for i := range got {
		if want := at.Seq - int64(len(got)-1-i); got[i].Seq != want || got[i].Key == "" {
			t.Fatalf("change %d is %+v", want, got[i])
		}
	}
}

// addChanges adds changes of patterns after a number.
func addChanges(t *testing.T, db *mongo.Database, first, n int) {
	t.Helper()
	rows := make([]any, n)
	for i := range rows {
		graph := content.Drafts
		if i%2 == 1 {
			graph = content.Published
		}
		rows[i] = content.Change{
			Seq: int64(first + i + 1), Type: content.TypePattern, Key: fmt.Sprintf("p%06d", i), Op: content.OpUpsert,
			Graph: graph, Revision: 1, At: time.Unix(0, 0).UTC(), By: "test",
		}
	}
	for part := range slices.Chunk(rows, 1000) { // the driver keeps the memory of its largest command
		if _, err := db.Collection("changes").InsertMany(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}
}
