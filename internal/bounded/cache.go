// Package bounded provides caches whose size is bounded, in bytes or in items. The least used items are
// evicted first.
package bounded

import (
	"math"

	"github.com/maypok86/otter/v2"
)

// Cache is a bounded cache of pointers, safe for concurrent use. A look-up never waits for a writer.
// It is an interface so that only the package that makes a cache compiles its code, not each package that
// uses a type with a cache in it. All caches with keys of one type share their code, since their values are
// pointers.
type Cache[K comparable, V any] interface {
	// Get returns the value of a key, nil if there is none.
	Get(k K) *V
	// Set stores a value. Evictions follow a moment later; a value that is larger than the whole cache is
	// evicted.
	Set(k K, v *V)
	// GetOrSet returns the value of a key, or stores and returns v if there is none.
	GetOrSet(k K, v *V) *V
	// Len returns about how many items there are.
	Len() int
	// Bytes returns the sum of the items' sizes, 0 if the cache is bounded in items.
	Bytes() uint64
}

// Items returns a cache of at most n items.
func Items[K comparable, V any](n int) Cache[K, V] {
	return cache[K, V]{otter.Must(&otter.Options[K, *V]{MaximumSize: max(n, 1)})}
}

// Bytes returns a cache of at most so many bytes. size returns the bytes of an item. evicted is called for
// each item that is removed to make room; it may be nil.
func Bytes[K comparable, V any](bytes int64, size func(K, *V) int, evicted func()) Cache[K, V] {
	o := &otter.Options[K, *V]{
		MaximumWeight: uint64(max(bytes, 1)),
		Weigher:       func(k K, v *V) uint32 { return uint32(max(0, min(size(k, v), math.MaxUint32))) },
	}
	if evicted != nil {
		o.OnDeletion = func(e otter.DeletionEvent[K, *V]) {
			if e.WasEvicted() {
				evicted()
			}
		}
	}
	return cache[K, V]{otter.Must(o)}
}

type cache[K comparable, V any] struct{ items *otter.Cache[K, *V] }

func (c cache[K, V]) Set(k K, v *V) { c.items.Set(k, v) }
func (c cache[K, V]) Len() int      { return c.items.EstimatedSize() }
func (c cache[K, V]) Bytes() uint64 { return c.items.WeightedSize() }

func (c cache[K, V]) Get(k K) *V {
	v, _ := c.items.GetIfPresent(k)
	return v
}

func (c cache[K, V]) GetOrSet(k K, v *V) *V {
	stored, _ := c.items.SetIfAbsent(k, v)
	return stored
}
