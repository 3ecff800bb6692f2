package markdown

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/token"
)

// flowWidth is how wide a structure in brackets may get before it is written over several
// lines; wider lines make poor differences.
const flowWidth = 100

// lines writes a field as front matter, indented by that many spaces.
func (c column) lines(indent int) []string {
	return block(strings.Repeat(" ", indent)+c.name+":", c.value, indent)
}

// block writes a value after what stands before it on its first line.
// A list of records is written one record a point, and a record that is too wide for one line one
// field a line. Everything else, long texts too, stays on one line: a text that is folded could not
// be changed by its line alone.
func block(before string, v reflect.Value, indent int) []string {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	text := flow(v)
	switch {
	case v.Kind() == reflect.Slice && v.Len() > 0 && nested(v.Type().Elem()):
		out := []string{before}
		for i := range v.Len() {
			out = append(out, listed(v.Index(i), indent+2)...)
		}
		return out
	case isRecord(v) && len(before)+len(text) > flowWidth:
		out := []string{before}
		for _, c := range columns(v) {
			if !c.absent() {
				out = append(out, c.lines(indent+2)...)
			}
		}
		return out
	}
	return []string{before + " " + text}
}

// listed writes a value as a point of a list.
// A record gets lines of its own when it is wide or holds lists. The dash takes the place of the
// first line's indentation, so the fields stand below each other.
func listed(v reflect.Value, indent int) []string {
	mark := strings.Repeat(" ", indent) + "- "
	text := flow(v)
	if !isRecord(v) || text == "{}" || len(mark)+len(text) <= flowWidth && !long(v) {
		return []string{mark + text}
	}
	var out []string
	for _, c := range columns(v) {
		if !c.absent() {
			out = append(out, c.lines(indent+2)...)
		}
	}
	out[0] = mark + out[0][indent+2:]
	return out
}

// long tells whether a record holds lists, which read better on lines of their own.
func long(v reflect.Value) bool {
	for _, c := range columns(v) {
		if c.value.Kind() == reflect.Slice && c.value.Len() > 0 {
			return true
		}
	}
	return false
}

// isRecord tells a struct with fields of its own from a time, which is a scalar in files.
func isRecord(v reflect.Value) bool {
	return v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]()
}

// nested tells whether a list's points are records.
func nested(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// flow writes a value on one line. Two values are the same for a file when this is the same.
// Floats are written without an exponent and with as many digits as it takes to read the same
// number back. A nil pointer is nothing, and the field is then left out by absent.
func flow(v reflect.Value) string {
	if t, ok := reflect.TypeAssert[time.Time](v); ok {
		return quote(t.UTC().Format(time.RFC3339Nano))
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return flow(v.Elem())
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = flow(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reflect.Struct:
		var parts []string
		for _, c := range columns(v) {
			if !c.absent() {
				parts = append(parts, c.name+": "+flow(c.value))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case reflect.String:
		return scalar(textOf(v))
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	}
	return fmt.Sprint(v.Interface())
}

// textOf is a text as files have it: enums in lower case with dashes.
func textOf(v reflect.Value) string {
	if _, ok := reflect.TypeAssert[enum](v); ok {
		return kebab(v.String())
	}
	return v.String()
}

// kebab turns DATA_MANAGEMENT into data-management.
func kebab(value string) string { return strings.ToLower(strings.ReplaceAll(value, "_", "-")) }

// scalar writes a text plain where that cannot be read as anything else, else in quotes.
func scalar(s string) string {
	if isPlain(s) {
		return s
	}
	return quote(s)
}

// isPlain is narrower than YAML is, so that no reader can take the text for something else.
// Letters come first, so that nothing looks like a number or a date; words that YAML 1.1 takes for
// booleans are quoted, for other programs still read it so. Colons, hashes and brackets are left to
// quotes, wherever they stand.
func isPlain(s string) bool {
	switch strings.ToLower(s) {
	case "", "true", "false", "yes", "no", "on", "off", "null", "y", "n":
		return false
	}
	for i, r := range s {
		switch {
		case r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'):
		case i > 0 && r < 0x80 && (r >= '0' && r <= '9' || strings.ContainsRune(" _-./()+'&", r)):
		case r >= 0x80 && unicode.IsLetter(r):
		default:
			return false
		}
	}
	return !strings.HasSuffix(s, " ")
}

// quote writes a text in double quotes. What editors cannot show is escaped.
// Characters beyond the first plane need eight digits; YAML has no pairs of surrogates.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r > 0xffff && !unicode.IsPrint(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		case !unicode.IsPrint(r) || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// like writes a text in the quotes that another one had.
// Single quotes can hold anything but what cannot be printed, and then double quotes are taken. A
// plain text stays plain only while that is safe.
func like(t token.Type, s string) string {
	switch t {
	case token.DoubleQuoteType:
		return quote(s)
	case token.SingleQuoteType:
		for _, r := range s {
			if !unicode.IsPrint(r) {
				return quote(s)
			}
		}
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	return scalar(s)
}
