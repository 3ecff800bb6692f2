// Package tally counts the entries of one collection by the values of some of their fields, in memory.
//
// An Index has, for each value of a field, the set of entries that have it. A condition as MongoDB takes it is
// evaluated by joining such sets, so a count costs some operations on bitmaps and not the entries that match.
// The index knows nothing of databases and moments: its caller says which documents there are.
package tally

import (
	"hash/maphash"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// maxValues bounds the values of one field. A field with more of them is not held any longer: it would
// take more memory than the entries, and few entries have the same value.
const maxValues = 1 << 16

// Index is the values of the fields of a collection. It is not safe for concurrent use; calls that only
// read may be concurrent.
type Index struct {
	seed maphash.Seed
	// numbers are the numbers of entries, by a hash of their keys: a million keys would take more memory
	// than all values. Two of a million keys have the same hash with a probability of 3 in 100 million, and
	// a client cannot choose such keys, since the seed is random.
	numbers map[uint64]uint32
	next    uint32
	all     *roaring.Bitmap
	fields  map[string]*field
}

// field is the values of one field: for each the numbers of the entries that have it. Values is nil if there
// are too many.
type field struct {
	path   []string
	values map[any]*roaring.Bitmap
}

// New returns an empty index of fields, which are named by their paths in documents.
func New(paths ...string) *Index {
	x := &Index{seed: maphash.MakeSeed(), numbers: map[uint64]uint32{}, all: roaring.New(), fields: map[string]*field{}}
	for _, p := range paths {
		x.fields[p] = &field{path: strings.Split(p, "."), values: map[any]*roaring.Bitmap{}}
	}
	return x
}

// Len returns the number of entries.
func (x *Index) Len() int { return int(x.all.GetCardinality()) } //nolint:gosec // numbers have 32 bits

// Bytes returns about how much memory the index takes.
func (x *Index) Bytes() int {
	const number, value = 24, 120                            // bytes of an element of the maps, with what surrounds a bitmap
	n := number*len(x.numbers) + int(x.all.GetSizeInBytes()) //nolint:gosec // far less than an int
	for _, f := range x.fields {
		for _, set := range f.values {
			n += value + int(set.GetSizeInBytes()) //nolint:gosec // as above
		}
	}
	return n
}

// Apply replaces the entries of some keys by documents. Keys without a document are removed.
func (x *Index) Apply(keys []string, docs []bson.Raw) {
	x.forget(keys)
	present := roaring.New()
	for _, doc := range docs {
		key, _ := doc.Lookup("_id").StringValueOK()
		n := x.number(key)
		present.Add(n)
		for _, f := range x.fields {
			f.add(doc, n)
		}
	}
	x.all.Or(present)
	for _, key := range keys {
		if h := x.hash(key); !present.Contains(x.numbers[h]) {
			delete(x.numbers, h)
		}
	}
}

// forget removes entries from all sets. It does so for all at once, since it has to look at each set.
func (x *Index) forget(keys []string) {
	changed := roaring.New()
	for _, key := range keys {
		if n, ok := x.numbers[x.hash(key)]; ok {
			changed.Add(n)
		}
	}
	if changed.IsEmpty() {
		return
	}
	x.all.AndNot(changed)
	for _, f := range x.fields {
		for v, set := range f.values {
			if !set.Intersects(changed) {
				continue
			}
			if set.AndNot(changed); set.IsEmpty() {
				delete(f.values, v)
			}
		}
	}
}

// Pack makes the index smaller after many entries were added.
func (x *Index) Pack() {
	x.all.RunOptimize()
	for _, f := range x.fields {
		for _, set := range f.values {
			set.RunOptimize()
		}
	}
}

// hash returns the hash of a key. It differs between indexes, so no author can choose keys that collide.
func (x *Index) hash(key string) uint64 { return maphash.String(x.seed, key) }

// number returns the number of an entry, a new one if it has none.
func (x *Index) number(key string) uint32 {
	h := x.hash(key)
	n, ok := x.numbers[h]
	if !ok {
		n = x.next
		x.numbers[h] = n
		x.next++
	}
	return n
}

// add adds the values that a document has.
func (f *field) add(doc bson.Raw, n uint32) {
	if f.values == nil {
		return
	}
	each(bson.RawValue{Type: bson.TypeEmbeddedDocument, Value: doc}, f.path, func(v any) {
		set := f.values[v]
		if set == nil {
			set = roaring.New()
			f.values[v] = set
		}
		set.Add(n)
	})
	if len(f.values) > maxValues {
		f.values = nil
	}
}

// each calls yield with the values at a path of a document. A list on the way stands for all its elements,
// as in MongoDB.
func each(v bson.RawValue, path []string, yield func(any)) {
	if list, ok := v.ArrayOK(); ok {
		all, _ := list.Values() // the server has checked it
		for _, one := range all {
			each(one, path, yield)
		}
		return
	}
	if len(path) == 0 {
		if plain, ok := plain(v); ok {
			yield(plain)
		}
		return
	}
	if doc, ok := v.DocumentOK(); ok {
		if next, err := doc.LookupErr(path[0]); err == nil {
			each(next, path[1:], yield)
		}
	}
}

// plain returns a value as the indexes hold it: a text, an int64, a float64 that is no whole number, or a
// bool. It reports false for anything else, such as null.
func plain(v bson.RawValue) (any, bool) {
	switch v.Type {
	case bson.TypeString:
		return v.StringValueOK()
	case bson.TypeBoolean:
		return v.BooleanOK()
	case bson.TypeInt32, bson.TypeInt64:
		return v.AsInt64OK()
	case bson.TypeDouble:
		f, ok := v.DoubleOK()
		if whole := int64(f); float64(whole) == f {
			return whole, ok
		}
		return f, ok
	default:
		return nil, false
	}
}
