package markdown

import (
	"reflect"
	"strings"
	"time"

	"patternhub/internal/content"
)

// flowWidth is the width above which a record in brackets is written over several lines; long lines
// make diffs hard to read.
const flowWidth = 100

// lines writes a field as front matter, indented by a number of spaces.
func (c column) lines(indent int) []string {
	return block(strings.Repeat(" ", indent)+c.name+":", c.value, indent)
}

// block writes a value after the text before it on its first line.
// A list of records is written with one record per item, and a record that is too wide for one line
// with one field per line. Everything else, even a long text, stays on one line: a folded text
// could not be changed by its line alone.
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

// listed writes a value as an item of a list. A record gets its own lines if it is wide or has
// lists. The dash replaces the first line's indentation, so that the fields are aligned.
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

// long reports whether a record has lists, which are easier to read on separate lines.
func long(v reflect.Value) bool {
	for _, c := range columns(v) {
		if c.value.Kind() == reflect.Slice && c.value.Len() > 0 {
			return true
		}
	}
	return false
}

// isRecord reports whether a value is a struct with fields; a time is a scalar in files.
func isRecord(v reflect.Value) bool {
	return v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[time.Time]()
}

// nested reports whether a list's items are records.
func nested(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// flow writes a value on one line. Two values are equal for a file if their flow is. A nil pointer
// is empty; absent then omits the field.
func flow(v reflect.Value) string {
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
		if !isRecord(v) {
			break
		}
		var parts []string
		for _, c := range columns(v) {
			if !c.absent() {
				parts = append(parts, c.name+": "+flow(c.value))
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return content.YAMLScalar(v)
}
