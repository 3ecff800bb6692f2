package markdown

import (
	"reflect"
	"slices"
	"strings"

	"patternhub/internal/content"
)

// column is a struct field under its name in files. value is the field itself, not a copy: decoding
// sets it.
type column struct {
	name  string
	value reflect.Value
	// omit means that an empty value is the same as an absent one.
	omit bool
	// ref means that the field refers to other entries.
	ref bool
	// requiredInDraft means that a working copy needs the field.
	requiredInDraft bool
	// alwaysWritten means that a file has the field even if it is empty.
	alwaysWritten bool
}

// columns returns the fields of front matter in the order of the struct, including those of
// embedded structs, without the store's own fields and those in sections.
// The order is that of canonical files, and Splice inserts a new field after its predecessor in it.
// Two values of one type always have the same columns at the same indexes.
func columns(v reflect.Value) []column {
	var out []column
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			out = append(out, columns(v.Field(i))...)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("bson"), ",")
		if name == "" || name == "body" || own(t, name) {
			continue
		}
		if f.Tag.Get("section") == "" {
			out = append(out, column{
				name: name, value: v.Field(i), omit: options == "omitempty", ref: f.Tag.Get("ref") != "",
				requiredInDraft: slices.Contains(strings.Split(f.Tag.Get("rule"), ","), "required"),
			})
		}
	}
	if t == reflect.TypeFor[content.Page]() {
		// Write an empty summary: otherwise decoding derives one from the body.
		for i := range out {
			out[i].alwaysWritten = out[i].name == "summary"
		}
	}
	return out
}

// own reports whether a field of a struct is the store's own. Only the head of an entry has such fields; a part
// of one may have a type or a slug that its author writes.
func own(t reflect.Type, name string) bool {
	return t == reflect.TypeFor[content.Meta]() && name != "name" && name != "summary"
}

// required reports whether a file must have the field: a text, an enum or a reference that a
// working copy needs. Fields that only a published copy needs are checked on publish, so that
// every draft can be written to a file and read back.
func (c column) required() bool {
	return c.requiredInDraft && !c.omit && c.value.Kind() == reflect.String
}

// absent reports whether a canonical file omits the field. A number or bool that is not optional is
// written even when it is zero, since 0 and false are values.
func (c column) absent() bool {
	if c.alwaysWritten {
		return false
	}
	switch c.value.Kind() {
	case reflect.Slice:
		return c.value.Len() == 0
	case reflect.Bool, reflect.Int, reflect.Float64:
		return c.omit && c.value.IsZero()
	case reflect.Struct:
		return blank(c.value)
	}
	return c.value.IsZero()
}

// blank reports whether a struct has nothing to write. A number that is 0 does not count on its
// own.
func blank(v reflect.Value) bool {
	for _, c := range recordColumns(v) {
		if !c.absent() && (!c.value.IsZero() || c.value.Kind() == reflect.Pointer) {
			return false
		}
	}
	return true
}

// sectionColumn is a field in the body under its own heading. name is the heading, as in the struct
// tag.
type sectionColumn struct {
	name  string
	field string // the field's own name
	value reflect.Value
}

// sectionColumns returns the fields in sections, in the order of the struct. A section may be a
// struct whose fields are its parts, under headings of the next level.
func sectionColumns(v reflect.Value) []sectionColumn {
	var out []sectionColumn
	for i := range v.NumField() {
		if tag := v.Type().Field(i).Tag; tag.Get("section") != "" {
			field, _, _ := strings.Cut(tag.Get("bson"), ",")
			out = append(out, sectionColumn{name: tag.Get("section"), field: field, value: v.Field(i)})
		}
	}
	return out
}

// recordColumns returns all fields of an NDJSON record, where sections and body are ordinary fields,
// under the names of the contract.
func recordColumns(v reflect.Value) []column {
	out := columns(v)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("bson"), ",")
		if f.Tag.Get("section") != "" {
			out = append(out, column{name: name, value: v.Field(i), omit: true})
		}
	}
	if body := v.FieldByName("Body"); body.IsValid() && body.Type() == reflect.TypeFor[content.RichText]() {
		out = append(out, column{name: "body", value: body.FieldByName("Markdown"), omit: true})
	}
	return out
}
