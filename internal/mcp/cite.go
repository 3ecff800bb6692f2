package mcp

import (
	"encoding/json"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/parser"

	"patternhub/internal/content"
)

// tokenLimit bounds the document of an assistant that is read here. The API has a limit of its own, which
// is lower unless it was raised.
const tokenLimit = 20_000

// askQuery asks what an assistant has written, if it only reads. Each selection of an entry is given the
// fields that cite it.
func askQuery(s *Server, args arguments) (question, error) {
	var query, operation string
	// The arguments are not variables of a document of this package, so all of them are taken.
	variables := map[string]json.RawMessage{}
	for name, to := range map[string]any{"query": &query, "operationName": &operation, "variables": &variables} {
		if err := args.take(name, to); err != nil {
			return question{}, err
		}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: query}, tokenLimit)
	if err != nil {
		// No hub executes what cannot be parsed, and its own message is the one that others get.
		return question{Document: query, Operation: operation, Variables: variables}, nil //nolint:nilerr // as the comment says
	}
	// All operations are checked, not only the one that is named: then it does not matter how names are compared.
	for _, op := range doc.Operations {
		if op.Operation != ast.Query {
			return question{}, content.Fault(content.Forbidden, "This tool only reads: it sends no "+string(op.Operation)+".")
		}
	}
	cite(s.o.Schema, doc)
	var b strings.Builder
	formatter.NewFormatter(&b, formatter.WithIndent(" ")).FormatQueryDocument(doc)
	return question{Document: b.String(), Operation: operation, Variables: variables}, nil
}

// cite adds the fields that cite an entry to each selection of one. It follows types through the schema
// and leaves alone what it does not know: the API refuses that.
func cite(schema *ast.Schema, doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		op.SelectionSet = citeIn(schema, schema.Query, op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		f.SelectionSet = citeIn(schema, schema.Types[f.TypeCondition], f.SelectionSet)
	}
}

// citeIn returns a selection of a type with the fields added.
func citeIn(schema *ast.Schema, def *ast.Definition, set ast.SelectionSet) ast.SelectionSet {
	if def == nil || len(set) == 0 {
		return set
	}
	has := map[string]bool{}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			// An alias of another field with this name would collide, and the API says so.
			has[s.Alias] = true
			if f := def.Fields.ForName(s.Name); f != nil {
				s.SelectionSet = citeIn(schema, schema.Types[f.Type.Name()], s.SelectionSet)
			}
		case *ast.InlineFragment:
			// A fragment without a type is about the type around it.
			inner := def
			if s.TypeCondition != "" {
				inner = schema.Types[s.TypeCondition]
			}
			s.SelectionSet = citeIn(schema, inner, s.SelectionSet)
		// Its fragment is cited where it is defined.
		case *ast.FragmentSpread:
		}
	}
	if !isEntry(def) {
		return set
	}
	for _, name := range cited {
		if !has[name] {
			set = append(set, &ast.Field{Name: name, Alias: name})
		}
	}
	return set
}
