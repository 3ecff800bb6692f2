package mongodb

import (
	"hash/maphash"
	"sync"
	"weak"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// interned shares what documents have been decoded to: two that are the same byte for byte are one
// value, for as long as anybody holds it. So a document that is read again is decoded again only
// when it has changed, whatever the reason for reading it was; nothing has to be made stale.
//
// It holds values weakly, until the collection of garbage after their last user, so it needs no
// bound: it takes a few words for each, and for as many again that are gone. It is safe for
// concurrent use. What it gives is shared and must not be changed.
type interned[T any] struct {
	mu    sync.RWMutex
	known map[digest]weak.Pointer[T]
	// full is how many there may be before those are dropped that nobody holds.
	full int
}

// digest names a document by its bytes. It has 128 bits of two hashes with seeds of their own, so
// that no two documents ever meet by chance, and nobody who does not know the seeds can make any.
type digest [2]uint64

var digestSeeds = [...]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func digestOf(raw bson.Raw) digest {
	return digest{maphash.Bytes(digestSeeds[0], raw), maphash.Bytes(digestSeeds[1], raw)}
}

// decode gives what a document was decoded to before, or decodes it.
func (i *interned[T]) decode(r *reader, raw bson.Raw, field func(*reader, *T)) (*T, error) {
	name := digestOf(raw)
	i.mu.RLock()
	held := i.known[name]
	i.mu.RUnlock()
	if v := held.Value(); v != nil {
		return v, nil
	}
	v, err := decode(r, raw, field)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	// Whoever was first gives the value that stands.
	if first := i.known[name].Value(); first != nil {
		return first, nil
	}
	if len(i.known) >= i.full {
		i.sweep()
	}
	i.known[name] = weak.Make(v)
	return v, nil
}

// sweep keeps what somebody holds, in a new map, as one never shrinks. It looks at all there is, so
// it waits until that has doubled. The lock is held.
func (i *interned[T]) sweep() {
	left := map[digest]weak.Pointer[T]{}
	for name, held := range i.known {
		if held.Value() != nil {
			left[name] = held
		}
	}
	i.known, i.full = left, max(minInterned, 2*len(left))
}

// minInterned is how many values are kept before the first look for those that are gone.
const minInterned = 256
