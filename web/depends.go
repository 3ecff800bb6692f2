package web

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// entryTypes names the GraphQL types that an operation's answers are made of, in order, and
// tells whether its answers depend on the published graph alone. No names at all means that
// every type matters: a filter may ask by the slug of another entry, a facet is labelled with
// the names of others, and a search looks at everything.
func entryTypes(info *schemaInfo, op *operation) (types []string, public bool) {
	public = op.def.Operation == ast.Query && info.schema.Query != nil
	whole := false
	seen := map[string]bool{}
	each(info, op, func(parent *ast.Definition, f *ast.Field, field *fieldInfo) {
		if field.introspect || reserved(parent.Name) {
			return
		}
		if f.Name == "facets" || takes(f, "filter", "query", "prefix") {
			whole = true
		}
		if field.target == nil || !field.composite {
			return
		}
		for _, def := range concrete(info.schema, field.target) {
			if !helper(def.Name) && !seen[def.Name] {
				seen[def.Name] = true
				types = append(types, def.Name)
			}
		}
	})
	slices.Sort(types)
	if whole {
		return nil, public
	}
	return types, public
}

// takes tells whether a field is given one of those arguments.
func takes(f *ast.Field, arguments ...string) bool {
	return slices.ContainsFunc(arguments, func(a string) bool { return f.Arguments.ForName(a) != nil })
}

// concrete gives the object types behind a type.
func concrete(schema *ast.Schema, def *ast.Definition) []*ast.Definition {
	if def.IsAbstractType() {
		return schema.GetPossibleTypes(def)
	}
	return []*ast.Definition{def}
}

// helper tells the types that only carry entries.
func helper(name string) bool {
	return strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge") || name == "PageInfo"
}

// hideTypes makes every __type of an operation ask for the type without a name, which no schema
// has: the answer is null, whatever was asked for, and no error tells why.
func hideTypes(op *operation) {
	hide := func(set ast.SelectionSet) {
		for _, sel := range set {
			if f, ok := sel.(*ast.Field); ok && f.Name == "__type" {
				for _, arg := range f.Arguments {
					arg.Value = &ast.Value{
						Kind: ast.StringValue, Definition: arg.Value.Definition,
						ExpectedType: arg.Value.ExpectedType, Position: arg.Value.Position,
					}
				}
			}
		}
	}
	everySet(op.doc, hide)
}

// everySet calls f for every selection set of a document.
func everySet(doc *ast.QueryDocument, f func(ast.SelectionSet)) {
	var in func(set ast.SelectionSet)
	in = func(set ast.SelectionSet) {
		f(set)
		for _, sel := range set {
			switch sel := sel.(type) {
			case *ast.Field:
				in(sel.SelectionSet)
			case *ast.InlineFragment:
				in(sel.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		in(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		in(fragment.SelectionSet)
	}
}
