package mongodb

import (
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"patternhub/content"
)

// decode decodes a document by a function that takes its fields one by one. Reflection costs four
// times as much, and lists show a hundred entries. What the function did not expect, such as a
// number of another width, is left to the driver, which knows all conversions.
// What comes out holds nothing of the document. The reader serves one document after the other.
func decode[T any](r *reader, raw bson.Raw, field func(*reader, *T)) (*T, error) {
	v := new(T)
	if r.document(raw); !r.odd {
		fields(r, v, field)
	}
	if !r.odd {
		return v, nil
	}
	*v = *new(T)
	return v, bson.Unmarshal(raw, v) //nolint:wrapcheck // callers say what they decode
}

// reader stands at one value of a document.
type reader struct {
	raw []byte
	value
	// text is the text that has been read, and texts are those in lists: strings and lists of
	// strings are parts of them, so that a document takes one allocation for all of each.
	text  strings.Builder
	texts []string
	// odd says that something was not as expected and that what was read is worth nothing.
	odd bool
}

// value is a place in a document. The name of the field stands at label, and the value from one
// byte to another. For the document itself label is 0, where no name can be.
type value struct {
	kind            bson.Type
	label, from, to int
}

// document goes to the start of a document and makes room for its texts, a little more than is
// used: values of enums are counted as text and need none.
func (r *reader) document(raw []byte) {
	*r = reader{raw: raw, value: value{to: len(raw)}}
	length, listed, ok := measure(raw, false)
	r.odd = !ok
	r.text.Grow(length)
	r.texts = make([]string, 0, listed)
}

// measure tells how many bytes of text a document or a list holds, and how many texts in lists;
// false for one that is not as expected.
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
		default: // Nothing else holds text.
		}
		at = to
	}
	return length, listed, true
}

// element finds from where to where the value of the element at a place of a document stands. The
// end is -1 for one that reaches beyond the document and for what is not kept in entries.
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

// next goes to the element at a place of a document that ends at another; false at its end.
func (r *reader) next(at, end int) bool {
	if r.odd || at >= end-1 {
		return false
	}
	r.kind, r.label = bson.Type(r.raw[at]), at+1
	r.from, r.to = element(r.raw[:end], at)
	if r.to < 0 {
		r.odd = true
	}
	return !r.odd
}

// name is the field's.
func (r *reader) name() []byte { return r.raw[r.label : r.from-1] }

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

// enum reads a value of an enum. Those that the hub knows are constants and are not copied.
func enum[E ~string](r *reader) E {
	if r.kind == bson.TypeString {
		if word, ok := words[string(r.raw[r.from+4:r.to-1])]; ok {
			return E(word)
		}
	}
	return E(r.string())
}

// words are the values of all enums that entries have, by themselves.
var words = func() map[string]string {
	out := map[string]string{}
	for _, t := range content.Types() {
		gather(out, reflect.TypeOf(content.NewEntry(t)))
	}
	return out
}()

// gather adds the values of the enums that a type is made of.
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
	if end-r.from < 5 || r.label != 0 && !r.is(bson.TypeEmbeddedDocument) {
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
