package content

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Authored lists the stored names of the fields that authors write, in order: the slug, the
// name, the summary, and everything of the type's own.
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

// FieldValue gives a field of an entry by its stored name, to be read or set; the zero Value for a
// field that authors do not write.
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

// Assign gives fields of one entry the values that they have in another one of its type.
func Assign(to, from Entry, fields []string) {
	for _, name := range fields {
		if f := FieldValue(to, name); f.IsValid() {
			f.Set(FieldValue(from, name))
		}
	}
	number(reflect.ValueOf(to).Elem())
}

// number gives the items of lists that have an order their places, from 1.
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
			if order := item.FieldByName("Order"); order.IsValid() && order.Kind() == reflect.Int {
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

// same compares two values of a field. A list without items is like none, at any depth, and of
// a long text only what was written counts.
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
			return a.FieldByName("Markdown").String() == b.FieldByName("Markdown").String()
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

// FieldChange is how a field differs between two revisions, written as front matter; nil
// stands for nothing.
type FieldChange struct {
	Path   string
	Before *string
	After  *string
}

// Names tells by which slug people know an entry; an empty answer leaves its key.
type Names func(ID) string

// Diff tells what changed from one revision to the next; a nil before is nothing at all.
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

// Conflicts lists the fields that both sides have changed from their common base, to
// different values. All have the same type.
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

// FrontMatter writes a field as the front matter of a file has it; nil for nothing. A plain
// text and a long text stand as they are.
func FrontMatter(e Entry, field string, names Names) *string {
	v := FieldValue(e, field)
	w := frontMatter{names: names}
	for _, r := range rulesOf(reflect.TypeOf(e).Elem()) {
		if r.name == field {
			w.ref = r.ref
		}
	}
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	var s string
	switch {
	case bare(v):
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

// bare tells whether a value says nothing, so that a file leaves it out.
func bare(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Bool, reflect.Int, reflect.Float64:
		return false
	case reflect.Slice:
		return v.Len() == 0
	}
	return v.IsZero()
}

// frontMatter writes values as YAML; ref is the type whose keys the value at hand holds.
type frontMatter struct {
	names Names
	ref   EntryType
}

// value writes a value; what takes several lines starts with a line end.
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
			if f := v.Field(r.index); !bare(f) {
				b.WriteString("\n" + indent + r.name + ":" + frontMatter{w.names, r.ref}.value(f, indent+"  "))
			}
		}
		return b.String()
	}
	return " " + w.scalar(v)
}

// scalar writes a number, a text, an enum's value or a slug.
func (w frontMatter) scalar(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'f', -1, 64)
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	}
	s := v.String()
	if _, enum := reflect.TypeAssert[interface{ Values() []string }](v); enum {
		return strings.ToLower(strings.ReplaceAll(s, "_", "-"))
	}
	if w.ref != "" && w.names != nil {
		if slug := w.names(ID{Type: w.ref, Key: s}); slug != "" {
			return quoted(slug)
		}
	}
	return quoted(s)
}

// quoted quotes a text that YAML would take for something else.
func quoted(s string) string {
	unprintable := func(r rune) bool { return !strconv.IsPrint(r) }
	switch {
	case s == "", strings.TrimSpace(s) != s, numeric(s), strings.ContainsFunc(s, unprintable),
		strings.ContainsAny(s, "\"\\"), strings.ContainsAny(s[:1], "-?:,[]{}#&*!|>'%@`~"),
		strings.Contains(s, ": "), strings.Contains(s, " #"), strings.HasSuffix(s, ":"),
		slices.Contains([]string{"true", "false", "null", "yes", "no"}, strings.ToLower(s)):
		return strconv.Quote(s)
	}
	return s
}

// numeric tells whether YAML reads a text as a number: also 0x1F, 1_000 and .inf are some.
func numeric(s string) bool {
	_, ferr := strconv.ParseFloat(s, 64)
	_, ierr := strconv.ParseInt(s, 0, 64)
	special := strings.ToLower(strings.TrimLeft(s, "+-"))
	return ferr == nil || ierr == nil || special == ".inf" || special == ".nan"
}
