package tally

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
)

// Bucket is a value of a field and the number of entries that have it.
type Bucket struct {
	Value any `bson:"_id"`
	Count int `bson:"n"`
}

// Count returns how many entries match a condition. It reports false if the index does not have what the
// condition is about.
func (x *Index) Count(cond bson.D) (int, bool) {
	set, ok := x.matching(cond)
	if !ok {
		return 0, false
	}
	return int(set.GetCardinality()), true //nolint:gosec // numbers have 32 bits
}

// Facets returns the values of fields among the entries that match a condition, at most limit of each: the
// most frequent first, equally frequent ones in MongoDB's order of values. Empty texts are not values. It
// reports false if the index does not have a field, or what the condition is about.
func (x *Index) Facets(cond bson.D, paths []string, limit int) ([][]Bucket, bool) {
	set, ok := x.matching(cond)
	if !ok {
		return nil, false
	}
	out := make([][]Bucket, len(paths))
	for i, p := range paths {
		f := x.fields[p]
		if f == nil || f.values == nil {
			return nil, false
		}
		out[i] = f.among(set, limit)
	}
	return out, true
}

// among returns the most frequent values among a set of entries.
func (f *field) among(set *roaring.Bitmap, limit int) []Bucket {
	out := []Bucket{}
	for v, having := range f.values {
		if n := int(set.AndCardinality(having)); n > 0 && v != "" { //nolint:gosec // numbers have 32 bits
			out = append(out, Bucket{v, n})
		}
	}
	slices.SortFunc(out, func(a, b Bucket) int { return cmp.Or(cmp.Compare(b.Count, a.Count), ordered(a.Value, b.Value)) })
	return out[:min(limit, len(out))]
}

// ordered compares values as MongoDB sorts them: numbers, then texts, then bools.
func ordered(a, b any) int {
	rank := func(v any) int {
		switch v.(type) {
		case string:
			return 1
		case bool:
			return 2
		}
		return 0
	}
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return cmp.Compare(x, y)
		}
	case bool:
		if y, ok := b.(bool); ok && x != y {
			if y {
				return -1
			}
			return 1
		}
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(float(a), float(b)))
}

// float returns a number as a float64, and 0 for other values.
func float(v any) float64 {
	switch n := v.(type) {
	case int64:
		return float64(n)
	case float64:
		return n
	}
	return 0
}

// matching returns the entries that match a condition. The result must not be changed: it may be a set of
// the index. It reports false for what the index does not have.
func (x *Index) matching(cond bson.D) (*roaring.Bitmap, bool) {
	raw, err := bson.Marshal(cond)
	if err != nil {
		return nil, false
	}
	return x.document(raw)
}

// document evaluates a condition: the conjunction of its elements.
func (x *Index) document(raw bson.Raw) (*roaring.Bitmap, bool) {
	elements, err := raw.Elements()
	if err != nil {
		return nil, false
	}
	out := x.all
	for i, e := range elements {
		set, ok := x.element(e.Key(), e.Value())
		switch {
		case !ok:
			return nil, false
		case i == 0:
			out = set
		default:
			out = roaring.And(out, set)
		}
	}
	return out, true
}

// element evaluates one element of a condition: an operator over conditions, or a condition on a path.
func (x *Index) element(name string, v bson.RawValue) (*roaring.Bitmap, bool) {
	switch name {
	case "$and", "$or", "$nor":
		sets, ok := x.documents(v)
		switch {
		case !ok:
			return nil, false
		case name == "$and":
			return roaring.FastAnd(sets...), len(sets) > 0
		case name == "$or":
			return roaring.FastOr(sets...), true
		}
		return roaring.AndNot(x.all, roaring.FastOr(sets...)), true
	}
	having := x.having(name)
	if having == nil {
		return nil, false
	}
	if ops, ok := v.DocumentOK(); ok {
		return x.operators(name, ops, having)
	}
	if pattern, _, ok := v.RegexOK(); ok {
		return x.matchingText(name, pattern)
	}
	return having(v)
}

// documents evaluates a list of conditions.
func (x *Index) documents(v bson.RawValue) ([]*roaring.Bitmap, bool) {
	list, ok := v.ArrayOK()
	if !ok {
		return nil, false
	}
	all, err := list.Values()
	if err != nil {
		return nil, false
	}
	out := make([]*roaring.Bitmap, len(all))
	for i, one := range all {
		doc, isDocument := one.DocumentOK()
		if !isDocument {
			return nil, false
		}
		if out[i], ok = x.document(doc); !ok {
			return nil, false
		}
	}
	return out, true
}

