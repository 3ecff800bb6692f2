package markdown

import (
	"reflect"
	"strings"

	"patternhub/content"
)

// column is a field of a struct as files name it.
// value is the field itself and not a copy: decoding sets it.
type column struct {
	name  string
	value reflect.Value
	// omit tells that the empty value stands for an absent one.
	omit bool
	// ref tells that the field names other entries.
	ref bool
}

// columns lists the fields that front matter holds, in the order of the struct, through
// embedded structs. What the store adds and what stands in sections is left out.
// The order matters: it is that of canonical files, and Splice puts a new field behind the one that
// comes before it here. Two values of one type always have the same columns at the same places.
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
		switch name {
		case "_id", "type", "slug", "revision", "status", "createdAt", "updatedAt", "publishedAt", "formerSlugs", "body", "":
			continue
		}
		if f.Tag.Get("section") == "" {
			out = append(out, column{name: name, value: v.Field(i), omit: options == "omitempty", ref: f.Tag.Get("ref") != ""})
		}
	}
	return out
}

// required tells whether a file has to give the field: enums and references that the contract
// promises never to be empty.
// A list is never required, and neither is a plain text; what an entry must say beyond this is told
// by the editorial rules when it is published.
func (c column) required() bool {
	if c.omit || c.value.Kind() != reflect.String {
		return false
	}
	_, isEnum := reflect.TypeAssert[enum](c.value)
	return isEnum || c.ref
}

// absent tells whether a canonical file leaves the field out.
// A number or a bool that is not optional is written even when it is zero: there, 0 and "no" are
// statements.
func (c column) absent() bool {
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

// blank tells whether a struct has nothing that a file would hold. An empty number beside
// nothing else counts as nothing.
func blank(v reflect.Value) bool {
	for _, c := range wholeColumns(v) {
		if !c.absent() && (!c.value.IsZero() || c.value.Kind() == reflect.Pointer) {
			return false
		}
	}
	return true
}

// sectionColumn is a field that stands in the body under a heading of its own.
// name is the heading, as the struct tag has it.
type sectionColumn struct {
	name  string
	value reflect.Value
}

// sectionColumns lists the fields made of sections, in the order of the struct.
// A section may be a struct whose own fields are its parts, under headings of the next level.
func sectionColumns(v reflect.Value) []sectionColumn {
	var out []sectionColumn
	for i := range v.NumField() {
		if name := v.Type().Field(i).Tag.Get("section"); name != "" {
			out = append(out, sectionColumn{name: name, value: v.Field(i)})
		}
	}
	return out
}

// wholeColumns lists everything that an entry holds as a record without a body of its own:
// sections and the body are fields too, under the names that the contract gives them.
// It is the form of NDJSON, where there is no text below the front matter to hold them.
func wholeColumns(v reflect.Value) []column {
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
