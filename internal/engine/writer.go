package engine

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// Writer receives scalars and enums from generated code. A value is either written or reported
// with Null or Missing.
type Writer struct {
	run *run
	buf []byte
	// null is set for a value that is null; required when a middleware forbids that.
	null, required bool
	// indices are those of the lists being written; those of the current field begin at base.
	indices []int
	base    int
	late    []late

	planned *planned
	group   *group
	index   int
}

// late is the error of a value that fails while it is written. gqlgen reports it only when the
// value remains in the answer.
type late struct {
	at  int
	ctx context.Context //nolint:containedctx // that of the value that failed
	err error
}

var _ io.Writer = (*Writer)(nil)

func (w *Writer) at(f *planned, g *group, i int) { w.planned, w.group, w.index = f, g, i }

func (w *Writer) here() context.Context { return w.context(w.planned, w.group, w.index) }

// taken reports whether the last value was null, and forgets it.
func (w *Writer) taken() bool {
	null := w.null
	w.null = false
	return null
}

func (w *Writer) end() {
	clear(w.late)
	*w = Writer{indices: w.indices[:0], late: w.late[:0]}
}

// Write appends bytes, for marshalers.
func (w *Writer) Write(p []byte) (int, error) {
	w.buf = append(w.buf, p...)
	return len(p), nil
}

// WriteString appends a string, for marshalers.
func (w *Writer) WriteString(s string) (int, error) {
	w.buf = append(w.buf, s...)
	return len(s), nil
}

// Buffer returns what has been written, for a caller that appends to it and passes it to Append.
func (w *Writer) Buffer() []byte { return w.buf }

// Append replaces the buffer by what Buffer returned with a value appended to it.
func (w *Writer) Append(buf []byte) { w.buf = buf }

// Null reports a null that needs no error.
func (w *Writer) Null() { w.null = true }

// Missing reports a Go nil where the schema forbids null; of is the type as in the schema.
func (w *Writer) Missing(of string) {
	graphql.AddInvalidNullError(w.here(), of)
	w.null = true
}

// Open begins a list and returns the position that Close needs.
func (w *Writer) Open() int {
	w.buf = append(w.buf, '[')
	return len(w.buf) - 1
}

// Item begins element i. An indexed element adds i to the path of errors.
func (w *Writer) Item(i int, indexed bool) {
	if i > 0 {
		w.buf = append(w.buf, ',')
	}
	if indexed {
		w.indices = append(w.indices, i)
	}
}

// Done ends an element and reports whether it is null and must not be.
func (w *Writer) Done(nonNull, indexed bool) bool {
	if indexed {
		w.indices = w.indices[:len(w.indices)-1]
	}
	if !w.taken() {
		return false
	}
	w.buf = append(w.buf, "null"...)
	return nonNull
}

// Close ends the list that Open began at that position. If null is set, the list becomes null.
func (w *Writer) Close(at int, null bool) {
	if null {
		w.cut(at)
		w.null = true
		return
	}
	w.buf = append(w.buf, ']')
}

// Bool writes a boolean.
func (w *Writer) Bool(b bool) { w.buf = strconv.AppendBool(w.buf, b) }

// Int writes a whole number.
func (w *Writer) Int(i int64) { w.buf = strconv.AppendInt(w.buf, i, 10) }

// Float writes a number as gqlgen does. An infinity or NaN, which JSON lacks, is a null with an error.
func (w *Writer) Float(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		w.fails(w.here(), errors.New("cannot marshal infinite no NaN float values"))
		return
	}
	w.buf = strconv.AppendFloat(w.buf, f, 'g', -1, 64)
}

// String writes a string with the escapes that gqlgen uses. It scans eight bytes at a time, since
// most strings need no escape.
func (w *Writer) String(s string) {
	w.buf = append(w.buf, '"')
	buf, start := w.buf, 0
	for i := 0; i < len(s); {
		if i+8 <= len(s) && !escapes(s[i:i+8]) {
			i += 8
			continue
		}
		for end := min(i+8, len(s)); i < end; i++ {
			if c := s[i]; c < ' ' || c == '\\' || c == '"' {
				buf = appendEscape(append(buf, s[start:i]...), c)
				start = i + 1
			}
		}
	}
	w.buf = append(append(buf, s[start:]...), '"')
}

// escapes reports whether one of eight bytes must be escaped. Subtracting the limit makes a byte
// below it borrow, which sets its highest bit; the complement excludes bytes that have that bit
// themselves. A borrow reaches the next byte only from a byte that is reported anyway.
func escapes(s string) bool {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	v := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	quotes, slashes := v^(each*'"'), v^(each*'\\')
	return ((v-each*' ')|(quotes-each)|(slashes-each))&^v&highest != 0
}

// appendEscape appends the escape of one byte that a JSON string must not contain.
func appendEscape(buf []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	switch c {
	case '\t':
		return append(buf, `\t`...)
	case '\r':
		return append(buf, `\r`...)
	case '\n':
		return append(buf, `\n`...)
	case '\\', '"':
		return append(buf, '\\', c)
	}
	return append(buf, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}

// Value writes what a marshaling function returned. of names the type where the schema forbids
// null, and is empty elsewhere.
func (w *Writer) Value(m graphql.Marshaler, of string) {
	if m != graphql.Marshaler(graphql.Null) {
		m.MarshalGQL(w)
		return
	}
	if of != "" {
		graphql.AddInvalidNullFromMarshaler(w.here(), of)
	}
	w.null = true
}

// Marshal writes a value that writes itself.
func (w *Writer) Marshal(m graphql.Marshaler) { m.MarshalGQL(w) }

// ValueContext is Value for marshalers that take a context. As in gqlgen, their null does not
// remove the object around it.
func (w *Writer) ValueContext(m graphql.ContextMarshaler, of string) {
	if of != "" && m == graphql.ContextMarshaler(graphql.Null) {
		graphql.AddInvalidNullFromMarshaler(w.here(), of)
	}
	w.MarshalContext(m)
}

// MarshalContext writes a value that writes itself with a context.
func (w *Writer) MarshalContext(m graphql.ContextMarshaler) {
	ctx := w.here()
	if err := m.MarshalGQLContext(ctx, w); err != nil {
		w.fails(ctx, err)
	}
}

func (w *Writer) fails(ctx context.Context, err error) {
	w.late = append(w.late, late{at: len(w.buf), ctx: ctx, err: err})
	w.buf = append(w.buf, "null"...)
}
