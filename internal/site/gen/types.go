package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// types collects the Go declarations of answers.
type types struct {
	schema *ast.Schema
	all    *ast.QueryDocument
	body   bytes.Buffer
	enums  map[string]bool // those that answers and variables use
}

func newTypes(schema *ast.Schema, all *ast.QueryDocument) *types {
	return &types{schema: schema, all: all, enums: map[string]bool{}}
}

// member is one field of a Go struct.
type member struct {
	key, text string
	sub       ast.SelectionSet
}

// fragment declares the type of a fragment.
func (t *types) fragment(f *ast.FragmentDefinition) error {
	fmt.Fprintf(&t.body, "// %s is the fragment of that name, on %s.\n", f.Name, f.TypeCondition)
	return t.object(f.Name, f.SelectionSet)
}

// operation declares the answer of an operation and its document.
func (t *types) operation(op *ast.OperationDefinition) error {
	if op.Name == "" {
		return errors.New("an operation has no name; name it after its page")
	}
	answer := op.Name + "Answer"
	fmt.Fprintf(&t.body, "// %s is the answer to %sQuery.\n", answer, op.Name)
	if err := t.object(answer, op.SelectionSet); err != nil {
		return err
	}
	for _, v := range op.VariableDefinitions {
		t.inputEnums(v.Type.Name(), map[string]bool{})
	}
	root, ok := op.SelectionSet[0].(*ast.Field)
	if !ok {
		return fmt.Errorf("%s: the first selection must be a field", op.Name)
	}
	missing, path, published := "false", `""`, "nil"
	field := "a." + exported(root.Alias)
	if !root.Definition.Type.NonNull {
		missing = field + " == nil"
	}
	def := t.schema.Types[root.Definition.Type.Name()]
	if root.Definition.Type.Elem == nil && slices.Contains(def.Interfaces, "Entry") && slices.Contains(keysOf(root.SelectionSet), "resourcePath") {
		path = field + ".ResourcePath"
		if slices.Contains(keysOf(root.SelectionSet), "publishedAt") {
			published = field + ".PublishedAt"
		}
	}
	fmt.Fprintf(&t.body, "// Missing reports whether the document's first field is null.\nfunc (a *%s) Missing() bool { return %s }\n\n", answer, missing)
	fmt.Fprintf(&t.body, "// CanonicalPath returns the path of the entry that the document is about, empty if it is about none.\n"+
		"func (a *%s) CanonicalPath() string { return %s }\n\n", answer, path)
	fmt.Fprintf(&t.body, "// PublishedOn returns when that entry was published, nil if the document does not ask.\n"+
		"func (a *%s) PublishedOn() *time.Time { return %s }\n\n", answer, published)
	fmt.Fprintf(&t.body, "// %[1]sQuery is the document of the page %[1]s.\nvar %[1]sQuery = Document[%[2]s]{Text: %[3]s}\n\n", op.Name, answer, quoted(document(op, t.all)))
	return nil
}

// object declares the struct of a selection and then those of its parts.
func (t *types) object(name string, set ast.SelectionSet) error {
	members, err := t.members(name, set)
	if err != nil {
		return err
	}
	fmt.Fprintf(&t.body, "type %s struct {\n", name)
	for _, m := range members {
		t.body.WriteString("\t" + m.text + "\n")
	}
	t.body.WriteString("}\n\n")
	for _, m := range members {
		if m.sub != nil {
			part := name + exported(m.key)
			fmt.Fprintf(&t.body, "// %s is a part of %s.\n", part, name)
			if err := t.object(part, m.sub); err != nil {
				return err
			}
		}
	}
	return nil
}

// members returns the fields of a struct. encoding/json ignores a key that two embedded structs have,
// so a selection must have each key once.
func (t *types) members(name string, set ast.SelectionSet) ([]member, error) {
	var out []member
	seen := map[string]bool{}
	var walk func(ast.SelectionSet) error
	walk = func(set ast.SelectionSet) error {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if err := once(name, s.Alias, seen); err != nil {
					return err
				}
				out = append(out, t.member(name, s))
			case *ast.InlineFragment:
				if err := walk(s.SelectionSet); err != nil {
					return err
				}
			case *ast.FragmentSpread:
				for _, key := range keysOf(s.Definition.SelectionSet) {
					if err := once(name, key, seen); err != nil {
						return err
					}
				}
				out = append(out, member{text: s.Name})
			}
		}
		return nil
	}
	return out, walk(set)
}

// once records a key of a selection, and fails if it has been recorded.
func once(name, key string, seen map[string]bool) error {
	if seen[key] {
		return fmt.Errorf("%s: the field %s is selected twice, directly or by fragments; select it once", name, key)
	}
	seen[key] = true
	return nil
}

