package vocabulary

import (
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"

	schema "github.com/vektah/gqlparser/v2/ast"
)

// Struct is a struct of the content package.
type Struct struct {
	Name string
	// File is the name of its file, without the extension.
	File   string
	Fields []*Field
	// Methods holds the types of the first results of its hand-written methods.
	Methods map[string]string
}

// Field is a field of a struct.
type Field struct {
	Name string
	// Stored is the name in documents and in the schema; empty if the field is not stored.
	Stored string
	// Embedded reports that the field is an embedded struct.
	Embedded bool
	Type     Type
	// Ref is the type of the entries whose keys the field holds, "COMPANY".
	Ref string

	entry, list, search, back []string
	// path is the stored path of a filter field whose name differs.
	path string
}

// Type is a Go type: a name with its modifiers.
type Type struct {
	Pointer, Slice, ElemPointer bool
	// Name is the type's name, qualified if it is from another package.
	Name string
}

// option reports whether the field's list tag has an option, with or without a value.
func (f *Field) option(name string) bool {
	return slices.ContainsFunc(f.list, func(o string) bool { return o == name || strings.HasPrefix(o, name+"=") })
}

// Search lists how searches use the field: as an alias, a detail or a filter.
func (f *Field) Search() []string { return f.search }

// OrderName is the name of the order by the field, "READING_MINUTES".
func (f *Field) OrderName() string { return screamingSnake(f.Stored) }

// Read reads the content package in a directory. s is the schema of the hub. It returns the first error
// of parsing a file or of a field's tag; all errors in the entries are joined.
func Read(dir string, s *schema.Schema) (*Vocabulary, error) {
	v := &Vocabulary{Structs: map[string]*Struct{}, enums: map[string]bool{}, Schema: s}
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", dir, err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".generated.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("parse the vocabulary: %w", err)
		}
		files = append(files, file)
		if err := v.structs(file, strings.TrimSuffix(filepath.Base(name), ".go")); err != nil {
			return nil, err
		}
	}
	for _, file := range files {
		v.methods(file)
	}
	if err := v.entries(); err != nil {
		return nil, err
	}
	return v, v.check()
}

// structs adds the structs of a file.
func (v *Vocabulary) structs(file *ast.File, stem string) error {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.TypeSpec)
			body, ok := spec.Type.(*ast.StructType)
			if !ok || spec.TypeParams != nil {
				continue
			}
			s := &Struct{Name: spec.Name.Name, File: stem, Methods: map[string]string{}}
			for _, f := range body.Fields.List {
				fields, err := fieldsOf(f)
				if err != nil {
					return fmt.Errorf("%s: %w", s.Name, err)
				}
				s.Fields = append(s.Fields, fields...)
			}
			v.Structs[s.Name] = s
		}
	}
	return nil
}

// methods adds the methods of a file, and finds enums by their Values method.
func (v *Vocabulary) methods(file *ast.File) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Type.Results == nil {
			continue
		}
		receiver := typeOf(f.Recv.List[0].Type).Name
		if s := v.Structs[receiver]; s != nil {
			s.Methods[f.Name.Name] = typeOf(f.Type.Results.List[0].Type).Name
		} else if f.Name.Name == "Values" {
			v.enums[receiver] = true
		}
	}
}

// fieldsOf reads a line of a struct, which may declare several fields.
func fieldsOf(f *ast.Field) ([]*Field, error) {
	var tag reflect.StructTag
	if f.Tag != nil {
		text, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil, fmt.Errorf("read the tag %s: %w", f.Tag.Value, err)
		}
		tag = reflect.StructTag(text)
	}
	t := typeOf(f.Type)
	if len(f.Names) == 0 {
		return []*Field{{Name: t.Name, Embedded: true, Type: t, entry: words(tag.Get("entry"))}}, nil
	}
	var out []*Field
	for _, name := range f.Names {
		field := &Field{
			Name: name.Name, Type: t, Ref: tag.Get("ref"), path: tag.Get("path"),
			list: words(tag.Get("list")), search: words(tag.Get("search")), back: words(tag.Get("back")),
		}
		field.Stored, _, _ = strings.Cut(tag.Get("bson"), ",")
		if err := field.check(); err != nil {
			return nil, err
		}
		out = append(out, field)
	}
	return out, nil
}

