// Package vocabulary reads the definitions of the content types: the structs, filters and struct tags of
// internal/content, and the schema. It reads only source text, never compiled code, so it works even if
// generated files are missing or old. Package floor generates code from it.
//
// CONTRIBUTING.md describes the tags. Everything else follows from names: a struct that embeds Meta is
// an entry, its file's name is the stem, and its plural is the name of the field of Query that lists it.
package vocabulary

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Vocabulary holds what the content package and the schema define together.
type Vocabulary struct {
	// Entries lists the entry types in order: a type comes after those that it refers to.
	Entries []*Entry
	// Structs holds the structs of the content package by name, also those of entries and filters.
	Structs map[string]*Struct
	Schema  *ast.Schema

	// enums holds the names of the hand-written enums: strings with a method Values.
	enums map[string]bool
}

// Enum reports whether a field's type is an enum, of the vocabulary or of the schema.
func (v *Vocabulary) Enum(name string) bool {
	def := v.Schema.Types[name]
	return v.enums[name] || def != nil && def.Kind == ast.Enum
}

// Enums lists the enums of the schema that entries use, by name.
func (v *Vocabulary) Enums() []*ast.Definition {
	found := map[string]*ast.Definition{}
	for _, s := range append(v.entryStructs(), v.Parts()...) {
		for _, f := range s.Fields {
			if def := v.Schema.Types[f.Type.Name]; f.Stored != "" && def != nil && def.Kind == ast.Enum {
				found[def.Name] = def
			}
		}
	}
	return sortedDefinitions(found)
}

// EnumFilters lists the enums by which filters of entries select, by name.
func (v *Vocabulary) EnumFilters() []*ast.Definition {
	found := map[string]*ast.Definition{}
	for _, e := range v.Entries {
		for _, f := range e.Filter.Fields {
			name, ok := strings.CutSuffix(f.Type.Name, "Filter")
			if def := v.Schema.Types[name]; ok && def != nil && def.Kind == ast.Enum {
				found[name] = def
			}
		}
	}
	return sortedDefinitions(found)
}

// entryStructs lists the structs of the entry types, in the order of the types.
func (v *Vocabulary) entryStructs() []*Struct {
	out := make([]*Struct, len(v.Entries))
	for i, e := range v.Entries {
		out[i] = e.Struct
	}
	return out
}

