package cache

import (
	"sync/atomic"

	"patternhub/internal/bounded"
	"patternhub/internal/content"
)

// Memory caches reads of the published graph, up to a number of bytes. Each item is stored with the
// revision of the types that it depends on, in the generation that it was read at. It is safe for
// concurrent use.
type Memory struct {
	graph *content.Graph
	items bounded.Cache[key, item]
	// last is the graph of the generation that was requested last.
	last atomic.Pointer[view]

	hits, misses, evictions atomic.Uint64
}

// kind says what a key identifies.
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

// key identifies an item: an entry's key or slug, or a question in its canonical form.
// It is comparable and contains whole strings instead of hashes, so two questions never collide.
type key struct {
	kind      kind
	entryType content.EntryType
	name      string
	scope     content.Scope
}

// item is a value in memory. weight is in bytes: overhead and what sizeOf estimates.
type item struct {
	revision uint64
	weight   int
	value    any
}

// overhead is the cost of an item besides its value: its node in the cache and its slot in the map,
// measured at about 200 bytes.
const overhead = 200

// NewMemory returns a Memory of at most so many bytes that reads from g.
// It evicts the least used items. Stale items stay until they are replaced or evicted.
func NewMemory(bytes int64, g *content.Graph) *Memory {
	m := &Memory{graph: g}
	m.items = bounded.Bytes(bytes, func(_ key, i *item) int { return i.weight }, func() { m.evictions.Add(1) })
	return m
}

// Stats are counts since the start and the current size in bytes. Misses count values that were
// read.
type Stats struct {
	Hits, Misses, Evictions, Bytes uint64
}

// Stats returns the current statistics.
func (m *Memory) Stats() Stats {
	return Stats{Hits: m.hits.Load(), Misses: m.misses.Load(), Evictions: m.evictions.Load(), Bytes: m.items.Bytes()}
}

// store stores a value with a revision, unless a newer one is there, which happens when a slow read
// ends after the next change. The cache drops a value that is larger than the whole memory.
func (m *Memory) store(k key, revision uint64, value any) {
	weight := overhead + len(k.name) + len(k.scope.Ref) + len(k.scope.Keys) + sizeOf(value)
	if found := m.items.Get(k); found != nil && found.revision > revision {
		return
	}
	m.items.Set(k, &item{revision: revision, weight: weight, value: value})
}

// lookup returns the stored value if it has the revision.
func lookup[V any](m *Memory, k key, revision uint64) (V, bool) {
	if found := m.items.Get(k); found != nil && found.revision == revision {
		v, ok := found.value.(V)
		return v, ok
	}
	var none V
	return none, false
}

// through looks up each key and reads the missing ones in one call. store returns the value to use
// in place of the one that was read.
// Hits and misses count values, not calls. After an error it stores and returns nothing, not even
// what was in memory: an answer with gaps would look like one without entries.
func through[K, V any](m *Memory, keys []K, find func(K) (V, bool), read func([]K) ([]V, error), store func(K, V) V) ([]V, error) {
	out := make([]V, len(keys))
	var missing []K
	var positions []int
	for i, k := range keys {
		v, ok := find(k)
		if !ok {
			missing, positions = append(missing, k), append(positions, i)
		}
		out[i] = v
	}
	m.hits.Add(uint64(len(keys) - len(missing))) //nolint:gosec // missing is at most as long as keys
	if len(missing) == 0 {
		return out, nil
	}
	m.misses.Add(uint64(len(missing)))
	found, err := read(missing)
	if err != nil {
		return nil, err
	}
	for i, at := range positions {
		out[at] = store(missing[i], found[i])
	}
	return out, nil
}
