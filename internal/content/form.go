package content

import (
	"reflect"
	"strings"
	"sync"
	"unicode"
)

// A form is what an author can write in the entries of a type, as data, so that a client can build an
// editor for a type that it does not know. It is read from the same struct tags as the rules of Validate.

// EntryForm describes the entries of one type to those who write them.
type EntryForm struct {
	Type EntryType
	// Name is the name of the type in the schema, "CaseStudy"; Label and PluralLabel are for people.
	Name, Label, PluralLabel string
	// Only reports whether the type has exactly one entry.
	Only bool
	// Input is the name of the type of the mutations' argument input, Root the name of the field of their
	// payloads that has the entry.
	Input, Root string
	// Fields lists the fields in the order in which they are written. A group comes before its fields.
	Fields  []EntryField
	Actions []EntryFormAction
}

// EntryField describes one field of an entry.
type EntryField struct {
	// Path is the names of the fields that lead to it, "relatedPatterns.relation". List indexes are left out.
	Path string
	// Label is its name for people. Help says in a sentence what it holds; it stands in the schema, which
	// this package does not know, so it is empty here.
	Label, Help string
	Kind        FieldKind
	// List reports whether it is a list; then MaxItems bounds it, and all else is about one item.
	List     bool
	MaxItems *int
	// Required reports whether a working copy must have a value, RequiredToPublish whether a published one must.
	Required, RequiredToPublish bool
	// MaxLength is the greatest length of a text, in Unicode characters.
	MaxLength *int
	// Min and Max bound a number. A working copy may have 0 for a number that is not stated yet.
	Min, Max *float64
	// Values lists the values of an enum.
	Values []string
	// References lists the types of the entries that a reference can name.
	References []EntryType
	// Section is the heading below which Markdown files have the field; nil if they have it in front matter.
	Section *string
}

// FieldKind is the kind of values of a field.
type FieldKind string

// The kinds of fields.
const (
	FieldSlug      FieldKind = "SLUG"
	FieldText      FieldKind = "TEXT"
	FieldMarkdown  FieldKind = "MARKDOWN"
	FieldDate      FieldKind = "PARTIAL_DATE"
	FieldEnum      FieldKind = "ENUM"
	FieldReference FieldKind = "REFERENCE"
	FieldInteger   FieldKind = "INTEGER"
	FieldNumber    FieldKind = "NUMBER"
	FieldFlag      FieldKind = "FLAG"
	FieldGroup     FieldKind = "GROUP"
)

// Values lists the values of the enum.
func (FieldKind) Values() []string {
	return []string{"SLUG", "TEXT", "MARKDOWN", "PARTIAL_DATE", "ENUM", "REFERENCE", "INTEGER", "NUMBER", "FLAG", "GROUP"}
}

// EntryFormAction is something that can be done with the entries of a type.
type EntryFormAction struct {
	Action EntryAction
	// Field is the field of Mutation that does it.
	Field string
	// Role is the least role that it needs. Like Help, it is known further up.
	Role AccessRole
}

// EntryAction names what can be done with an entry.
type EntryAction string

// Values lists the values of the enum.
func (EntryAction) Values() []string {
	return []string{"CREATE", "UPDATE", "RESTORE", "PUBLISH", "SCHEDULE_PUBLISH", "UNPUBLISH", "SCHEDULE_UNPUBLISH", "DELETE"}
}

const (
	// greatest bounds numbers so that every client can show them exactly.
	greatest = 1e15
	// maxInt is the greatest Int of GraphQL, which has 32 bits.
	maxInt = 1<<31 - 1
)

// Forms lists the forms of all types, in the order of Types. The caller must not change them.
var Forms = sync.OnceValue(func() []*EntryForm {
	types := Types()
	out := make([]*EntryForm, len(types))
	for i, t := range types {
		out[i] = formOf(t)
	}
	return out
})

