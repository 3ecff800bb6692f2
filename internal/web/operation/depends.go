package operation

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
)

// depends says what a value depends on, by the directives of the schema or by its types.
type depends struct {
	types []content.EntryType
	whole bool // it depends on every type
}

// and adds what another value depends on.
func (d *depends) and(other depends) {
	d.whole = d.whole || other.whole
	for _, t := range other.types {
		if !slices.Contains(d.types, t) {
			d.types = append(d.types, t)
		}
	}
}

// declared reads the directive @depends of a field or an input field; it returns nothing without the
// directive. A directive without a list means every type.
func declared(def *ast.FieldDefinition) (d depends) {
	directive := def.Directives.ForName("depends")
	if directive == nil {
		return d
	}
	on := directive.Arguments.ForName("on")
	if on == nil {
		return depends{whole: true}
	}
	for _, child := range on.Value.Children {
		d.types = append(d.types, content.EntryType(child.Value.Raw))
	}
	return d
}

// dependsOf returns what a field depends on: what @depends names, and the entry types of its
// value. A page depends on the type that it lists, even if only the count is selected. A field of
// the query type with neither depends on the whole graph, which is safe: an answer dropped too
// early costs a read, one used too long is wrong.
func (i *schemaInfo) dependsOf(parent *ast.Definition, field *ast.FieldDefinition) depends {
	out := declared(field)
	out.and(depends{types: i.entries(field.Type)})
	for _, name := range sizedFields(field) {
		if listed := i.schema.Types[field.Type.Name()].Fields.ForName(name); listed != nil {
			out.and(depends{types: i.entries(listed.Type)})
		}
	}
	if parent == i.schema.Query && len(out.types) == 0 {
		out.whole = true
	}
	return out
}

// entries returns the entry types among the types that a value may have.
func (i *schemaInfo) entries(t *ast.Type) []content.EntryType {
	var out []content.EntryType
	for _, def := range i.schema.GetPossibleTypes(i.schema.Types[t.Name()]) {
		if at := slices.IndexFunc(content.Types(), func(t content.EntryType) bool { return t.Name() == def.Name }); at >= 0 {
			out = append(out, content.Types()[at])
		}
	}
	return out
}

// depend computes what an operation's answers depend on, and whether they may be cached. No types
// at all means every type. It reads only the operation, not an answer, so that a cached answer can
// be found before anything runs.
func (p *Preparer) depend(op *Operation) {
	var all depends
	op.Public = op.Def.Operation == ast.Query
	each(p.info, op, func(f *ast.Field, field *fieldInfo) {
		if field.uncached {
			op.Public = false
		}
		all.and(field.depends)
		for _, arg := range f.Arguments {
			all.and(p.info.dependsOfValue(arg.Value))
		}
	})
	if all.whole {
		all.types = nil
	}
	slices.Sort(all.types)
	op.Tags = typeTags(all.types)
	for _, t := range all.types {
		op.Types = append(op.Types, t.Name())
	}
	slices.Sort(op.Types)
}

// dependsOfValue returns what an argument's value refers to: a filter may name other entries by
// their slugs. A filter in a variable counts with all fields of its type.
func (i *schemaInfo) dependsOfValue(v *ast.Value) (out depends) {
	switch {
	case v.Definition == nil || v.Definition.Kind != ast.InputObject:
	case v.Kind == ast.Variable:
		i.dependsOfInput(v.Definition, &out, map[string]bool{})
	case v.Kind == ast.ListValue:
		for _, child := range v.Children {
			out.and(i.dependsOfValue(child.Value))
		}
	default:
		for _, child := range v.Children {
			if field := v.Definition.Fields.ForName(child.Name); field != nil {
				d := declared(field)
				out.and(d)
			}
			out.and(i.dependsOfValue(child.Value))
		}
	}
	return out
}

// dependsOfInput adds everything that a value of an input type may refer to. open holds the input types
// being visited, since filters contain themselves.
func (i *schemaInfo) dependsOfInput(def *ast.Definition, out *depends, open map[string]bool) {
	if open[def.Name] {
		return
	}
	open[def.Name] = true
	for _, field := range def.Fields {
		d := declared(field)
		out.and(d)
		if inner := i.schema.Types[field.Type.Name()]; inner != nil && inner.Kind == ast.InputObject {
			i.dependsOfInput(inner, out, open)
		}
	}
}

// wholeGraph is the tag of answers that any change may affect.
const wholeGraph = "graph"

// typeTags returns the Surrogate-Key of what an answer depends on: the types, or the whole graph if
// no types are named.
func typeTags(types []content.EntryType) string {
	if len(types) == 0 {
		return wholeGraph
	}
	tags := make([]string, len(types))
	for i, t := range types {
		tags[i] = t.Tag()
	}
	return strings.Join(tags, " ")
}
