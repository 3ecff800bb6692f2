package mongodb

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// decode decodes a document by a function that takes its fields one by one. Reflection costs ten
// times as much, and lists show a hundred entries. What the function did not expect, such as a
// number of another width, is left to the driver, which knows all conversions; types without a
// function always are.
func decode[T any](raw bson.Raw, field func(*reader, *T)) (*T, error) {
	v := new(T)
	if field != nil {
		r := reader{raw: raw, text: string(raw), to: len(raw)}
		if fields(&r, v, field); !r.odd {
			return v, nil
		}
		*v = *new(T)
	}
	return v, bson.Unmarshal(raw, v) //nolint:wrapcheck // callers say what they decode
}

// reader stands at one value of a document.
type reader struct {
	raw []byte
	// text is the document once more: strings are parts of it, so that it takes one allocation
	// for all of them.
	text string
	// name is the field's, and its value stands from one place to another.
	name     string
	kind     bson.Type
	from, to int
	// odd says that something was not as expected and that what was read is worth nothing.
	odd bool
}

// next goes to the element at a place of a document that ends at another; false at its end.
func (r *reader) next(at, end int) bool {
	if r.odd || at >= end-1 {
		return false
	}
	r.kind = bson.Type(r.raw[at])
	length := strings.IndexByte(r.text[at+1:end], 0)
	if length < 0 {
		r.odd = true
		return false
	}
	r.name = r.text[at+1 : at+1+length]
	r.from = at + length + 2
	r.to = r.from + r.size(end)
	if r.to < r.from || r.to > end-1 {
		r.odd = true
	}
	return !r.odd
}

// size is the length of the value at hand, whose document ends at a place; -1 for what is not
// kept in entries.
func (r *reader) size(end int) int {
	switch r.kind {
	case bson.TypeDouble, bson.TypeDateTime, bson.TypeInt64:
		return 8
	case bson.TypeInt32:
		return 4
	case bson.TypeBoolean:
		return 1
	case bson.TypeNull:
		return 0
	case bson.TypeString, bson.TypeEmbeddedDocument, bson.TypeArray:
		if end-r.from < 5 {
			return -1
		}
		length := int(int32(binary.LittleEndian.Uint32(r.raw[r.from:]))) //nolint:gosec // lengths are 32 bits and signed
		if r.kind == bson.TypeString {
			length += 4
		}
		if length < 5 {
			return -1
		}
		return length
	default:
		return -1
	}
}

// is tells whether the value has a kind.
func (r *reader) is(kind bson.Type) bool {
	if r.kind != kind {
		r.odd = true
	}
	return r.kind == kind
}

func (r *reader) string() string {
	if !r.is(bson.TypeString) {
		return ""
	}
	return r.text[r.from+4 : r.to-1]
}

func (r *reader) int() int {
	switch r.kind {
	case bson.TypeInt32:
		return int(int32(binary.LittleEndian.Uint32(r.raw[r.from:]))) //nolint:gosec // the sign is a bit of it
	case bson.TypeInt64:
		return int(binary.LittleEndian.Uint64(r.raw[r.from:])) //nolint:gosec // the sign is a bit of it
	default:
		r.odd = true
		return 0
	}
}

func (r *reader) float() float64 {
	if !r.is(bson.TypeDouble) {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(r.raw[r.from:]))
}

func (r *reader) bool() bool { return r.is(bson.TypeBoolean) && r.raw[r.from] != 0 }

func (r *reader) time() time.Time {
	if !r.is(bson.TypeDateTime) {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.LittleEndian.Uint64(r.raw[r.from:]))).UTC() //nolint:gosec // the sign is a bit of it
}

func enum[E ~string](r *reader) E { return E(r.string()) }

// optional reads what may be null.
func optional[V any](r *reader, read func(*reader) V) *V {
	if r.kind == bson.TypeNull {
		return nil
	}
	v := read(r)
	return &v
}

// fields reads a document, that of the whole entry or one within, field by field.
func fields[V any](r *reader, v *V, field func(*reader, *V)) {
	at := r.from + 4
	end := r.to
	if end-r.from < 5 || r.name != "" && !r.is(bson.TypeEmbeddedDocument) {
		r.odd = true
	}
	for r.next(at, end) {
		at = r.to
		field(r, v)
	}
}

// object reads a document that may be missing.
func object[V any](r *reader, field func(*reader, *V)) *V {
	if r.kind == bson.TypeNull {
		return nil
	}
	v := new(V)
	fields(r, v, field)
	return v
}

// count counts the elements of the list at hand and leaves the reader where it was.
func (r *reader) count() int {
	if !r.is(bson.TypeArray) {
		return 0
	}
	before, n := *r, 0
	for at, end := r.from+4, r.to; r.next(at, end); at = r.to {
		n++
	}
	odd := r.odd
	*r = before
	r.odd = odd
	return n
}

// list reads a list of plain values.
func list[V any](r *reader, read func(*reader) V) []V {
	if r.kind == bson.TypeNull {
		return nil
	}
	out := make([]V, 0, r.count())
	for at, end := r.from+4, r.to; r.next(at, end); {
		at = r.to
		out = append(out, read(r))
	}
	return out
}

// objects reads a list of documents.
func objects[V any](r *reader, field func(*reader, *V)) []V {
	if r.kind == bson.TypeNull {
		return nil
	}
	out := make([]V, r.count())
	i := 0
	for at, end := r.from+4, r.to; r.next(at, end); i++ {
		at = r.to
		fields(r, &out[i], field)
	}
	return out
}

// pointers points to each of a list.
func pointers[V any](all []V) []*V {
	if all == nil {
		return nil
	}
	out := make([]*V, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}
