package mongodb

import (
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/internal/content"
)

// decode decodes a document by a function that is called for each of its fields. Reflection would take
// four times as long, and lists have up to a hundred entries. A document with an unexpected value,
// such as a number of another width, is decoded by the driver, which has all conversions.
// The result does not refer to the memory of the document. A reader can be used for many documents,
// one after the other.
func decode[T any](r *reader, raw bson.Raw, field func(*reader, *T)) (*T, error) {
	v := new(T)
	if r.document(raw); !r.fallback {
		fields(r, v, field)
	}
	if !r.fallback {
		return v, nil
	}
	*v = *new(T)
	return v, bson.Unmarshal(raw, v) //nolint:wrapcheck // callers say what they decode
}

// reader reads a document; it is positioned at one of its values.
type reader struct {
	raw []byte
	value
	// text holds all strings that were read, and texts those in lists. The results are slices of
	// these, so that a document takes one allocation for all strings and one for all lists of strings.
	text  strings.Builder
	texts []string
	// fallback reports that a value was unexpected: the result is invalid, and the driver must decode
	// the document.
	fallback bool
}

// value is the position of a value in a document: the name of its field begins at label, and its
// bytes are raw[from:to]. For the document itself label is 0, where no name can be.
type value struct {
	kind            bson.Type
	label, from, to int
}

// document positions the reader at the start of a document and allocates memory for its texts. It
// allocates a little too much: values of enums are counted as texts and need none.
func (r *reader) document(raw []byte) {
	*r = reader{raw: raw, value: value{to: len(raw)}}
	length, listed, ok := measure(raw, false)
	r.fallback = !ok
	r.text.Grow(length)
	r.texts = make([]string, 0, listed)
}

// measure returns how many bytes of text a document or a list has, and how many texts are in lists; ok
// is false for an unexpected document.
func measure(raw []byte, list bool) (length, listed int, ok bool) {
	for at := 4; at < len(raw)-1; {
		from, to := element(raw, at)
		if to < 0 {
			return 0, 0, false
		}
		switch kind := bson.Type(raw[at]); kind {
		case bson.TypeString:
			length += to - from - 5
			if list {
				listed++
			}
		case bson.TypeEmbeddedDocument, bson.TypeArray:
			l, n, ok := measure(raw[from:to], kind == bson.TypeArray)
			if !ok {
				return 0, 0, false
			}
			length, listed = length+l, listed+n
		default: // no other type has text
		}
		at = to
	}
	return length, listed, true
}

// element returns the bounds of the value of the element at an offset of a document. The end is -1 for
// a value that exceeds the document, and for a type that entries do not have.
func element(raw []byte, at int) (from, to int) {
	from = at + 1
	for from < len(raw) && raw[from] != 0 {
		from++
	}
	from++
	to = from
	switch bson.Type(raw[at]) {
	case bson.TypeDouble, bson.TypeDateTime, bson.TypeInt64:
		to += 8
	case bson.TypeInt32:
		to += 4
	case bson.TypeBoolean:
		to++
	case bson.TypeNull:
	case bson.TypeString, bson.TypeEmbeddedDocument, bson.TypeArray:
		if len(raw)-from < 5 {
			return from, -1
		}
		length := int(int32(binary.LittleEndian.Uint32(raw[from:]))) //nolint:gosec // lengths are 32 bits and signed
		if bson.Type(raw[at]) == bson.TypeString {
			length += 4
		}
		if length < 5 {
			return from, -1
		}
		to += length
	default:
		return from, -1
	}
	if to > len(raw)-1 {
		return from, -1
	}
	return from, to
}

// next positions the reader at the element at an offset of a document that ends at end. It reports
// false if there is none.
func (r *reader) next(at, end int) bool {
	if r.fallback || at >= end-1 {
		return false
	}
	r.kind, r.label = bson.Type(r.raw[at]), at+1
	r.from, r.to = element(r.raw[:end], at)
	if r.to < 0 {
		r.fallback = true
	}
	return !r.fallback
}

// name returns the name of the value's field.
func (r *reader) name() []byte { return r.raw[r.label : r.from-1] }