// sortedDefinitions lists definitions by name, so that generated files do not change by chance.
func sortedDefinitions(found map[string]*ast.Definition) []*ast.Definition {
	return slices.SortedFunc(maps.Values(found), func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
}

// Entry is a content type.
type Entry struct {
	*Struct

	// Type is the value of EntryType, "CASE_STUDY".
	Type string
	// Plural is the name of the field of Query that lists the entries, "caseStudies".
	Plural string
	// Filter is the struct of the type's filter, or nil.
	Filter *Struct
	// Singleton reports that the type has exactly one entry.
	Singleton bool
	// Prime reports that its entries are suggested before others of the same name.
	Prime bool

	order, rank int
	path        *string
}

// Const returns the name of the Go constant of the type, "TypeCaseStudy".
func (e *Entry) Const() string { return "Type" + e.Name }

// Input returns the name of the input type for an entry or a part of one: "CaseStudyInput". If an object type
// has that name, as the inputs of a calculator do, it is "CalculatorFieldsInput".
func (v *Vocabulary) Input(of *Struct) string {
	if def := v.Schema.Types[of.Name+"Input"]; def != nil && def.Kind != ast.InputObject {
		return of.Name + "FieldsInput"
	}
	return of.Name + "Input"
}

// Stem returns the name of the type's files and folders, "case_study".
func (e *Entry) Stem() string { return e.File }

// Field returns the Go name of the field with all entries of the type, "CaseStudies".
func (e *Entry) Field() string { return upperFirst(e.Plural) }

// Segment returns the plural as a tag has it, "case-studies".
func (e *Entry) Segment() string { return separated(e.Plural, '-') }

// Path returns the first segment of the paths of the entries, which is the plural unless the tag of Meta says
// otherwise. The path of a singleton is the name of its type.
func (e *Entry) Path() string {
	switch {
	case e.path != nil:
		return *e.path
	case e.Singleton:
		return strings.ReplaceAll(e.Stem(), "_", "-")
	}
	return e.Segment()
}

// Collection returns the name of the collection in the database, "case_studies".
func (e *Entry) Collection() string { return separated(e.Plural, '_') }

// Lower returns the type's name as that of a field or a function, "caseStudy".
func (e *Entry) Lower() string { return lowerFirst(e.Name) }

// Var returns the name of a variable that holds an entry.
func (e *Entry) Var() string { return lowerFirst(e.Name)[:1] }

// Entry returns the type with that GraphQL name, or nil.
func (v *Vocabulary) Entry(name string) *Entry {
	return v.find(func(e *Entry) bool { return e.Name == name })
}

// ByType returns the type with that value of EntryType, or nil.
func (v *Vocabulary) ByType(value string) *Entry {
	return v.find(func(e *Entry) bool { return e.Type == value })
}

// find returns the first entry type for which is reports true, or nil.
func (v *Vocabulary) find(is func(*Entry) bool) *Entry {
	if i := slices.IndexFunc(v.Entries, is); i >= 0 {
		return v.Entries[i]
	}
	return nil
}

// Ranked lists the types in the order in which a search sorts hits with equal scores.
func (v *Vocabulary) Ranked() []*Entry {
	return slices.SortedStableFunc(slices.Values(v.Entries), func(a, b *Entry) int { return a.rank - b.rank })
}

// maxTypes bounds the types, since the search index encodes the rank of a type as one letter.
const maxTypes = 25

// check reports where the tags and the schema disagree.
func (v *Vocabulary) check() error {
	var wrong []error
	if len(v.Entries) > maxTypes {
		wrong = append(wrong, fmt.Errorf("there are %d entry types, and at most %d fit the search index", len(v.Entries), maxTypes))
	}
	for _, e := range v.Entries {
		if e.Filter == nil {
			wrong = append(wrong, fmt.Errorf("%s has no struct %sFilter", e.Name, e.Name))
			continue
		}
		wrong = append(wrong, v.checkEntry(e)...)
	}
	return errors.Join(wrong...)
}

// checkEntry returns where the struct of one type, its filter and the schema disagree.
func (v *Vocabulary) checkEntry(e *Entry) []error {
	var wrong []error
	if enum := v.Schema.Types["EntryType"]; enum == nil || enum.EnumValues.ForName(e.Type) == nil {
		wrong = append(wrong, fmt.Errorf("schema/%s.graphql does not extend EntryType by %s", e.Stem(), e.Type))
	}
	for _, r := range v.references(e.Struct, "", nil) {
		if v.ByType(r.ref) == nil {
			wrong = append(wrong, fmt.Errorf("%s refers at %s to %s, which is not an entry type", e.Name, r.path, r.ref))
		}
		for _, field := range r.back {
			if !v.lists(field, e) {
				wrong = append(wrong, fmt.Errorf("%s names %s as a way back from %s, which is not a list of %s", e.Name, field, r.path, e.Plural))
			}
		}
	}
	if _, err := v.Conditions(e); err != nil {
		wrong = append(wrong, err)
	}
	facets, err := v.Facets(e)
	if err != nil {
		wrong = append(wrong, err)
	}
	var names []string
	for _, f := range facets {
		names = append(names, f.Name)
	}
	wrong = append(wrong, v.same(e, "Facet", names)...)
	names = names[:0]
	for _, f := range e.Orders() {
		names = append(names, f.OrderName())
	}
	return append(wrong, v.same(e, "OrderField", append(names, sharedOrders()...))...)
}

// lists reports whether a field of the schema, "Pattern.guides", is a list of entries of a type.
func (v *Vocabulary) lists(field string, e *Entry) bool {
	name, field, _ := strings.Cut(field, ".")
	def := v.Schema.Types[name]
	if def == nil {
		return false
	}
	f := def.Fields.ForName(field)
	return f != nil && (f.Type.NamedType == e.Name+"Connection" || f.Type.Elem != nil && f.Type.Name() == e.Name)
}

// sharedOrders lists the order fields of all entries.
func sharedOrders() []string { return []string{"NAME", "CREATED_AT", "UPDATED_AT", "PUBLISHED_AT"} }

// same compares the values of an enum of the schema with the names in tags. If a type has no such enum,
// clients cannot use the names, and there is nothing to compare.
func (v *Vocabulary) same(e *Entry, enum string, names []string) []error {
	def := v.Schema.Types[e.Name+enum]
	var wrong []error
	for _, n := range names {
		if def != nil && def.EnumValues.ForName(n) == nil {
			wrong = append(wrong, fmt.Errorf("%s has a tag for %s, which %s%s lacks", e.Name, n, e.Name, enum))
		}
	}
	if def == nil {
		return wrong
	}
	for _, value := range def.EnumValues {
		if !slices.Contains(names, value.Name) {
			wrong = append(wrong, fmt.Errorf("%s%s has %s, and no field of %s has a tag for it", e.Name, enum, value.Name, e.Name))
		}
	}
	return wrong
}

// Orders lists the fields by which lists of the type can be sorted, without those of all entries.
func (e *Entry) Orders() []*Field {
	return e.with(func(f *Field) bool { return f.option("order") })
}

// Pages lists the fields that lists omit.
func (e *Entry) Pages() []*Field {
	return e.with(func(f *Field) bool { return f.option("page") })
}

// Closed reports whether the type is a small set, which is listed whole.
func (v *Vocabulary) Closed(e *Entry) bool {
	f := v.Schema.Query.Fields.ForName(e.Plural)
	return f != nil && f.Type.Elem != nil
}

// with lists the fields for which is reports true, in their order.
func (e *Entry) with(is func(*Field) bool) []*Field {
	var out []*Field
	for _, f := range e.Fields {
		if is(f) {
			out = append(out, f)
		}
	}
	return out
}

// upperFirst makes the first letter upper case.
func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// lowerFirst makes the first letter lower case.
func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// separated splits the words of a name in camel case: "caseStudies" becomes "case-studies".
func separated(s string, by byte) string {
	var b strings.Builder
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' && i > 0 {
			b.WriteByte(by)
		}
		b.WriteByte(s[i])
	}
	return strings.ToLower(b.String())
}

// screamingSnake returns a name in the spelling of enum values: "caseStudy" becomes "CASE_STUDY".
func screamingSnake(s string) string { return strings.ToUpper(separated(s, '_')) }

// singular returns the name of one element of a list: "companies" becomes "company".
func singular(s string) string {
	if stem, ok := strings.CutSuffix(s, "ies"); ok {
		return stem + "y"
	}
	return strings.TrimSuffix(s, "s")
}

// plural returns the name of a list if the schema has none.
func plural(s string) string {
	if stem, ok := strings.CutSuffix(s, "y"); ok {
		return stem + "ies"
	}
	return s + "s"
}
