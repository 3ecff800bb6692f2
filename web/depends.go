package web

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// slugFilter is the input type of filters that name other entries by slug.
const slugFilter = "SlugFilter"

// node is the interface of what is an entry of its own.
const node = "Node"

// dependence collects what an operation's answers are made of.
// In doubt everything matters: an answer that is thrown away too early costs a read, one that is
// kept too long is wrong.
type dependence struct {
	schema *ast.Schema
	seen   map[string]bool
	whole  bool // every type matters
}

// entryTypes names the GraphQL types that an operation's answers are made of, in order, and
// tells whether its answers may be kept. No names at all means that every type matters: a facet
// is labelled with the names of others, a search looks everywhere, and what is no entry has been
// worked out from any of them.
// It looks at the operation and not at its answer, so a kept answer can be looked up before
// anything is run. Subscriptions and mutations are never public.
func entryTypes(info *schemaInfo, op *operation) (types []string, public bool) {
	d := &dependence{schema: info.schema, seen: map[string]bool{}}
	each(info, op, func(parent *ast.Definition, f *ast.Field, field *fieldInfo) {
		if field.introspect || reserved(parent.Name) {
			return
		}
		if f.Name == "facets" || f.Arguments.ForName("query") != nil || f.Arguments.ForName("prefix") != nil {
			d.whole = true
		}
		if arg := f.Arguments.ForName("filter"); arg != nil {
			d.filter(arg.Value, map[string]bool{})
		}
		if field.composite {
			d.add(field.target)
			d.whole = d.whole || readModel(info.schema, parent, field.target)
		}
		if parent == info.schema.Query && (!field.composite || !d.holdsEntries(field.target)) {
			d.whole = true
		}
	})
	public = op.def.Operation == ast.Query
	if d.whole {
		return nil, public
	}
	for name := range d.seen {
		types = append(types, name)
	}
	slices.Sort(types)
	return types, public
}

// readModel tells whether a root field answers with something that is computed from entries
// that the operation need not select: what is neither an entry nor a list of entries.
func readModel(schema *ast.Schema, parent, target *ast.Definition) bool {
	if parent != schema.Query || target.Fields.ForName("nodes") != nil && helper(target.Name) {
		return false
	}
	return !slices.ContainsFunc(concrete(schema, target), func(c *ast.Definition) bool {
		return slices.Contains(c.Interfaces, "Node")
	})
}

// add notes a type. A connection stands for its nodes, which even a mere count depends on.
func (d *dependence) add(def *ast.Definition) {
	if nodes := def.Fields.ForName("nodes"); nodes != nil && helper(def.Name) {
		def = d.schema.Types[nodes.Type.Name()]
	}
	for _, c := range concrete(d.schema, def) {
		if !helper(c.Name) {
			d.seen[c.Name] = true
		}
	}
}

// holdsEntries tells whether a type is of entries or a connection of them.
func (d *dependence) holdsEntries(def *ast.Definition) bool {
	if nodes := def.Fields.ForName("nodes"); nodes != nil && helper(def.Name) {
		def = d.schema.Types[nodes.Type.Name()]
	}
	return def.Name == node || slices.Contains(def.Interfaces, node)
}

// filter notes the types whose slugs a filter names. A filter in a variable may name all that
// its type knows; one whose relation has no type of its name depends on everything.
// open holds the input types that are being looked at, since filters contain themselves.
func (d *dependence) filter(v *ast.Value, open map[string]bool) {
	if v.Definition == nil || v.Definition.Kind != ast.InputObject {
		return
	}
	if v.Kind == ast.Variable {
		d.filterType(v.Definition, open)
		return
	}
	if v.Kind == ast.ListValue {
		for _, child := range v.Children {
			d.filter(child.Value, open)
		}
		return
	}
	for _, child := range v.Children {
		if field := v.Definition.Fields.ForName(child.Name); field != nil {
			d.relation(field)
		}
		d.filter(child.Value, open)
	}
}

// filterType notes every relation of a filter's type.
func (d *dependence) filterType(def *ast.Definition, open map[string]bool) {
	if open[def.Name] {
		return
	}
	open[def.Name] = true
	for _, field := range def.Fields {
		d.relation(field)
		if inner := d.schema.Types[field.Type.Name()]; inner != nil && inner.Kind == ast.InputObject {
			d.filterType(inner, open)
		}
	}
}

// relation notes the type behind a filter by slug: "caseStudy" is of CaseStudy.
func (d *dependence) relation(field *ast.FieldDefinition) {
	if field.Type.Name() != slugFilter {
		return
	}
	def := d.schema.Types[strings.ToUpper(field.Name[:1])+field.Name[1:]]
	if def == nil || !def.IsCompositeType() {
		d.whole = true
		return
	}
	d.add(def)
}

// entries gives those of the types that are entries of their own: parts of one, such as a range
// of numbers, are purged with it.
func entries(schema *ast.Schema, types []string) []string {
	var out []string
	for _, name := range types {
		if slices.Contains(schema.Types[name].Interfaces, node) {
			out = append(out, name)
		}
	}
	return out
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
// It is for where introspection is off: a clear error would tell that there is something to find.
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
// Fragments are visited once and not at each spread. Spreads themselves have no set.
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
