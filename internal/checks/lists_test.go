package checks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gqlparser "github.com/vektah/gqlparser/v2/parser"

	"patternhub/internal/content"
	"patternhub/internal/content/contenttest"
)

// TestNoListOfTypesIsWrittenByHand: who adds a type would have to know of it. A declaration that names half
// of the types is such a list; what is special about a type names one or a few.
func TestNoListOfTypesIsWrittenByHand(t *testing.T) {
	seen := 0
	err := fs.WalkDir(os.DirFS("../.."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n == "node_modules" || n == "testdata" || n == "examples" || n != "." && strings.HasPrefix(n, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, ".generated.go") || strings.HasPrefix(name, "graph/model/") {
			return nil
		}
		seen++
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", name), nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if named := typesNamed(decl); len(named) >= len(content.Types())/2 {
				t.Errorf("%s: a declaration lists the types %v; graph/gen should write it", name, named)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Errorf("only %d files were read", seen)
	}
}

// typesNamed lists the entry types that a declaration names: by constant, by struct, or by the field that
// holds all of them.
func typesNamed(decl ast.Decl) []content.EntryType {
	names := map[string]content.EntryType{}
	for _, t := range content.Types() {
		var plural strings.Builder
		for word := range strings.SplitSeq(t.Plural(), "-") {
			plural.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
		names["Type"+t.Name()], names[t.Name()], names[plural.String()] = t, t, t
	}
	var out []content.EntryType
	ast.Inspect(decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if t, ok := names[id.Name]; ok && !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
		return true
	})
	return out
}

func TestListsOfTypesAreFound(t *testing.T) {
	for text, want := range map[string]int{
		"func f() []EntryType { return []EntryType{TypeLaw, TypeTier, TypeLaw} }":        2,
		"type Graph struct { Laws Collection[Law, LawFilter]; CaseStudies any }":         2,
		"var m = map[string]any{\"law\": content.Law{}, \"page\": &content.Page{}}":      2,
		"func (r *Resolver) node(key string) error { return r.store.Find(key, Lawful) }": 0,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package sample\n"+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := typesNamed(file.Decls[0]); len(got) != want {
			t.Errorf("%s names %v", text, got)
		}
	}
}

// TestEachTypeExtendsTheSchemaItself: no enum of the schema lists the types.
func TestEachTypeExtendsTheSchemaItself(t *testing.T) {
	for _, source := range contenttest.Schema(t) {
		doc, err := gqlparser.ParseSchema(source)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range append(doc.Definitions, doc.Extensions...) {
			listed := 0
			for _, et := range content.Types() {
				if d.EnumValues.ForName(string(et)) != nil || slices.Contains(d.Types, et.Name()) {
					listed++
				}
			}
			if listed >= len(content.Types())/2 {
				t.Errorf("%s: %s lists %d types", source.Name, d.Name, listed)
			}
		}
	}
}
