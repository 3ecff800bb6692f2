package engine

import (
	"context"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

// Writer is where generated code writes scalars and enums. A value is either written or
// reported with Null or Missing.
type Writer struct {
	run *run
	buf []byte
	// null is set by a value that is none; required when a middleware forbids that.
	null, required bool
	// indices are those of the lists being written; the current field's begin at base.
	indices []int
	base    int
	late    []late

	planned *planned
	group   *group
	index   int
}

// late is an error of a value that fails while it is written: gqlgen tells it only when the
// value remains in the answer.
type late struct {
	at  int
	ctx context.Context //nolint:containedctx // of the value that failed
	err error
}

var _ io.Writer = (*Writer)(nil)

func (w *Writer) at(f *planned, g *group, i int) { w.planned, w.group, w.index = f, g, i }

func (w *Writer) here() context.Context { return w.context(w.planned, w.group, w.index) }

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

// Buffer is what has been written; Append takes it back with more at its end.
func (w *Writer) Buffer() []byte { return w.buf }

// Append takes what Buffer gave with a value appended to it.
func (w *Writer) Append(buf []byte) { w.buf = buf }

// Null reports a value that is null, where the schema allows it or nothing needs to be said.
func (w *Writer) Null() { w.null = true }

// Missing reports a Go nil where the schema forbids null; the type is named as in the schema.
func (w *Writer) Missing(of string) {
	graphql.AddInvalidNullError(w.here(), of)
	w.null = true
}

// Open begins a list and gives the place that Close needs.
func (w *Writer) Open() int {
	w.buf = append(w.buf, '[')
	return len(w.buf) - 1
}

// Item begins the i-th element. Indexed elements have their place in the path of errors.
func (w *Writer) Item(i int, indexed bool) {
	if i > 0 {
		w.buf = append(w.buf, ',')
	}
	if indexed {
		w.indices = append(w.indices, i)
	}
}

// Done ends an element and says whether it is null and must not be.
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

// Close ends the list that Open began; it is null when an element is that must not be.
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

// Float writes a number as gqlgen does; what JSON cannot express is null and an error.
func (w *Writer) Float(f float64) {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		w.fails(w.here(), errors.New("cannot marshal infinite no NaN float values"))
		return
	}
	format := byte('g')
	if w.run.engine.flaw == flawFloat {
		format = 'f'
	}
	w.buf = strconv.AppendFloat(w.buf, f, format, -1, 64)
}

// String writes a string with the escapes that gqlgen uses.
// Most strings need none, so eight bytes are looked at together.
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

// escapes tells whether one of eight bytes has to be escaped.
// A byte below a limit borrows when the limit is taken off it, which sets its highest bit; one that
// has that bit of itself is no such byte, hence the complement. A borrow runs on into the next byte
// only out of one that is found anyway.
func escapes(s string) bool {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	v := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	quotes, slashes := v^(each*'"'), v^(each*'\\')
	return ((v-each*' ')|(quotes-each)|(slashes-each))&^v&highest != 0
}

// appendEscape writes one byte that must not stand in a string of JSON as it is.
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

// Value writes what a marshaling function made of a value. Where null is forbidden the type is
// named; elsewhere it is empty.
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

// ValueContext is Value for marshalers that take a context. Such a null stays where it is,
// as gqlgen has it.
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
