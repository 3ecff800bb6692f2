package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"

	"patternhub/graph/gen/vocabulary"
)

// The arguments of lists, as resolvers pass them on.
const (
	pageArgs   = "first after last before"
	listArgs   = pageArgs + " filter orderBy"
	pageValue  = "relay.Page{First: first, After: after, Last: last, Before: before}"
	listValues = pageValue + ", filter, orderBy"
)

// derive returns the expression that a resolver returns; empty if the resolver must be written by hand.
func derive(v *vocabulary.Vocabulary, f *codegen.Field) (string, error) {
	switch f.Object.Name {
	case "Query":
		return deriveQuery(v, f), nil
	case "Mutation":
		return deriveMutation(v, f), nil
	}
	if r := deriveRow(v, f); r != nil {
		return r.resolver(f), nil
	}
	if e := v.Entry(f.Object.Name); e != nil {
		if out := deriveOwn(v, f, e); out != "" {
			return out, nil
		}
		if e.ByStored(f.Name) == nil {
			return deriveBack(v, f, e)
		}
	}
	if s := structOf(v, f.Object); s != nil {
		return listed(v, f, s), nil
	}
	return "", nil
}

// structOf returns the struct that has the data of an object; nil if there is none.
func structOf(v *vocabulary.Vocabulary, o *codegen.Object) *vocabulary.Struct {
	if e := v.Entry(o.Name); e != nil {
		return e.Struct
	}
	for _, edge := range v.Edges() {
		if edge.Name == o.Name {
			return edge.Data
		}
	}
	return v.Structs[strings.TrimPrefix(goType(o.Reference()), "*content.")]
}

// row is a field that only follows references, or that only the page of its entry has. The engine reads it
// without a call of its resolver.
type row struct {
	// Entry is the type of the entries that are read.
	Entry *vocabulary.Entry
	// Key is the Go field with the key, or the keys if Many is set. It is empty if the page has the field.
	Key  string
	Many bool
	// Page is the field of the page.
	Page *vocabulary.Field
	// Spread reports that the page has a list of structs, and the schema one of pointers.
	Spread bool
	// ref is what gqlgen needs before the page's field: an address operator or nothing.
	ref string
}

// deriveRow returns the row of a field; nil if it has none.
func deriveRow(v *vocabulary.Vocabulary, f *codegen.Field) *row {
	if len(f.Args) > 0 {
		return nil
	}
	if e := v.Entry(f.Object.Name); e != nil {
		if own := e.ByStored(f.Name); own != nil && slices.Contains(e.Pages(), own) {
			return pageRow(v, e, own)
		}
	}
	s := structOf(v, f.Object)
	if s == nil {
		return nil
	}
	own, e := v.Keys(s, f.Name), v.Entry(f.TypeReference.Definition.Name)
	if own == nil || e == nil || own.Ref != "" && own.Ref != e.Type {
		return nil
	}
	return &row{Entry: e, Key: own.Name, Many: own.Type.Slice}
}

// pageRow returns the row of a field that only pages have.
func pageRow(v *vocabulary.Vocabulary, e *vocabulary.Entry, f *vocabulary.Field) *row {
	r := &row{Entry: e, Page: f}
	switch inner := v.Structs[f.Type.Name]; {
	case inner == nil || f.Type.Pointer || f.Type.ElemPointer:
	case f.Type.Slice:
		r.Spread = true
	default:
		r.ref = "&"
	}
	return r
}

// Of returns the field of a page in the Go type that gqlgen expects.
func (r *row) Of(page string) string {
	if r.Spread {
		return "pointers(" + page + "." + r.Page.Name + ")"
	}
	return r.ref + page + "." + r.Page.Name
}

// resolver returns the expression of the resolver, for gqlgen's own executor.
func (r *row) resolver(f *codegen.Field) string {
	switch {
	case r.Page != nil:
		return fmt.Sprintf("pageOf(ctx, %s, obj, func(p *content.%s) %s { return %s })", set(r.Entry), r.Entry.Name, goType(f.TypeReference.GO), r.Of("p"))
	case r.Many:
		return fmt.Sprintf("%s.LoadAll(ctx, obj.%s)", set(r.Entry), r.Key)
	}
	return fmt.Sprintf("%s.Load(ctx, obj.%s)", set(r.Entry), r.Key)
}

// set returns the expression of the loaders of a type.
func set(e *vocabulary.Entry) string { return "loaders.For(ctx)." + e.Field() }