// formOf derives the form of a type from its struct: the three fields of every entry first, then its own
// in the order of the struct.
func formOf(t EntryType) *EntryForm {
	name := t.Name()
	plural := words(t.Plural())
	f := &EntryForm{
		Type: t, Name: name, Label: labelOf(name), PluralLabel: strings.ToUpper(plural[:1]) + plural[1:], Only: t.Singleton(),
		Input: t.kind().input, Root: strings.ToLower(name[:1]) + name[1:],
		Fields: []EntryField{
			{Path: "slug", Label: "Slug", Kind: FieldSlug, Required: true, MaxLength: new(maxName)},
			{Path: "name", Label: "Name", Kind: FieldText, Required: true, MaxLength: new(maxName)},
			{Path: "summary", Label: "Summary", Kind: FieldText, RequiredToPublish: true, MaxLength: new(maxSummary)},
		},
	}
	f.add(reflect.TypeOf(NewEntry(t)).Elem(), "")
	f.Actions = actionsOf(f)
	return f
}

// actionsOf lists what can be done with entries of a type. The one entry of a singleton always exists, published.
func actionsOf(f *EntryForm) []EntryFormAction {
	var out []EntryFormAction
	for _, name := range EntryAction("").Values() {
		a := EntryFormAction{Action: EntryAction(name)}
		switch a.Action {
		case "CREATE":
			a.Field = f.Root + "Create"
		case "UPDATE":
			a.Field = f.Root + "Update"
		default:
			a.Field = "entry" + strings.ReplaceAll(title(name), " ", "")
		}
		lasts := a.Action == "CREATE" || a.Action == "DELETE" || strings.HasSuffix(name, "UNPUBLISH")
		if !f.Only || !lasts {
			out = append(out, a)
		}
	}
	return out
}

// title returns an enum's value as words, each with a capital: "Schedule Publish".
func title(value string) string {
	parts := strings.Split(strings.ToLower(value), "_")
	for i, p := range parts {
		parts[i] = strings.ToUpper(p[:1]) + p[1:]
	}
	return strings.Join(parts, " ")
}

// positionField is the field of list items that has their position, which number sets.
const positionField = "Order"

// add appends the fields of a struct.
func (f *EntryForm) add(s reflect.Type, prefix string) {
	for _, r := range rulesOf(s) {
		sf := s.Field(r.index)
		if prefix != "" && sf.Name == positionField {
			continue
		}
		f.field(sf, r, prefix+r.name)
	}
}

// field appends one field, and those below it.
func (f *EntryForm) field(sf reflect.StructField, r rule, path string) {
	out := EntryField{Path: path, Label: labelOf(r.name), Required: r.required, RequiredToPublish: r.publish}
	if section := sf.Tag.Get("section"); section != "" {
		out.Section = &section
	}
	value := sf.Type
	if value.Kind() == reflect.Slice {
		// The rules of a field are about its value; the items of a list must not be empty.
		out.List, out.MaxItems, out.Required, out.RequiredToPublish = true, new(r.most), false, false
		value = value.Elem()
	}
	if value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	out.describe(value, r)
	f.Fields = append(f.Fields, out)
	if out.Kind == FieldGroup {
		f.add(value, path+".")
	}
}

// describe sets what follows from the type of a value, as Validate checks it.
func (f *EntryField) describe(value reflect.Type, r rule) {
	enum, isEnum := reflect.TypeAssert[interface{ Values() []string }](reflect.Zero(value))
	switch {
	case value == reflect.TypeFor[RichText]():
		f.Kind, f.MaxLength = FieldMarkdown, new(maxMarkdown)
	case r.ref != "":
		f.Kind, f.References, f.MaxLength = FieldReference, []EntryType{r.ref}, new(maxLine)
	case isEnum:
		f.Kind, f.Values = FieldEnum, enum.Values()
	case r.date:
		f.Kind, f.MaxLength = FieldDate, new(maxLine)
	case value.Kind() == reflect.String:
		f.Kind, f.MaxLength = FieldText, new(maxLine)
	case value.Kind() == reflect.Bool:
		f.Kind = FieldFlag
	case value.Kind() == reflect.Int:
		f.Kind, f.Min, f.Max = FieldInteger, new(r.low), new(r.high)
	case value.Kind() == reflect.Float64:
		f.Kind, f.Min, f.Max = FieldNumber, new(r.low), new(r.high)
	default:
		f.Kind = FieldGroup
	}
}

// labelOf returns a name of the schema as words: "When to use" for "whenToUse".
func labelOf(name string) string {
	var b strings.Builder
	for i, r := range name {
		switch {
		case i == 0:
			b.WriteRune(unicode.ToUpper(r))
		case unicode.IsUpper(r):
			b.WriteByte(' ')
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
