// Command gen writes the Go types of the answers to the site's documents, pages/answers.generated.go, and
// the routes of the entry types, routes.generated.go, from queries/*.graphql and the schema. go generate
// runs it in internal/site.
//
// An operation named Pattern becomes the type PatternAnswer and the document PatternQuery. A fragment
// becomes a type of its own name, and a selection that spreads it embeds that type, so a component
// takes fragments whatever document they come from. Fields of inline fragments are fields of the
// selection, since fields of one name have one type on all entry types. A text that may be null is
// empty then; other values that may be null are pointers.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

const (
	schemaFiles = "../../schema/*.graphql"
	queryFiles  = "queries/*.graphql"
	answersFile = "pages/answers.generated.go"
	routesFile  = "routes.generated.go"
	writtenFile = "routes.go"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "site/gen:", err)
		os.Exit(1)
	}
}

// run reads the schema and the documents and writes the generated files.
func run() error {
	schemas, err := sources(schemaFiles)
	if err != nil {
		return err
	}
	schema, err := gqlparser.LoadSchema(schemas...)
	if err != nil {
		return fmt.Errorf("read the schema: %w", err)
	}
	queries, err := sources(queryFiles)
	if err != nil {
		return err
	}
	all, err := read(schema, queries)
	if err != nil {
		return err
	}
	out, err := answers(schema, all)
	if err != nil {
		return err
	}
	written, err := os.ReadFile(writtenFile)
	if err != nil {
		return fmt.Errorf("read the routes: %w", err)
	}
	for name, text := range map[string][]byte{answersFile: out, routesFile: routes(schema, all, string(written))} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			return fmt.Errorf("write a file: %w", err)
		}
	}
	return nil
}

// sources reads the files that match a pattern, in the order of their names.
func sources(glob string) ([]*ast.Source, error) {
	names, err := filepath.Glob(glob)
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no file is %s: %w", glob, err)
	}
	slices.Sort(names)
	var out []*ast.Source
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a file: %w", err)
		}
		out = append(out, &ast.Source{Name: name, Input: string(text)})
	}
	return out, nil
}

// read returns all documents as one. Fragments may stand in any of the files.
func read(schema *ast.Schema, queries []*ast.Source) (*ast.QueryDocument, error) {
	all := &ast.QueryDocument{}
	for _, source := range queries {
		doc, err := parser.ParseQuery(source)
		if err != nil {
			return nil, fmt.Errorf("read a document: %w", err)
		}
		all.Operations = append(all.Operations, doc.Operations...)
		all.Fragments = append(all.Fragments, doc.Fragments...)
	}
	if errs := validator.ValidateWithRules(schema, all, rules.NewDefaultRules()); len(errs) > 0 {
		return nil, fmt.Errorf("check the documents: %w", errs)
	}
	return all, nil
}

// answers returns the Go file with the types of the answers.
func answers(schema *ast.Schema, all *ast.QueryDocument) ([]byte, error) {
	t := newTypes(schema, all)
	for _, f := range all.Fragments {
		if err := t.fragment(f); err != nil {
			return nil, err
		}
	}
	for _, op := range all.Operations {
		if err := t.operation(op); err != nil {
			return nil, err
		}
	}
	t.enumTypes()
	out, err := format.Source(t.file())
	if err != nil {
		return nil, fmt.Errorf("format the answers: %w", err)
	}
	return out, nil
}

// document returns the text of an operation with the fragments that it uses.
func document(op *ast.OperationDefinition, all *ast.QueryDocument) string {
	used := map[string]bool{}
	collect(op.SelectionSet, used)
	doc := &ast.QueryDocument{Operations: ast.OperationList{op}}
	for _, f := range all.Fragments {
		if used[f.Name] {
			doc.Fragments = append(doc.Fragments, f)
		}
	}
	var b bytes.Buffer
	formatter.NewFormatter(&b, formatter.WithIndent("  ")).FormatQueryDocument(doc)
	return strings.TrimSpace(b.String()) + "\n"
}

// collect adds the names of the fragments that a selection uses.
func collect(set ast.SelectionSet, used map[string]bool) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			collect(s.SelectionSet, used)
		case *ast.InlineFragment:
			collect(s.SelectionSet, used)
		case *ast.FragmentSpread:
			if !used[s.Name] {
				used[s.Name] = true
				collect(s.Definition.SelectionSet, used)
			}
		}
	}
}
