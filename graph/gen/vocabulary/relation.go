package vocabulary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// reference is a field path that holds keys of an entry type, and the back tags along it.
type reference struct {
	path, ref string
	back      []string
}

// references lists the references of a struct at any depth.
func (v *Vocabulary) references(s *Struct, path string, back []string) []reference {
	var out []reference
	for _, f := range s.Fields {
		at, tags := path+f.Stored, append(slices.Clone(back), f.back...)
		inner := v.Structs[f.Type.Name]
		switch {
		case f.Stored == "" || strings.Count(at, ".") > 8: // bounds a struct that contains itself
		case f.Ref != "":
			out = append(out, reference{at, f.Ref, tags})
		case inner != nil:
			out = append(out, v.references(inner, at+".", tags)...)
		}
	}
	return out
}

// ReversePath returns the path through which entries of one type (from) reference another (to), for the
// field of to that lists those entries. An empty path means that all references are followed.
// A back tag on a reference names the fields that follow it, "Pattern.guides". A field that no tag names
// follows all references.
func (v *Vocabulary) ReversePath(from, to *Entry, field string) (path string, err error) {
	var all, tagged []reference
	for _, r := range v.references(from.Struct, "", nil) {
		if r.ref != to.Type {
			continue
		}
		all = append(all, r)
		if slices.Contains(r.back, to.Name+"."+field) {
			tagged = append(tagged, r)
		}
	}
	if len(tagged) > 0 {
		all = tagged
	}
	switch {
	case len(all) == 0:
		return "", fmt.Errorf("no %s refers to a %s", from.Name, to.Name)
	case len(tagged) > 1:
		return "", fmt.Errorf("%s.%s is tagged on %d references of %s; tag exactly one of them, or none to follow all", to.Name, field, len(tagged), from.Name)
	case len(all) > 1:
		return "", nil
	}
	return all[0].path, nil
}

// Edge is an edge type of the schema that has data about its node.
type Edge struct {
	// Name and Connection are the names of the GraphQL types, "PatternCompanyEdge" and
	// "PatternCompanyConnection".
	Name, Connection string
	Owner, Node      *Entry
	// Data is the struct that holds the data of one edge. Field is the field that lists these structs;
	// it is a field of Owner, or of Node if Back is set.
	Data  *Struct
	Field *Field
	Back  bool
}

// Edges lists the edges with data, in the order of the owners and of their fields. An edge's data is
// stored in its owner or in its node.
func (v *Vocabulary) Edges() []Edge {
	var out []Edge
	for _, owner := range v.Entries {
		def := v.Schema.Types[owner.Name]
		if def == nil {
			continue
		}
		for _, f := range def.Fields {
			if e, ok := v.edge(owner, f); ok {
				out = append(out, e)
			}
		}
	}
	return out
}

// edge returns the edge of a field's list, and false if the edge has no data.
func (v *Vocabulary) edge(owner *Entry, f *ast.FieldDefinition) (Edge, bool) {
	name, ok := strings.CutSuffix(f.Type.Name(), "Connection")
	def := v.Schema.Types[name+"Edge"]
	if !ok || def == nil || def.Fields.ForName("node") == nil {
		return Edge{}, false
	}
	node := v.Entry(def.Fields.ForName("node").Type.Name())
	if node == nil || node.Name == name {
		return Edge{}, false
	}
	e := Edge{Name: name + "Edge", Connection: name + "Connection", Owner: owner, Node: node}
	if ownerField := owner.ByStored(f.Name); ownerField != nil {
		if e.Data = v.edgeStruct(ownerField, node.Type); e.Data != nil {
			e.Field = ownerField
			return e, e.Data.hasEdgeFields(def)
		}
	}
	for _, nodeField := range node.Fields {
		if e.Data = v.edgeStruct(nodeField, owner.Type); e.Data != nil {
			e.Field, e.Back = nodeField, true
			return e, e.Data.hasEdgeFields(def)
		}
	}
	return Edge{}, false
}

// hasEdgeFields reports whether the struct has all fields of an edge except cursor and node. Edges for
// which it does not are written by hand.
func (s *Struct) hasEdgeFields(edge *ast.Definition) bool {
	return !slices.ContainsFunc(edge.Fields, func(f *ast.FieldDefinition) bool {
		return f.Name != "cursor" && f.Name != "node" && s.ByStored(f.Name) == nil
	})
}

// edgeStruct returns the element type of f if f is a list of structs that reference entries of a type
// and have a method Target that returns the key, or nil if f is not such a list.
func (v *Vocabulary) edgeStruct(f *Field, about string) *Struct {
	s := v.Structs[f.Type.Name]
	if s == nil || !f.Type.Slice || s.Methods["Target"] != "string" {
		return nil
	}
	if !slices.ContainsFunc(s.Fields, func(f *Field) bool { return f.Ref == about }) {
		return nil
	}
	return s
}

// Parts lists the structs with stored fields that entries contain, by name. Meta is one.
func (v *Vocabulary) Parts() []*Struct {
	seen := map[string]bool{}
	var out []*Struct
	var walk func(s *Struct)
	walk = func(s *Struct) {
		for _, f := range s.Fields {
			inner := v.Structs[f.Type.Name]
			if inner == nil || seen[inner.Name] || f.Stored == "" && f.Name != "Meta" {
				continue
			}
			seen[inner.Name] = true
			out = append(out, inner)
			walk(inner)
		}
	}
	for _, e := range v.Entries {
		walk(e.Struct)
	}
	slices.SortFunc(out, func(a, b *Struct) int { return strings.Compare(a.Name, b.Name) })
	return out
}
