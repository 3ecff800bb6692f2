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
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"sync"

	"patternhub/content"
)

// Revisions is the revision vector: the number of the last published change of each type, as
// this replica knows it. It is safe for concurrent use.
// last is by the name of the GraphQL type, as the surface knows types by those of the schema.
type Revisions struct {
	mu    sync.RWMutex
	last  map[string]newest
	all   uint64 // the marks of all types together
	seen  int64  // the newest change of any graph
	moved chan struct{}
}

// newest is the number of the last change of a type, and a mark that stands for the type at that
// number.
type newest struct {
	seq  int64
	mark uint64
}

// NewRevisions makes a vector from what is published now; seen is the newest change.
func NewRevisions(published map[content.EntryType]int64, seen int64) *Revisions {
	r := &Revisions{last: map[string]newest{}, moved: make(chan struct{})}
	r.Begin(published, seen)
	return r
}

// typeName is the GraphQL type that a change is about. Health is no entry type.
func typeName(t content.EntryType) string {
	if t == content.TypeHealth {
		return "PatternHealth"
	}
	return t.Name()
}

// note takes in one change. The mark is a hash and not the number: marks are added up, and sums of
// numbers would meet.
func (r *Revisions) note(t content.EntryType, seq int64) {
	name := typeName(t)
	before := r.last[name]
	if seq <= before.seq {
		return
	}
	sum := sha256.Sum256([]byte(name + " " + strconv.FormatInt(seq, 10)))
	now := newest{seq: seq, mark: binary.BigEndian.Uint64(sum[:])}
	r.last[name] = now
	r.all += now.mark - before.mark
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
	r.reach(seq)
}

// reach wakes those who wait; r.mu is held.
func (r *Revisions) reach(seq int64) {
	if seq > r.seen {
		r.seen = seq
		close(r.moved)
		r.moved = make(chan struct{})
	}
}

// Of names the state of the GraphQL types: two states of theirs have the same number only if the
// same changes were the last of each. No types at all means all of them. Replicas that know the same
// give the same number, but a later state may have a smaller one.
// The newest change alone would not do: a replica that knows of its own write before it has heard
// of an older one of another type would have the same newest change when it has heard of it.
func (r *Revisions) Of(types []string) uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(types) == 0 {
		return r.all
	}
	var out uint64
	for _, t := range types {
		out += r.last[t].mark
	}
	return out
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
	r.reach(seen)
}

// Seen is the newest change that the feed has handed on.
func (r *Revisions) Seen() int64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.seen
}
