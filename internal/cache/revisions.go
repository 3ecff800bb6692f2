// Package cache caches published entries. It follows the change feed and never answers with data
// that a change has made stale.
//
// No item is invalidated. Each carries the revision of the types that it depends on. A change gives
// these types a new revision, so lookups no longer find the older items, and no invalidation can be
// forgotten. Each answer belongs to one generation, the state of the content at one change, so
// cached and newly read data agree. A replica that receives a change late serves an older state,
// but always a consistent one.
package cache

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"patternhub/internal/content"
)

// Revisions is the revision vector: for each type, the number of the last published change that
// this replica has received. It moves from one Generation to the next and never back. It is safe
// for concurrent use.
type Revisions struct {
	now atomic.Pointer[Generation]
	// owed is the newest change that this replica has written itself.
	owed atomic.Int64

	mu sync.Mutex // serializes move; now is read without it
}

// Generation is one state of the content on a replica. It is immutable. All data of an answer
// agrees with it: cached data was read at this generation, or at one with the same revision.
type Generation struct {
	content.State
	// last has the names of GraphQL types as keys, because that is how operations name types.
	last map[string]int64
	all  int64         // the largest value of last
	next chan struct{} // closed when a newer generation exists
}

// NewRevisions returns a vector at a state in which nothing has been published.
func NewRevisions(at content.State) *Revisions {
	r := &Revisions{}
	r.now.Store(&Generation{State: at, last: map[string]int64{}, next: make(chan struct{})})
	return r
}

// typeName returns the GraphQL type of a change. Health is not an entry type.
func typeName(t content.EntryType) string {
	if t == content.NonEntryHealth {
		return "PatternHealth"
	}
	return t.Name()
}

// Begin sets the vector to what the store says is published at a state. It is for the start, since
// the vector is made before the database can be read.
func (r *Revisions) Begin(published map[content.EntryType]int64, at content.State) {
	r.move(at, func(note func(content.EntryType, int64)) {
		for t, seq := range published {
			note(t, seq)
		}
	})
}

// Advance moves to a state, by all changes since the last one, which may be none. Changes must come
// in the order of their numbers, since the last one names the state.
func (r *Revisions) Advance(at content.State, changes ...content.Change) {
	r.move(at, func(note func(content.EntryType, int64)) {
		for _, c := range changes {
			if c.Graph == content.Published {
				note(c.Type, c.Seq)
			}
		}
	})
}

// move stores the next generation and wakes its waiters. It copies the map only if a type changed.
func (r *Revisions) move(at content.State, changes func(note func(content.EntryType, int64))) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.now.Load()
	after := &Generation{State: at, last: before.last, all: before.all, next: make(chan struct{})}
	copied := false
	changes(func(t content.EntryType, seq int64) {
		if !copied {
			after.last, copied = maps.Clone(before.last), true
		}
		after.last[typeName(t)] = seq
		after.all = max(after.all, seq)
	})
	r.now.Store(after)
	close(before.next)
}

// Owe records that this replica has written a change, which Now then waits for.
func (r *Revisions) Owe(seq int64) {
	for owed := r.owed.Load(); seq > owed && !r.owed.CompareAndSwap(owed, seq); owed = r.owed.Load() {
	}
}

// Now returns the newest generation. current reports whether it contains this replica's own writes;
// if not, WaitFor with 0 waits for them.
func (r *Revisions) Now() (g *Generation, current bool) {
	g = r.now.Load()
	return g, g.Seq >= r.owed.Load()
}

// WaitFor returns when the vector has reached a change and this replica's own writes, or with ctx's
// error.
func (r *Revisions) WaitFor(ctx context.Context, seq int64) error {
	seq = max(seq, r.owed.Load())
	for {
		g := r.now.Load()
		if g.Seq >= seq {
			return nil
		}
		if err := g.Wait(ctx); err != nil {
			return err
		}
	}
}

// Wait returns when there is a newer generation, or with ctx's error.
func (g *Generation) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-g.next:
		return nil
	}
}

// Of returns the revision of some GraphQL types: the number of the newest change of any of them, or
// of all types if there are none. Replicas at the same change return the same number.
func (g *Generation) Of(types []string) uint64 {
	newest := g.all
	if len(types) > 0 {
		newest = 0
		for _, t := range types {
			newest = max(newest, g.last[t])
		}
	}
	return uint64(newest)
}