// deriveQuery reads the root fields of a type: one entry by its slug, a list, or a closed set in its first
// order. The field of a singleton takes no slug.
func deriveQuery(v *vocabulary.Vocabulary, f *codegen.Field) string {
	name, many := f.TypeReference.Definition.Name, f.TypeReference.GQL.Elem != nil
	e := v.Entry(strings.TrimSuffix(name, "Connection"))
	switch {
	case e == nil:
		return ""
	case name != e.Name && arguments(f) == listArgs:
		return fmt.Sprintf("relay.Found(%s, content.Scope{}, %s)", set(e), listValues)
	case name != e.Name:
		return ""
	case many && len(f.Args) == 0 && len(e.Orders()) > 0:
		return fmt.Sprintf("%s.All(ctx, content.Order{Field: %q})", set(e), e.Orders()[0].OrderName())
	case many && len(f.Args) == 0:
		return set(e) + ".All(ctx, content.Order{})"
	case !many && arguments(f) == "slug":
		return set(e) + ".BySlug(ctx, slug)"
	case f.TypeReference.GQL.NonNull && len(f.Args) == 0 && e.Singleton:
		return fmt.Sprintf("only(ctx, %s, content.%s)", set(e), e.Const())
	case !many && len(f.Args) == 0 && e.Singleton:
		return fmt.Sprintf("%s.Load(ctx, content.%s.OnlyKey())", set(e), e.Const())
	}
	return ""
}

// deriveMutation creates and updates entries.
func deriveMutation(v *vocabulary.Vocabulary, f *codegen.Field) string {
	for _, e := range v.Entries {
		switch f.Name {
		case e.Lower() + "Create":
			return fmt.Sprintf("create[content.%s](ctx, &r.r.Authoring, r.r.request(ctx), input)", e.Name)
		case e.Lower() + "Update":
			return fmt.Sprintf("update[content.%s](ctx, &r.r.Authoring, r.r.request(ctx), change{id, ifRevision, mergeStrategy, input})", e.Name)
		}
	}
	return ""
}

// deriveOwn reads the fields of an entry itself.
func deriveOwn(v *vocabulary.Vocabulary, f *codegen.Field, e *vocabulary.Entry) string {
	if f.Name == "revisions" && arguments(f) == pageArgs {
		return "revisions(ctx, obj, " + pageValue + ")"
	}
	own := e.ByStored(f.Name)
	if own == nil {
		return ""
	}
	for _, edge := range v.Edges() {
		if edge.Owner == e && edge.Field == own && !edge.Back && f.TypeReference.Definition.Name == edge.Connection && arguments(f) == listArgs {
			return fmt.Sprintf("relay.ListedWith(%s, obj.%s, %s, relay.New%s)", set(edge.Node), own.Name, listValues, edge.Name)
		}
	}
	return listed(v, f, e.Struct)
}

// listed returns the list of the entries with the keys that a field holds.
func listed(v *vocabulary.Vocabulary, f *codegen.Field, s *vocabulary.Struct) string {
	own := v.Keys(s, f.Name)
	name, ok := strings.CutSuffix(f.TypeReference.Definition.Name, "Connection")
	e := v.Entry(name)
	if !ok || own == nil || e == nil || own.Ref != "" && own.Ref != e.Type || !own.Type.Slice || arguments(f) != listArgs {
		return ""
	}
	return fmt.Sprintf("relay.Listed(%s, obj.%s, %s)", set(e), own.Name, listValues)
}

// deriveBack lists the entries that refer to an entry.
func deriveBack(v *vocabulary.Vocabulary, f *codegen.Field, e *vocabulary.Entry) (string, error) {
	name, ok := strings.CutSuffix(f.TypeReference.Definition.Name, "Connection")
	if !ok || arguments(f) != listArgs {
		return "", nil
	}
	for _, edge := range v.Edges() {
		if edge.Owner == e && edge.Back && edge.Connection == name+"Connection" {
			path := edge.Field.Stored + "." + target(edge.Data, e).Stored
			return fmt.Sprintf("relay.FoundWith(%s, content.Scope{Ref: content.RefTo(%q, obj.Key)}, %s, relay.%ss(obj.Key))", set(edge.Node), path, listValues, edge.Name), nil
		}
	}
	from := v.Entry(name)
	if from == nil {
		return "", nil
	}
	path, err := v.ReversePath(from, e, f.Name)
	if err != nil {
		return "", err //nolint:wrapcheck // the caller adds the field
	}
	ref := "content.RefToAny(obj.ID())"
	if path != "" {
		ref = fmt.Sprintf("content.RefTo(%q, obj.Key)", path)
	}
	return fmt.Sprintf("relay.Found(%s, content.Scope{Ref: %s}, %s)", set(from), ref, listValues), nil
}

// target returns the field of an edge's data that refers to an entry of type about.
func target(s *vocabulary.Struct, about *vocabulary.Entry) *vocabulary.Field {
	for _, f := range s.Fields {
		if f.Ref == about.Type {
			return f
		}
	}
	return nil
}

// arguments returns the names of a field's arguments in their order.
func arguments(f *codegen.Field) string {
	names := make([]string, len(f.Args))
	for i, a := range f.Args {
		names[i] = a.Name
	}
	return strings.Join(names, " ")
}
