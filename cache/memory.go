package cache

import (
	"fmt"
	"math"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"patternhub/content"
)

// Memory keeps what was read of the published graph, bounded in bytes. Each thing is kept with
// the revision of the types it depends on, as it was known before the database was asked: a
// write in between makes what was read stale, never wrong. It is safe for concurrent use.
type Memory struct {
	revisions *Revisions
	kept      *otter.Cache[key, kept]

	hits, misses, evictions atomic.Uint64
}

// kind says what is kept under a key.
type kind uint8

const (
	kindEntity kind = iota
	kindSlug
	kindPage
	kindList
	kindCount
	kindFacets
	kindTable
)

// key names something kept: an entry's key or slug, or a question in its canonical form.
// It is comparable and holds whole strings instead of hashes, so two questions never meet.
type key struct {
	kind      kind
	entryType content.EntryType
	name      string
	scope     content.Scope
}

// kept is something in memory.
// weight is in bytes, as sizeOf estimates them and with overhead.
type kept struct {
	revision uint64
	weight   uint32
	value    any
}

// overhead is what one thing costs beside itself: its node in the cache and its place in the
// map, measured at about 200 bytes.
const overhead = 200

// NewMemory makes a Memory of so many bytes that follows a revision vector.
// It counts by weight and drops what is used least. What is stale is not looked for: it stays until
// it is replaced or dropped.
func NewMemory(bytes int64, revisions *Revisions) (*Memory, error) {
	m := &Memory{revisions: revisions}
	var err error
	m.kept, err = otter.New(&otter.Options[key, kept]{
		MaximumWeight: uint64(max(bytes, 1)),
		Weigher:       func(_ key, k kept) uint32 { return k.weight },
		OnDeletion: func(e otter.DeletionEvent[key, kept]) {
			if e.WasEvicted() {
				m.evictions.Add(1)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("make entity cache: %w", err)
	}
	return m, nil
}

// Stats tells how a Memory does. Misses are what had to be read.
type Stats struct {
	Hits, Misses, Evictions, Bytes uint64
}

// Stats tells how the Memory has done so far.
func (m *Memory) Stats() Stats {
	return Stats{Hits: m.hits.Load(), Misses: m.misses.Load(), Evictions: m.evictions.Load(), Bytes: m.kept.WeightedSize()}
}

// keep puts a value in memory as of a revision.
// A value that is larger than the whole memory is dropped by the cache at once.
func (m *Memory) keep(k key, revision uint64, value any) {
	weight := overhead + len(k.name) + len(k.scope.Ref) + len(k.scope.Keys) + sizeOf(value)
	m.kept.Set(k, kept{revision: revision, weight: uint32(min(weight, math.MaxUint32)), value: value}) //nolint:gosec // bounded
}

// recall gives what is in memory and still current.
func recall[V any](m *Memory, k key, revision uint64) (V, bool) {
	if found, ok := m.kept.GetIfPresent(k); ok && found.revision == revision {
		v, ok := found.value.(V)
		return v, ok
	}
	var none V
	return none, false
}

// through answers what it can from memory and reads the rest at once. keep gives what is to be
// answered in place of what was read.
// Hits and misses are counted by value and not by call. After a fault nothing is kept and nothing
// given, not even what was in memory: an answer with holes would look like one without entries.
func through[K, V any](m *Memory, asked []K, find func(K) (V, bool), read func([]K) ([]V, error), keep func(K, V) V) ([]V, error) {
	out := make([]V, len(asked))
	var missing []K
	var places []int
	for i, k := range asked {
		v, ok := find(k)
		if !ok {
			missing, places = append(missing, k), append(places, i)
		}
		out[i] = v
	}
	m.hits.Add(uint64(len(asked) - len(missing))) //nolint:gosec // no more are missing than were asked for
	if len(missing) == 0 {
		return out, nil
	}
	m.misses.Add(uint64(len(missing)))
	found, err := read(missing)
	if err != nil {
		return nil, err
	}
	for i, at := range places {
		out[at] = keep(missing[i], found[i])
	}
	return out, nil
}