// is reports whether the value has a type, and sets fallback if not.
func (r *reader) is(kind bson.Type) bool {
	if r.kind != kind {
		r.fallback = true
	}
	return r.kind == kind
}

// string reads a string value.
func (r *reader) string() string {
	if !r.is(bson.TypeString) {
		return ""
	}
	start := r.text.Len()
	r.text.Write(r.raw[r.from+4 : r.to-1])
	return r.text.String()[start:]
}

// strings reads a list of texts.
func (r *reader) strings() []string {
	if r.kind == bson.TypeNull || !r.is(bson.TypeArray) {
		return nil
	}
	start := len(r.texts)
	for at, end := r.from+4, r.to; r.next(at, end); {
		at = r.to
		r.texts = append(r.texts, r.string())
	}
	return r.texts[start:len(r.texts):len(r.texts)]
}

// int reads a number as an int, whichever of BSON's number types it has.
func (r *reader) int() int {
	switch r.kind {
	case bson.TypeInt32:
		return int(int32(binary.LittleEndian.Uint32(r.raw[r.from:]))) //nolint:gosec // the sign is a bit of it
	case bson.TypeInt64:
		return int(binary.LittleEndian.Uint64(r.raw[r.from:])) //nolint:gosec // the sign is a bit of it
	default:
		r.fallback = true
		return 0
	}
}

// float reads a number as a float64.
func (r *reader) float() float64 {
	if !r.is(bson.TypeDouble) {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(r.raw[r.from:]))
}

// bool reads a boolean; a value of another type is false.
func (r *reader) bool() bool { return r.is(bson.TypeBoolean) && r.raw[r.from] != 0 }

// time reads a date, in UTC.
func (r *reader) time() time.Time {
	if !r.is(bson.TypeDateTime) {
		return time.Time{}
	}
	return time.UnixMilli(int64(binary.LittleEndian.Uint64(r.raw[r.from:]))).UTC() //nolint:gosec // the sign is a bit of it
}

// enum reads a value of an enum. A known one is returned as a constant and not copied.
func enum[E ~string](r *reader) E {
	if r.kind == bson.TypeString {
		if word, ok := words[string(r.raw[r.from+4:r.to-1])]; ok {
			return E(word)
		}
	}
	return E(r.string())
}

// words maps the values of all enums of entries to themselves.
var words = func() map[string]string {
	out := map[string]string{}
	for _, t := range content.Types() {
		gather(out, reflect.TypeOf(content.NewEntry(t)))
	}
	return out
}()

// gather adds the values of the enums in a type to words.
func gather(words map[string]string, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		gather(words, t.Elem())
	case reflect.Struct:
		for f := range t.Fields() {
			gather(words, f.Type)
		}
	default:
		if e, ok := reflect.TypeAssert[interface{ Values() []string }](reflect.Zero(t)); ok {
			for _, word := range e.Values() {
				words[word] = word
			}
		}
	}
}

// optional reads a value that may be null.
func optional[V any](r *reader, read func(*reader) V) *V {
	if r.kind == bson.TypeNull {
		return nil
	}
	v := read(r)
	return &v
}

// fields reads the fields of a document, that of the whole entry or one within.
func fields[V any](r *reader, v *V, field func(*reader, *V)) {
	at := r.from + 4
	end := r.to
	if end-r.from < 5 || r.label != 0 && !r.is(bson.TypeEmbeddedDocument) {
		r.fallback = true
	}
	for r.next(at, end) {
		at = r.to
		field(r, v)
	}
}

// object reads a document that may be null.
func object[V any](r *reader, field func(*reader, *V)) *V {
	if r.kind == bson.TypeNull {
		return nil
	}
	v := new(V)
	fields(r, v, field)
	return v
}

// count returns the number of elements of the current list. It does not move the reader.
func (r *reader) count() int {
	if !r.is(bson.TypeArray) {
		return 0
	}
	before, n := r.value, 0
	for at, end := r.from+4, r.to; r.next(at, end); at = r.to {
		n++
	}
	r.value = before
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

// pointers returns pointers to the elements of a list.
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
