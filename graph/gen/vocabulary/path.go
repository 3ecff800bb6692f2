package vocabulary

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Condition is the way in which a field of a filter selects entries.
type Condition struct {
	// Name is the field of the filter, and Kind its Go type.
	Name, Kind string
	// Path is the path of the values in documents, "companies.company".
	Path string
	// Ref is the type of the entries whose keys the values are.
	Ref string
}

// Enum reports whether the condition is on the value of an enum.
func (c Condition) Enum() bool {
	return c.Kind != "TextFilter" && c.Kind != "IntFilter" && c.Kind != "TimeFilter" && c.Kind != "SlugFilter" && c.Kind != "bool"
}

// Indexed reports whether the condition needs an index of its own. Texts have one of their folded form,
// and references are in the index of all references.
func (c Condition) Indexed() bool { return c.Enum() || c.Kind == "IntFilter" || c.Kind == "bool" }

// Conditions lists the conditions of a type's filter, without those of all entries.
func (v *Vocabulary) Conditions(e *Entry) ([]Condition, error) {
	var out []Condition
	var wrong []error
	for _, f := range e.Filter.Fields {
		if f.Embedded || f.Type.Name == e.Filter.Name { // those of all entries; and, or, not
			continue
		}
		at := f.path
		if at == "" {
			at = lowerFirst(f.Name)
		}
		path, target, err := v.resolve(e.Struct, at, f.Type.Name == "SlugFilter")
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s.%s: %w", e.Filter.Name, f.Name, err))
			continue
		}
		out = append(out, Condition{Name: f.Name, Kind: f.Type.Name, Path: path, Ref: target.Ref})
	}
	return out, errors.Join(wrong...)
}

// Indexes lists the paths that need an index of their own, without duplicates.
func (v *Vocabulary) Indexes(e *Entry) ([]string, error) {
	conditions, err := v.Conditions(e)
	var out []string
	for _, c := range conditions {
		if c.Indexed() {
			out = append(out, c.Path)
		}
	}
	for _, f := range e.Fields {
		if f.option("index") && !slices.Contains(out, f.Stored) {
			out = append(out, f.Stored)
		}
	}
	return out, err
}

// Facet is a field whose distribution a list can show.
type Facet struct {
	Name, Path string
	// List reports that an entry has several values.
	List bool
	// Ref is the type of the entries whose keys the values are.
	Ref string
}

// Facets lists the facets of a type.
func (v *Vocabulary) Facets(e *Entry) ([]Facet, error) {
	var out []Facet
	var wrong []error
	for _, f := range e.Fields {
		for _, o := range f.list {
			option, name, given := strings.Cut(o, "=")
			if option != "facet" {
				continue
			}
			path, target, err := v.resolve(e.Struct, f.Stored, v.Structs[f.Type.Name] != nil)
			if err != nil {
				wrong = append(wrong, fmt.Errorf("%s.%s: %w", e.Name, f.Name, err))
				continue
			}
			if !given {
				name = f.Stored
				if f.Type.Slice {
					name = singular(name)
				}
				name = screamingSnake(name)
			}
			out = append(out, Facet{Name: name, Path: path, List: f.Type.Slice, Ref: target.Ref})
		}
	}
	return out, errors.Join(wrong...)
}

// resolve returns the field at a path. A name may be the singular of a list's name. With ref set, the
// path must end at a reference: in a list of statements, the one of the list's name or the only one.
func (v *Vocabulary) resolve(s *Struct, path string, ref bool) (string, *Field, error) {
	name, rest, deeper := strings.Cut(path, ".")
	f := s.field(name)
	if f == nil {
		return "", nil, fmt.Errorf("%s has no field %s; add a tag path to the values", s.Name, name)
	}
	inner := v.Structs[f.Type.Name]
	switch {
	case deeper && inner == nil:
		return "", nil, fmt.Errorf("%s.%s has no fields", s.Name, name)
	case !deeper && inner != nil && ref:
		at := inner.reference(singular(f.Stored))
		if at == nil {
			return "", nil, fmt.Errorf("%s has several references, or none; add a tag path to one", inner.Name)
		}
		return f.Stored + "." + at.Stored, at, nil
	case !deeper && ref && f.Ref == "":
		return "", nil, fmt.Errorf("%s.%s is not a reference", s.Name, name)
	case !deeper:
		return f.Stored, f, nil
	}
	below, target, err := v.resolve(inner, rest, ref)
	return f.Stored + "." + below, target, err
}

// field returns the field with that stored name, or the list with that singular.
func (s *Struct) field(name string) *Field {
	for _, is := range []func(*Field) bool{
		func(f *Field) bool { return f.Stored == name },
		func(f *Field) bool { return f.Type.Slice && singular(f.Stored) == name },
	} {
		if i := slices.IndexFunc(s.Fields, is); i >= 0 && name != "" {
			return s.Fields[i]
		}
	}
	return nil
}

// reference returns the reference of that name, or the only one.
func (s *Struct) reference(name string) *Field {
	var refs []*Field
	for _, f := range s.Fields {
		if f.Ref == "" {
			continue
		}
		if f.Stored == name {
			return f
		}
		refs = append(refs, f)
	}
	if len(refs) == 1 {
		return refs[0]
	}
	return nil
}

// ByStored returns the field with that stored name, or nil.
func (s *Struct) ByStored(name string) *Field {
	if i := slices.IndexFunc(s.Fields, func(f *Field) bool { return f.Stored == name }); i >= 0 && name != "" {
		return s.Fields[i]
	}
	return nil
}

// Keys returns the field with the keys of the entries that a field of the schema shows: the one with that
// stored name, or with the field's name and the suffix Key or Keys, "patterns" and PatternKeys. It also
// searches embedded structs. It returns nil if there is none.
func (v *Vocabulary) Keys(s *Struct, name string) *Field {
	if f := s.ByStored(name); f != nil && f.Ref != "" {
		return f
	}
	for _, f := range s.Fields {
		if inner := v.Structs[f.Type.Name]; f.Embedded && inner != nil {
			if own := v.Keys(inner, name); own != nil {
				return own
			}
		}
		named := f.Name == upperFirst(name)+"Key" || f.Type.Slice && (f.Name == upperFirst(name)+"Keys" || f.Name == upperFirst(singular(name))+"Keys")
		if named && f.Type.Name == "string" && !f.Type.Pointer {
			return f
		}
	}
	return nil
}
