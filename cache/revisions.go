// Package cache keeps published entries in memory and knows how current they are: it follows
// the change feed and never answers with what a change has made stale.
//
// Nothing is invalidated one by one. Everything that is kept carries the revision of the types it
// depends on, and a change makes that revision another one: what was kept before is then simply not
// found. So a forgotten invalidation cannot happen, and a replica that hears late is late, but
// never wrong about what it knows.
package cache

import (
	"context"
	"sync"

	"patternhub/content"
)

// Revisions is the revision vector: the number of the last published change of each type, as
// this replica knows it. It is safe for concurrent use.
// last is by the name of the GraphQL type, as the surface knows types by those of the schema.
type Revisions struct {
	mu    sync.RWMutex
	last  map[string]int64
	all   int64
	seen  int64 // the newest change of any graph
	moved chan struct{}
}

// NewRevisions makes a vector from what is published now; seen is the newest change.
func NewRevisions(published map[content.EntryType]int64, seen int64) *Revisions {
	r := &Revisions{last: map[string]int64{}, moved: make(chan struct{}), seen: seen}
	for t, seq := range published {
		r.note(t, seq)
	}
	return r
}

// typeName is the GraphQL type that a change is about. Health is no entry type.
func typeName(t content.EntryType) string {
	if t == content.TypeHealth {
		return "PatternHealth"
	}
	return t.Name()
}

func (r *Revisions) note(t content.EntryType, seq int64) {
	name := typeName(t)
	r.last[name] = max(r.last[name], seq)
	r.all = max(r.all, seq)
}

// Advance takes in changes, in any order: a replica's own writes come before the feed tells
// of them.
// A vector that is ahead of the feed is right: the write is committed. Numbers never go back.
func (r *Revisions) Advance(changes ...content.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range changes {
		if c.Graph == content.Published {
			r.note(c.Type, c.Seq)
		}
	}
}

// Reach says that the feed has handed on everything up to a change.
func (r *Revisions) Reach(seq int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if seq > r.seen {
		r.seen = seq
		close(r.moved)
		r.moved = make(chan struct{})
	}
}

// Of gives the newest published change among the named GraphQL types; no types at all means
// all of them.
// A type without a change is 0, as is an unknown one.
func (r *Revisions) Of(types []string) uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(types) == 0 {
		return uint64(r.all) //nolint:gosec // change numbers are positive
	}
	var out int64
	for _, t := range types {
		out = max(out, r.last[t])
	}
	return uint64(out)
}

// WaitFor returns once the feed has reached a change, or with ctx's error.
// It waits for the feed and not for the number alone, since only then all changes before it are
// known too.
func (r *Revisions) WaitFor(ctx context.Context, seq int64) error {
	for {
		r.mu.RLock()
		seen, moved := r.seen, r.moved
		r.mu.RUnlock()
		if seen >= seq {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		}
	}
}

// Begin sets the vector to what the store says is published; seen is the newest change.
// It is for the start, when the vector was made before the database could be asked.
func (r *Revisions) Begin(published map[content.EntryType]int64, seen int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for t, seq := range published {
		r.note(t, seq)
	}
	r.seen = max(r.seen, seen)
}

// Seen is the newest change that the feed has handed on.
func (r *Revisions) Seen() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.seen
}