// check rejects unknown options, so that a typo does not go unnoticed.
func (f *Field) check() error {
	options := func(tag string, used []string, allowed ...string) error {
		for _, o := range used {
			name, _, _ := strings.Cut(o, "=")
			if !slices.Contains(allowed, name) {
				return fmt.Errorf("%s: unknown option %q in tag %q", f.Name, o, tag)
			}
		}
		return nil
	}
	return errors.Join(options("list", f.list, "page", "order", "facet", "index"), options("search", f.search, "alias", "detail", "filter"))
}

// words splits a tag at its commas.
func words(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, ",")
}

// typeOf reads a type. A type that entries do not use has an empty name.
func typeOf(expr ast.Expr) Type {
	switch e := expr.(type) {
	case *ast.Ident:
		return Type{Name: e.Name}
	case *ast.SelectorExpr:
		return Type{Name: typeOf(e.X).Name + "." + e.Sel.Name}
	case *ast.StarExpr:
		t := typeOf(e.X)
		t.Pointer = true
		return t
	case *ast.ArrayType:
		t := typeOf(e.Elt)
		return Type{Slice: true, ElemPointer: t.Pointer, Name: t.Name}
	}
	return Type{}
}

// entries finds the structs that embed Meta and sorts them.
func (v *Vocabulary) entries() error {
	var errs []error
	for _, s := range v.Structs {
		for _, f := range s.Fields {
			if f.Embedded && f.Name == "Meta" {
				e, err := v.entry(s, f.entry)
				errs = append(errs, err)
				v.Entries = append(v.Entries, e)
			}
		}
	}
	slices.SortFunc(v.Entries, func(a, b *Entry) int { return cmp.Or(a.order-b.order, cmp.Compare(a.Name, b.Name)) })
	return errors.Join(errs...)
}

// defaultOrder is the order and the rank of a type whose tag has none.
const defaultOrder = 1_000

// entry reads the tag of the embedded Meta.
func (v *Vocabulary) entry(s *Struct, options []string) (*Entry, error) {
	e := &Entry{Struct: s, Type: screamingSnake(s.Name), Filter: v.Structs[s.Name+"Filter"], order: defaultOrder, rank: defaultOrder}
	e.Plural = v.listField(e)
	var err error
	for _, o := range options {
		name, value, _ := strings.Cut(o, "=")
		switch name {
		case "order":
			e.order, err = strconv.Atoi(value)
		case "rank":
			e.rank, err = strconv.Atoi(value)
		case "path":
			e.path = &value
		case "prime":
			e.Prime = true
		case "singleton":
			e.Singleton = true
		default:
			err = fmt.Errorf("unknown option %q in tag \"entry\"", o)
		}
		if err != nil {
			return e, fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return e, nil
}

// listField returns the name of the field of Query that lists a type.
func (v *Vocabulary) listField(e *Entry) string {
	for _, f := range v.Reads(e) {
		if f.Type.Elem != nil || f.Type.NamedType != e.Name {
			return f.Name
		}
	}
	return plural(lowerFirst(e.Name))
}

// Reads lists the fields of Query in the type's own file of the schema that read its entries: singly, as
// a list or as a connection.
func (v *Vocabulary) Reads(e *Entry) []*schema.FieldDefinition {
	return fieldsInFile(v.Schema.Query, e, func(f *schema.FieldDefinition) bool {
		return f.Type.Name() == e.Name || f.Type.NamedType == e.Name+"Connection"
	})
}

// Writes lists the fields of Mutation in the type's own file of the schema that write its entries.
func (v *Vocabulary) Writes(e *Entry) []*schema.FieldDefinition {
	return fieldsInFile(v.Schema.Mutation, e, func(f *schema.FieldDefinition) bool {
		return f.Name == e.Lower()+"Create" || f.Name == e.Lower()+"Update"
	})
}

// fieldsInFile lists the fields of a root type that a type's file of the schema adds, if accept returns
// true for them.
func fieldsInFile(root *schema.Definition, e *Entry, accept func(*schema.FieldDefinition) bool) []*schema.FieldDefinition {
	var out []*schema.FieldDefinition
	if root == nil {
		return nil
	}
	for _, f := range root.Fields {
		if f.Position != nil && f.Position.Src != nil && filepath.Base(f.Position.Src.Name) == e.File+".graphql" && accept(f) {
			out = append(out, f)
		}
	}
	return out
}