// keysOf returns the keys of a selection, with those of its fragments.
func keysOf(set ast.SelectionSet) (out []string) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			out = append(out, s.Alias)
		case *ast.InlineFragment:
			out = append(out, keysOf(s.SelectionSet)...)
		case *ast.FragmentSpread:
			out = append(out, keysOf(s.Definition.SelectionSet)...)
		}
	}
	return out
}

// member returns the struct field of a selected field. An object that only spreads one fragment has the
// type of that fragment.
func (t *types) member(parent string, f *ast.Field) member {
	m := member{key: f.Alias}
	base := f.Definition.Type.Name()
	var typ string
	switch {
	case len(f.SelectionSet) == 0:
		typ = t.scalar(base)
	default:
		if spread, ok := f.SelectionSet[0].(*ast.FragmentSpread); ok && len(f.SelectionSet) == 1 {
			typ = spread.Name
		} else {
			typ, m.sub = parent+exported(f.Alias), f.SelectionSet
		}
	}
	m.text = fmt.Sprintf("%s %s `json:%q`", exported(f.Alias), shape(f.Definition.Type, typ, len(f.SelectionSet) > 0), f.Alias)
	return m
}

// shape returns the Go type for a schema type whose innermost Go type is named.
func shape(t *ast.Type, name string, object bool) string {
	switch {
	case t.Elem != nil:
		return "[]" + shape(t.Elem, name, object)
	case t.NonNull, !object && nullIsEmpty(name):
		return name
	}
	return "*" + name
}

// nullIsEmpty reports whether a null value of a type is read as its zero value.
func nullIsEmpty(name string) bool {
	switch name {
	case "int", "float64", "bool", "time.Time":
		return false
	}
	return true
}

// scalar returns the Go type of a scalar or an enum.
func (t *types) scalar(name string) string {
	switch name {
	case "Int":
		return "int"
	case "Float":
		return "float64"
	case "Boolean":
		return "bool"
	case "DateTime":
		return "time.Time"
	case "HTML":
		return "HTML"
	}
	if def := t.schema.Types[name]; def != nil && def.Kind == ast.Enum {
		t.enums[name] = true
		return name
	}
	return "string"
}

// inputEnums adds the enums that a variable of a type may hold.
func (t *types) inputEnums(name string, open map[string]bool) {
	def := t.schema.Types[name]
	if open[name] || def == nil {
		return
	}
	open[name] = true
	if def.Kind == ast.Enum {
		t.enums[name] = true
	}
	for _, f := range def.Fields {
		t.inputEnums(f.Type.Name(), open)
	}
}

// enumTypes declares the enums with their values and descriptions.
func (t *types) enumTypes() {
	names := make([]string, 0, len(t.enums))
	for name := range t.enums {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		def := t.schema.Types[name]
		fmt.Fprintf(&t.body, "// %s is the enum of that name.\ntype %s string\n\n", name, name)
		fmt.Fprintf(&t.body, "// Label returns the value as people read it.\nfunc (v %s) Label() string { return label(string(v)) }\n\n", name)
		fmt.Fprintf(&t.body, "// Help returns what the value means.\nfunc (v %s) Help() string {\n\tswitch v {\n", name)
		for _, v := range def.EnumValues {
			fmt.Fprintf(&t.body, "\tcase %q:\n\t\treturn %q\n", v.Name, v.Description)
		}
		t.body.WriteString("\t}\n\treturn \"\"\n}\n\n")
	}
	t.body.WriteString("// EnumValues returns the values of an enum, by its name.\nfunc EnumValues(name string) []string {\n\tswitch name {\n")
	for _, name := range names {
		fmt.Fprintf(&t.body, "\tcase %q:\n\t\treturn []string{", name)
		for i, v := range t.schema.Types[name].EnumValues {
			if i > 0 {
				t.body.WriteString(", ")
			}
			t.body.WriteString(strconv.Quote(v.Name))
		}
		t.body.WriteString("}\n")
	}
	t.body.WriteString("\t}\n\treturn nil\n}\n")
}

// file returns the whole Go file.
func (t *types) file() []byte {
	head := "// Code generated by patternhub/internal/site/gen. DO NOT EDIT.\n\npackage pages\n\n"
	if bytes.Contains(t.body.Bytes(), []byte("time.Time")) {
		head += "import \"time\"\n\n"
	}
	return append([]byte(head), t.body.Bytes()...)
}

// exported returns the Go name of a response key.
func exported(key string) string {
	key = strings.TrimLeft(key, "_")
	switch key {
	case "id", "html":
		return strings.ToUpper(key)
	}
	return strings.ToUpper(key[:1]) + key[1:]
}

// quoted returns a text as a raw Go string, or as a quoted one if it contains a backquote.
func quoted(s string) string {
	if strings.Contains(s, "`") {
		return strconv.Quote(s)
	}
	return "`" + s + "`"
}
