package mongodb

import (
	"hash/maphash"
	"sync"
	"weak"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// interned shares decoded values: documents with the same bytes are decoded to the same value, as
// long as that is in use. So a document that is read again is decoded again only if it has changed,
// and nothing has to be invalidated.
//
// It holds values by weak pointers, so it needs no bound: it takes a few words for each value in use,
// and for about as many that were collected. It is safe for concurrent use. The values are shared and
// must not be changed.
type interned[T any] struct {
	mu     sync.RWMutex // guards values and limit
	values map[digest]weak.Pointer[T]
	// limit is the size of values at which collected ones are removed.
	limit int
}

// digest identifies a document by two hashes with different random seeds, so that collisions do not happen
// by chance, and no one can construct one without the seeds. The first is of all bytes. The second is of the
// beginning, which has the length and the key: so only versions of one entry with one length depend on the
// first alone, and long texts are read once.
type digest [2]uint64

// beginning is the length of the beginning of a document.
const beginning = 64

var digestSeeds = [...]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func digestOf(raw bson.Raw) digest {
	return digest{maphash.Bytes(digestSeeds[0], raw), maphash.Bytes(digestSeeds[1], raw[:min(len(raw), beginning)])}
}

// decode returns the value that a document was decoded to before, or decodes it.
func (i *interned[T]) decode(r *reader, raw bson.Raw, field func(*reader, *T)) (*T, error) {
	sum := digestOf(raw)
	i.mu.RLock()
	found := i.values[sum]
	i.mu.RUnlock()
	if v := found.Value(); v != nil {
		return v, nil
	}
	v, err := decode(r, raw, field)
	if err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	// Another goroutine may have been first: all must share its value.
	if first := i.values[sum].Value(); first != nil {
		return first, nil
	}
	if len(i.values) >= i.limit {
		i.sweep()
	}
	i.values[sum] = weak.Make(v)
	return v, nil
}

// sweep removes collected values. It makes a new map, since a map never shrinks. It visits all values,
// so the next one runs only when their number has doubled. The caller holds the write lock.
func (i *interned[T]) sweep() {
	left := map[digest]weak.Pointer[T]{}
	for sum, p := range i.values {
		if p.Value() != nil {
			left[sum] = p
		}
	}
	i.values, i.limit = left, max(minInterned, 2*len(left))
}

// minInterned is the number of values before the first sweep.
const minInterned = 256
