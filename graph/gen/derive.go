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
	if e := v.Entry(f.Object.Name); e != nil {
		if out := deriveOwn(v, f, e); out != "" {
			return out, nil
		}
		if e.ByStored(f.Name) == nil {
			return deriveBack(v, f, e)
		}
	}
	for _, edge := range v.Edges() {
		if edge.Name == f.Object.Name {
			return follow(v, f, edge.Data), nil
		}
	}
	if s := v.Structs[strings.TrimPrefix(goType(f.Object.Reference()), "*content.")]; s != nil {
		return follow(v, f, s), nil
	}
	return "", nil
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
	if slices.Contains(e.Pages(), own) {
		return fmt.Sprintf("pageOf(ctx, %s, obj, func(p *content.%s) %s { return %s })", set(e), e.Name, goType(f.TypeReference.GO), pageField(v, own))
	}
	for _, edge := range v.Edges() {
		if edge.Owner == e && edge.Field == own && !edge.Back && f.TypeReference.Definition.Name == edge.Connection && arguments(f) == listArgs {
			return fmt.Sprintf("relay.ListedWith(%s, obj.%s, %s, relay.New%s)", set(edge.Node), own.Name, listValues, edge.Name)
		}
	}
	return follow(v, f, e.Struct)
}

// pageField returns the expression of a field in the Go type that gqlgen expects.
func pageField(v *vocabulary.Vocabulary, f *vocabulary.Field) string {
	switch inner := v.Structs[f.Type.Name]; {
	case inner == nil || f.Type.Pointer || f.Type.ElemPointer:
		return "p." + f.Name
	case f.Type.Slice:
		return "pointers(p." + f.Name + ")"
	}
	return "&p." + f.Name
}

// follow returns the load of an entry by its key, or of a list of entries by theirs.
func follow(v *vocabulary.Vocabulary, f *codegen.Field, s *vocabulary.Struct) string {
	own := v.Keys(s, f.Name)
	name := f.TypeReference.Definition.Name
	e := v.Entry(strings.TrimSuffix(name, "Connection"))
	if own == nil || e == nil || own.Ref != "" && own.Ref != e.Type {
		return ""
	}
	switch {
	case name == e.Name && !own.Type.Slice && len(f.Args) == 0:
		return fmt.Sprintf("%s.Load(ctx, obj.%s)", set(e), own.Name)
	case name == e.Name && own.Type.Slice && len(f.Args) == 0:
		return fmt.Sprintf("%s.LoadAll(ctx, obj.%s)", set(e), own.Name)
	case name != e.Name && own.Type.Slice && arguments(f) == listArgs:
		return fmt.Sprintf("relay.Listed(%s, obj.%s, %s)", set(e), own.Name, listValues)
	}
	return ""
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
