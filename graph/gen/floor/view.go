package floor

import (
	"fmt"
	"slices"
	"strings"

	"patternhub/graph/gen/vocabulary"
)

// view has the methods that the templates call.
type view struct{ *vocabulary.Vocabulary }

// Owner returns the name of the struct that fields belong to.
func (v view) Owner(fields []*vocabulary.Field) (string, error) {
	for _, e := range v.Entries {
		if slices.Contains(e.Fields, fields[0]) {
			return e.Name, nil
		}
	}
	return "", fmt.Errorf("%s belongs to no entry", fields[0].Name)
}

// Primes lists the types whose entries are suggested first.
func (v view) Primes() []*vocabulary.Entry {
	return slices.DeleteFunc(slices.Clone(v.Entries), func(e *vocabulary.Entry) bool { return !e.Prime })
}

// Folded lists the fields that filters compare as texts, without case and accents.
func (v view) Folded(e *vocabulary.Entry) ([]string, error) {
	conditions, err := v.Conditions(e)
	var out []string
	for _, c := range conditions {
		if c.Kind == "TextFilter" {
			out = append(out, c.Path)
		}
	}
	return out, err
}

// Select returns the statement that adds a condition of a filter.
func (v view) Select(c vocabulary.Condition) (string, error) {
	switch c.Kind {
	case "TextFilter":
		return fmt.Sprintf("b.text(%q, f.%s)", c.Path, c.Name), nil
	case "IntFilter":
		return fmt.Sprintf("b.ints(%q, f.%s)", c.Path, c.Name), nil
	case "TimeFilter":
		return fmt.Sprintf("b.times(%q, f.%s)", c.Path, c.Name), nil
	case "bool":
		return fmt.Sprintf("b.bool(%q, f.%s)", c.Path, c.Name), nil
	case "SlugFilter":
		e := v.ByType(c.Ref)
		if e == nil {
			return "", fmt.Errorf("%s refers to %s, which is not an entry type", c.Path, c.Ref)
		}
		return fmt.Sprintf("b.slugs(%q, content.%s, f.%s)", c.Path, e.Const(), c.Name), nil
	}
	return fmt.Sprintf("enums(b, %q, f.%s)", c.Path, c.Name), nil
}

// Readers lists the structs that are read from documents: entries first, then their parts.
func (v view) Readers() []*vocabulary.Struct {
	out := make([]*vocabulary.Struct, len(v.Entries))
	for i, e := range v.Entries {
		out[i] = e.Struct
	}
	return append(out, v.Parts()...)
}

// Says returns a description of the schema as the text after a colon.
func (view) Says(description string) string {
	text := strings.Join(strings.Fields(description), " ")
	if text == "" {
		return "."
	}
	return ": " + strings.ToLower(text[:1]) + text[1:]
}

// Read returns the statement that reads a field's value.
func (v view) Read(f *vocabulary.Field) (string, error) {
	to := "v." + f.Name
	if v.Structs[f.Type.Name] != nil {
		read := "read" + f.Type.Name
		switch {
		case f.Type.Slice && f.Type.ElemPointer:
			return fmt.Sprintf("%s = pointers(objects(r, %s))", to, read), nil
		case f.Type.Slice:
			return fmt.Sprintf("%s = objects(r, %s)", to, read), nil
		case f.Type.Pointer:
			return fmt.Sprintf("%s = object(r, %s)", to, read), nil
		}
		return fmt.Sprintf("fields(r, &%s, %s)", to, read), nil
	}
	method := map[string]string{"string": "string", "int": "int", "float64": "float", "bool": "bool", "time.Time": "time"}[f.Type.Name]
	read, call := "(*reader)."+method, "r."+method+"()"
	switch {
	case v.Enum(f.Type.Name):
		read = "enum[content." + f.Type.Name + "]"
		call = read + "(r)"
	case method == "":
		return "", fmt.Errorf("%s has a type that documents cannot store", f.Name)
	}
	switch {
	case f.Type.Slice && f.Type.Name == "string":
		return to + " = r.strings()", nil
	case f.Type.Slice:
		return fmt.Sprintf("%s = list(r, %s)", to, read), nil
	case f.Type.Pointer:
		return fmt.Sprintf("%s = optional(r, %s)", to, read), nil
	}
	return to + " = " + call, nil
}

// Searched lists the statements that copy what a search finds of an entry.
func (v view) Searched(e *vocabulary.Entry) ([]string, error) {
	var out []string
	for _, f := range e.Fields {
		if f.Type.Name == "RichText" && f.Stored == "body" {
			out = append(out, "t.body = e.Body.Text")
		}
		lines, err := v.taken(f, "e."+f.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", e.Name, err)
		}
		out = append(out, lines...)
	}
	return out, nil
}

// taken lists the statements for one field.
func (v view) taken(f *vocabulary.Field, value string) ([]string, error) {
	var out []string
	for _, use := range f.Search() {
		switch use {
		case "filter":
			out = append(out, fmt.Sprintf("t.%s = %s", f.Stored, v.text(f, value)))
		case "alias", "detail":
			if f.Type.Name != "string" || f.Type.Slice && f.Type.ElemPointer {
				return nil, fmt.Errorf("%s is not a string, so search cannot index it", f.Name)
			}
			list := v.text(f, value)
			if f.Type.Slice {
				list += "..."
			}
			out = append(out, fmt.Sprintf("t.%s(%s)", use, list))
		}
	}
	inner := v.Structs[f.Type.Name]
	if inner == nil || f.Stored == "" {
		return out, nil
	}
	at := value
	if f.Type.Slice {
		at = "x"
	}
	var below []string
	for _, g := range inner.Fields {
		if v.Structs[g.Type.Name] != nil {
			continue // texts are at most one level deep
		}
		lines, err := v.taken(g, at+"."+g.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", inner.Name, err)
		}
		below = append(below, lines...)
	}
	switch {
	case len(below) == 0:
		return out, nil
	case f.Type.Slice:
		below = append(append([]string{fmt.Sprintf("for _, x := range %s {", value)}, below...), "}")
	case f.Type.Pointer:
		below = append(append([]string{fmt.Sprintf("if %s != nil {", value)}, below...), "}")
	}
	return append(out, below...), nil
}

// text returns the expression of a field as a string, or as a list of strings.
func (v view) text(f *vocabulary.Field, value string) string {
	if f.Type.Pointer {
		value = "value(" + value + ")"
	}
	if f.Type.Name != "string" {
		return "string(" + value + ")"
	}
	return value
}