// lookup returns the entries that have a value. It reports false if the index cannot know.
type lookup func(bson.RawValue) (*roaring.Bitmap, bool)

// having returns the lookup of a path, nil if the index does not have it. Keys and references are looked up in
// their own ways.
func (x *Index) having(path string) lookup {
	switch path {
	case "_id":
		return x.withKey
	case "refs":
		return x.withReference
	}
	f := x.fields[path]
	if f == nil || f.values == nil {
		return nil
	}
	return func(v bson.RawValue) (*roaring.Bitmap, bool) {
		want, ok := plain(v)
		return f.having(want), ok
	}
}

// having returns the entries that have a value.
func (f *field) having(v any) *roaring.Bitmap {
	if set := f.values[v]; set != nil {
		return set
	}
	return roaring.New()
}

// withKey returns the entry with a key.
func (x *Index) withKey(v bson.RawValue) (*roaring.Bitmap, bool) {
	out := roaring.New()
	key, ok := v.StringValueOK()
	if n, there := x.numbers[x.hash(key)]; ok && there {
		out.Add(n)
	}
	return out, ok
}

// withReference returns the entries with a reference, "path:key". The index has references if it has the
// field at that path.
func (x *Index) withReference(v bson.RawValue) (*roaring.Bitmap, bool) {
	ref, _ := v.StringValueOK()
	path, key, _ := strings.Cut(ref, ":")
	f := x.fields[path]
	if f == nil || f.values == nil {
		return nil, false
	}
	return f.having(key), true
}

// operators evaluates the operators on one path: all of them must hold.
func (x *Index) operators(path string, ops bson.Raw, having lookup) (*roaring.Bitmap, bool) {
	elements, err := ops.Elements()
	if err != nil || len(elements) == 0 {
		return nil, false
	}
	sets := make([]*roaring.Bitmap, len(elements))
	for i, e := range elements {
		var ok bool
		switch op := e.Key(); op {
		case "$in", "$nin", "$all":
			sets[i], ok = x.list(op, e.Value(), having)
		case "$eq":
			sets[i], ok = having(e.Value())
		case "$gt", "$gte", "$lt", "$lte":
			sets[i], ok = x.compared(path, op, e.Value())
		}
		if !ok {
			return nil, false
		}
	}
	return roaring.FastAnd(sets...), true
}

// list evaluates an operator that takes a list of values.
func (x *Index) list(op string, v bson.RawValue, having lookup) (*roaring.Bitmap, bool) {
	list, ok := v.ArrayOK()
	if !ok {
		return nil, false
	}
	values, err := list.Values()
	if err != nil {
		return nil, false
	}
	sets := make([]*roaring.Bitmap, len(values))
	for i, one := range values {
		if sets[i], ok = having(one); !ok {
			return nil, false
		}
	}
	switch op {
	case "$all": // of nothing it matches nothing, as FastAnd does
		return roaring.FastAnd(sets...), true
	case "$nin":
		return roaring.AndNot(x.all, roaring.FastOr(sets...)), true
	}
	return roaring.FastOr(sets...), true
}

// compared returns the entries with a number that compares with another one as the operator says. Values of
// other types never match.
func (x *Index) compared(path, op string, v bson.RawValue) (*roaring.Bitmap, bool) {
	if !v.IsNumber() {
		return nil, false
	}
	bound, _ := plain(v)
	return x.union(path, func(have any) bool {
		switch have.(type) {
		case int64, float64:
		default:
			return false
		}
		c := cmp.Compare(float(have), float(bound))
		switch op {
		case "$gt":
			return c > 0
		case "$gte":
			return c >= 0
		case "$lt":
			return c < 0
		}
		return c <= 0
	})
}

// matchingText returns the entries with a text that matches a regular expression, which is a quoted text
// with or without an anchor, so that it means the same in Go as in the server.
func (x *Index) matchingText(path, pattern string) (*roaring.Bitmap, bool) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, false
	}
	return x.union(path, func(v any) bool {
		text, ok := v.(string)
		return ok && re.MatchString(text)
	})
}

// union returns the entries with one of the values of a field for which a function reports true.
func (x *Index) union(path string, want func(any) bool) (*roaring.Bitmap, bool) {
	f := x.fields[path]
	if f == nil || f.values == nil {
		return nil, false
	}
	var sets []*roaring.Bitmap
	for v, set := range f.values {
		if want(v) {
			sets = append(sets, set)
		}
	}
	return roaring.FastOr(sets...), true
}
