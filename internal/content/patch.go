package content

import (
	"reflect"
	"slices"
	"strings"
)

// Authored lists the stored names of the fields that authors write, in order: slug, name, summary,
// then the fields of the type. It is nil for an unknown type.
func Authored(t EntryType) []string {
	out := []string{"slug", "name", "summary"}
	e := NewEntry(t)
	if e == nil {
		return nil
	}
	for _, r := range rulesOf(reflect.TypeOf(e).Elem()) {
		out = append(out, r.name)
	}
	return out
}

// FieldValue returns a field of an entry by its stored name, to be read or set. It is the zero Value
// for a field that authors do not write.
func FieldValue(e Entry, name string) reflect.Value {
	v := reflect.ValueOf(e).Elem()
	switch name {
	case "slug":
		return v.FieldByName("Slug")
	case "name":
		return v.FieldByName("Name")
	case "summary":
		return v.FieldByName("Summary")
	}
	for _, r := range rulesOf(v.Type()) {
		if r.name == name {
			return v.Field(r.index)
		}
	}
	return reflect.Value{}
}

// Assign copies the values of fields from one entry to another of the same type. A long text that authors
// have written has no files: it keeps those of the text that it replaces, of which RenderTexts leaves those
// that it links to.
func Assign(to, from Entry, fields []string) {
	for _, name := range fields {
		f := FieldValue(to, name)
		if !f.IsValid() {
			continue
		}
		before, long := reflect.TypeAssert[RichText](f)
		f.Set(FieldValue(from, name))
		if after, _ := reflect.TypeAssert[*RichText](f.Addr()); long && after.Files == nil {
			after.Files, after.Nav = before.Files, before.Nav
		}
	}
	number(reflect.ValueOf(to).Elem())
}

// Clone returns a deep copy of an entry, which can be changed.
func Clone(e Entry) Entry {
	return cloned(reflect.ValueOf(e)).Interface().(Entry)
}

// cloned returns a deep copy of a value. Structs of other packages, such as times, are immutable.
func cloned(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(cloned(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(cloned(v.Index(i)))
			}
		}
	case reflect.Struct:
		if v.Type().PkgPath() == reflect.TypeFor[Meta]().PkgPath() {
			for i := range v.NumField() {
				out.Field(i).Set(cloned(v.Field(i)))
			}
		}
	}
	return out
}

// number sets the Order of list items that have one to their position, from 1.
func number(v reflect.Value) {
	for _, list := range v.Fields() {
		if list.Kind() != reflect.Slice {
			continue
		}
		for j := range list.Len() {
			item := list.Index(j)
			if item.Kind() == reflect.Pointer {
				item = item.Elem()
			}
			if item.Kind() != reflect.Struct {
				continue
			}
			if order := item.FieldByName(positionField); order.IsValid() && order.Kind() == reflect.Int {
				order.SetInt(int64(j + 1))
			}
		}
	}
}

// Changed lists the fields in which two entries of one type differ, in order.
func Changed(a, b Entry) []string {
	var out []string
	for _, name := range Authored(a.Head().Type) {
		if !same(FieldValue(a, name), FieldValue(b, name)) {
			out = append(out, name)
		}
	}
	return out
}

// same reports whether two values of a field are equal. Empty and nil lists are equal, at any depth.
// Of a long text only the Markdown counts, without empty lines around it.
func same(a, b reflect.Value) bool {
	switch a.Kind() {
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !same(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return same(a.Elem(), b.Elem())
	case reflect.Struct:
		if a.Type() == reflect.TypeFor[RichText]() {
			return strings.Trim(a.FieldByName("Markdown").String(), "\n") == strings.Trim(b.FieldByName("Markdown").String(), "\n")
		}
		for i := range a.NumField() {
			if !same(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	}
	return a.Equal(b)
}

// FieldChange is the difference of a field between two revisions, written as front matter; nil means
// no value.
type FieldChange struct {
	Path   string
	Before *string
	After  *string
}

// Names returns the slug to show in place of an entry's key; empty to show the key.
type Names func(ID) string

// Diff lists what changed from one revision to the next. A nil before means that there is none.
func Diff(before, after Entry, names Names) []FieldChange {
	if before == nil {
		before = NewEntry(after.Head().Type)
	}
	var out []FieldChange
	for _, name := range Changed(before, after) {
		out = append(out, FieldChange{Path: name, Before: FrontMatter(before, name, names), After: FrontMatter(after, name, names)})
	}
	return out
}

// Conflicts lists the fields that both sides have changed from their common base to different values.
// The three entries must have the same type.
func Conflicts(base, theirs, yours Entry, names Names) []FieldConflict {
	both := Changed(base, theirs)
	mine := Changed(base, yours)
	var out []FieldConflict
	for _, name := range Changed(theirs, yours) {
		if slices.Contains(both, name) && slices.Contains(mine, name) {
			out = append(out, FieldConflict{
				Path: name, Base: FrontMatter(base, name, names),
				Theirs: FrontMatter(theirs, name, names), Yours: FrontMatter(yours, name, names),
			})
		}
	}
	return out
}

// FrontMatter returns a field as it is written in the front matter of a file; nil if it has no value.
// Plain texts and long texts are returned as they are.
func FrontMatter(e Entry, field string, names Names) *string {
	v := FieldValue(e, field)
	w := frontMatter{names: names}
	for _, r := range rulesOf(reflect.TypeOf(e).Elem()) {
		if r.name == field {
			w.ref = r.ref
		}
	}
	given := false // whether there is an optional group, which a file shows even if all of it is empty
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
		given = v.Kind() == reflect.Struct
	}
	var s string
	switch {
	case given && absent(v):
		s = "{}"
	case absent(v):
		return nil
	case v.Type() == reflect.TypeFor[RichText]():
		s = v.FieldByName("Markdown").String()
	case v.Type() == reflect.TypeFor[string]() && w.ref == "":
		s = v.String()
	default:
		s = strings.TrimLeft(w.value(v, ""), "\n ")
	}
	return &s
}

// absent reports whether a file leaves a value out.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Float64:
		return false
	case reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero()
}

// frontMatter writes values as YAML. ref is the type of the entries whose keys a value holds; empty
// for other values.
type frontMatter struct {
	names Names
	ref   EntryType
}

// value returns a value as YAML. A value of several lines starts with a line end.
func (w frontMatter) value(v reflect.Value, indent string) string {
	var b strings.Builder
	switch v.Kind() {
	case reflect.Pointer:
		return w.value(v.Elem(), indent)
	case reflect.Slice:
		for i := range v.Len() {
			b.WriteString("\n" + indent + "- " + strings.TrimLeft(w.value(v.Index(i), indent+"  "), "\n "))
		}
		return b.String()
	case reflect.Struct:
		for _, r := range rulesOf(v.Type()) {
			if f := v.Field(r.index); !absent(f) {
				b.WriteString("\n" + indent + r.name + ":" + frontMatter{w.names, r.ref}.value(f, indent+"  "))
			}
		}
		return b.String()
	}
	if w.ref != "" && w.names != nil {
		if slug := w.names(ID{Type: w.ref, Key: v.String()}); slug != "" {
			v = reflect.ValueOf(slug)
		}
	}
	return " " + YAMLScalar(v)
}
