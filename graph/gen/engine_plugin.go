package main

import (
	_ "embed"
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/99designs/gqlgen/plugin"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/graph/gen/floor"
	"patternhub/graph/gen/vocabulary"
)

//go:embed engine.gotpl
var engineTemplate string

// enginePlugin writes the table by which the engine executes queries, next to gqlgen's own executable
// schema.
//
// Fields that follow from the vocabulary are rows of the table, unless their resolver is written by hand.
func enginePlugin(v *vocabulary.Vocabulary) plugin.Plugin { return engineGenerator{v} }

type engineGenerator struct{ vocabulary *vocabulary.Vocabulary }

// Name returns the plugin's name in gqlgen's messages.
func (engineGenerator) Name() string { return "engine" }

// GenerateCode writes engine.generated.go.
func (g engineGenerator) GenerateCode(data *codegen.Data) error {
	written := map[string]bool{}
	if g.vocabulary != nil {
		var err error
		if written, err = floor.Declared(data.Config.Resolver.Dir()); err != nil {
			return fmt.Errorf("read the resolvers: %w", err)
		}
	}
	return templates.Render(templates.Options{
		PackageName:     data.Config.Exec.Package,
		Filename:        filepath.Join(data.Config.Exec.Dir(), "engine.generated.go"),
		Template:        engineTemplate,
		Data:            newEngineBuild(data, g.vocabulary, written),
		GeneratedHeader: true,
		Packages:        data.Config.Packages,
		PruneOptions:    data.Config.GetPruneOptions(),
	})
}

// engineBuild is the input of the template: the objects that operations reach, in the order of their
// numbers, and the types of their fields.
type engineBuild struct {
	*codegen.Data

	Reached  []*engineObject
	Switches []*codegen.Interface
	Types    []engineType

	numbers    map[string]int
	vocabulary *vocabulary.Vocabulary
	// written has the resolvers that are written by hand.
	written map[string]bool
	// untyped has the types whose values calls return as any.
	untyped map[string]bool
}

// engineObject is an object type with its number, which is its index in the table.
type engineObject struct {
	*codegen.Object

	Read   []*engineField
	Number int
	// Child reports that gqlgen generates a look-up of the object's fields.
	Child bool
}

// Resolved reports whether some fields of the object have resolvers.
func (o *engineObject) Resolved() bool {
	return slices.ContainsFunc(o.Read, func(f *engineField) bool {
		return f.IsResolver && !f.Stock() && !f.TypeReference.IsRoot && f.Row() == nil
	})
}

// newEngineBuild collects what operations reach. All lists are sorted by name, so that the same schema
// always generates the same file.
func newEngineBuild(data *codegen.Data, v *vocabulary.Vocabulary, written map[string]bool) *engineBuild {
	b := &engineBuild{Data: data, numbers: map[string]int{}, vocabulary: v, written: written, untyped: map[string]bool{}}
	for _, root := range []*codegen.Object{data.QueryRoot, data.MutationRoot, data.SubscriptionRoot} {
		if root != nil {
			b.reach(root)
		}
	}
	sort.Slice(b.Reached, func(i, j int) bool { return b.Reached[i].Name < b.Reached[j].Name })
	sort.Slice(b.Switches, func(i, j int) bool { return b.Switches[i].Name < b.Switches[j].Name })
	found := map[string]*config.TypeReference{}
	for i, o := range b.Reached {
		o.Number, b.numbers[o.Name] = i, i
		o.Child = slices.ContainsFunc(data.UniqueChildFieldTypes(), func(t *codegen.ChildFieldType) bool { return t.TypeName == o.Name })
		for _, f := range o.Read {
			if !f.Stock() {
				collect(found, f.TypeReference)
				if f.Untyped() {
					b.untyped[f.TypeReference.UniquenessKey()] = true
				}
			}
		}
	}
	for _, ref := range found {
		b.Types = append(b.Types, engineType{TypeReference: ref, build: b})
	}
	sort.Slice(b.Types, func(i, j int) bool { return b.Types[i].UniquenessKey() < b.Types[j].UniquenessKey() })
	return b
}

// reach adds an object and all types that can occur below it.
func (b *engineBuild) reach(o *codegen.Object) {
	if slices.ContainsFunc(b.Reached, func(reached *engineObject) bool { return reached.Object == o }) {
		return
	}
	reached := &engineObject{Object: o}
	b.Reached = append(b.Reached, reached)
	for _, f := range o.Fields {
		if f.IsReserved() {
			continue
		}
		reached.Read = append(reached.Read, &engineField{Field: f, build: b})
		b.reachType(f.TypeReference.Definition)
	}
}

// reachType adds the objects that can occur for a type, which may be an interface or a union.
func (b *engineBuild) reachType(def *ast.Definition) {
	switch def.Kind {
	case ast.Object:
		b.reach(b.Objects.ByName(def.Name))
	case ast.Interface, ast.Union:
		i := b.Interfaces[def.Name]
		if slices.Contains(b.Switches, i) {
			return
		}
		b.Switches = append(b.Switches, i)
		for _, implementor := range i.Implementors {
			b.reachType(implementor.Definition)
		}
	default: // A leaf has nothing below it.
	}
}

// collect adds a type and those of its elements.
func collect(found map[string]*config.TypeReference, ref *config.TypeReference) {
	found[ref.UniquenessKey()] = ref
	if ref.IsSlice() || ref.IsPtrToSlice() || ref.IsPtrToPtr() || ref.IsPtrToIntf() {
		collect(found, ref.Elem())
	}
}

// Inert lists the directives of documents that gqlgen does not execute.
func (b *engineBuild) Inert() (names []string) {
	for name, d := range b.Config.Schema.Directives {
		builtIn := d.Position != nil && d.Position.Src != nil && d.Position.Src.BuiltIn
		if b.Config.Directives[name].SkipRuntime && !builtIn && slices.Contains(d.Locations, ast.LocationField) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Rows reports whether some fields are rows.
func (b *engineBuild) Rows() bool {
	return slices.ContainsFunc(b.Reached, func(o *engineObject) bool {
		return slices.ContainsFunc(o.Read, func(f *engineField) bool { return f.Row() != nil })
	})
}

// Interface reports whether a type is an interface or a union.
func (b *engineBuild) Interface(name string) bool { return b.Interfaces[name] != nil }

// Number returns the number of an object type.
func (b *engineBuild) Number(name string) int { return b.numbers[name] }

// engineField is a field, with the decisions that the template needs.
type engineField struct {
	*codegen.Field

	build *engineBuild
}

// Asks reports whether the field's calls can ask for what they will load: the object has a method for it.
func (f *engineField) Asks() bool {
	if f.IsResolver || !f.MethodHasContext {
		return false
	}
	method, _, _ := types.LookupFieldOrMethod(f.Object.Reference(), true, nil, "Ask")
	_, ok := method.(*types.Func)
	return ok
}

// Untyped reports whether calls return the field's values as any. Pointers need no memory for that, and the
// engine's storage is compiled once for all of them.
func (f *engineField) Untyped() bool {
	_, pointer := types.Unalias(f.TypeReference.GO).(*types.Pointer)
	return pointer && f.Called() && f.Row() == nil && !f.Object.Stream && !f.Type().Leaf() && !f.Type().ByPointer()
}

// Row returns the row of the field, nil if its resolver has to be called.
func (f *engineField) Row() *row {
	if f.build.vocabulary == nil || !f.IsResolver || f.build.written[templates.LcFirst(f.Object.Name)+"Resolver."+f.GoFieldName] {
		return nil
	}
	return deriveRow(f.build.vocabulary, f.Field)
}

// Stock reports whether the stock executor must execute operations that select the field, because
// the field uses something that the engine does not support. When in doubt it returns true: the stock
// executor is slower but never wrong.
func (f *engineField) Stock() bool {
	return f.IsBatch() || f.IsMap() || f.VOkFunc || f.HasHaser || f.HasDirectives() ||
		f.TypeReference.IsRoot && f.TypeReference.Definition.Name != f.build.QueryRoot.Name ||
		f.Object.Stream && f.Type().Leaf()
}

// Called reports whether the field takes a context or arguments or may fail.
func (f *engineField) Called() bool {
	return f.IsResolver || f.MethodHasContext || len(f.Args) > 0 || f.IsMethod() && !f.NoErr
}

// Type returns the field's type.
func (f *engineField) Type() engineType {
	return engineType{TypeReference: f.TypeReference, build: f.build}
}

// Getter returns the expression of a plain field.
func (f *engineField) Getter() string {
	if f.IsMethod() {
		return "obj." + f.GoFieldName + "()"
	}
	return "obj." + f.GoFieldName
}

// Invocation returns the expression of a call. The table holds the object's resolvers, because
// gqlgen's accessor allocates them on each call.
func (f *engineField) Invocation() string {
	if f.IsResolver {
		_, method, _ := strings.Cut(f.ShortInvocation(), "().")
		return "resolvers." + method
	}
	return "obj." + f.GoFieldName + "(" + f.CallArgs() + ")"
}

// Pure reports whether equal arguments always decode to equal values: no directive and no resolver
// takes part.
func (f *engineField) Pure() bool {
	for _, a := range f.Args {
		if len(a.ImplDirectives()) > 0 || !f.build.pureInput(a.TypeReference.Definition.Name, map[string]bool{}) {
			return false
		}
	}
	return true
}

// pureInput checks an input type and those within it. It visits one that contains itself once.
func (b *engineBuild) pureInput(name string, seen map[string]bool) bool {
	in := b.Inputs.ByName(name)
	if in == nil || seen[name] {
		return true
	}
	seen[name] = true
	if in.HasDirectives() || in.HasResolvers() {
		return false
	}
	return !slices.ContainsFunc(in.Fields, func(f *codegen.Field) bool {
		return !b.pureInput(f.TypeReference.Definition.Name, seen)
	})
}

// engineType is a type reference, with the decisions that the template needs.
type engineType struct {
	*config.TypeReference

	build *engineBuild
}

// Leaf reports whether values are scalars or enums, or lists of them.
func (t engineType) Leaf() bool {
	return t.Definition.Kind == ast.Scalar || t.Definition.Kind == ast.Enum
}

// Untyped reports whether the type needs a function that takes any.
func (t engineType) Untyped() bool { return t.build.untyped[t.UniquenessKey()] }

// Func returns the name of the type's function.
func (t engineType) Func() string {
	if t.Leaf() {
		return "engineWrite" + t.UniquenessKey()
	}
	return "enginePut" + t.UniquenessKey()
}

// Elem returns the type of the elements, or of the value behind the pointer.
func (t engineType) Elem() engineType {
	return engineType{TypeReference: t.TypeReference.Elem(), build: t.build}
}

// ByPointer reports whether the type's function takes a pointer to the value, so that objects that
// are Go structs are not copied.
func (t engineType) ByPointer() bool {
	if t.Leaf() || t.IsSlice() || t.IsNilable() || t.IsRoot {
		return false
	}
	return t.Definition.Kind == ast.Object
}

// Boxed reports whether the type is a pointer to a value that has its own function.
func (t engineType) Boxed() bool {
	return t.IsPtrToSlice() || t.IsPtrToIntf() || t.IsPtrToPtr() && t.Marshaler == nil && !t.IsMarshaler
}

// Indexed reports whether the index of an element belongs to the path of errors, as gqlgen
// decides it.
func (t engineType) Indexed() bool { return !t.IsScalar() }

// Forbidden returns the name of the type if null is forbidden, otherwise "".
func (t engineType) Forbidden() string {
	if t.GQL.NonNull {
		return t.GQL.String()
	}
	return ""
}

// Value returns the argument of the marshaling function.
func (t engineType) Value() string {
	v := "v"
	switch {
	case config.IsNilable(t.Target) && !t.IsNilable():
		v = "&v"
	case !config.IsNilable(t.Target) && t.IsNilable():
		v = "*v"
	}
	if t.HasEnumValues() {
		return t.EnumMarshalVar(t.build.Config.UseFunctionSyntaxForExecutionContext) + "[" + v + "]"
	}
	if t.CastType != nil {
		return templates.CurrentImports.LookupType(t.CastType) + "(" + v + ")"
	}
	return v
}

// Write returns the statement that writes a value: by the engine's method for gqlgen's scalars, by
// the program's AppendX(buf, v) if there is one besides MarshalX, and by the marshaler otherwise.
func (t engineType) Write() string {
	const runtime = "github.com/99designs/gqlgen/graphql"
	name, path := t.Marshaler.Name(), t.Marshaler.Pkg().Path()
	if path == runtime {
		switch name {
		case "MarshalString", "MarshalID":
			return "w.String(" + t.Value() + ")"
		case "MarshalBoolean":
			return "w.Bool(" + t.Value() + ")"
		case "MarshalInt", "MarshalInt32", "MarshalInt64":
			return "w.Int(int64(" + t.Value() + "))"
		case "MarshalFloatContext":
			return "w.Float(" + t.Value() + ")"
		}
	}
	if appender := t.appender(); appender != nil {
		return "w.Append(" + templates.Call(appender) + "(w.Buffer(), " + t.Value() + "))"
	}
	call := templates.Call(t.Marshaler) + "(" + t.Value() + ")"
	if t.IsContext {
		return "w.ValueContext(" + call + ", " + quoted(t.Forbidden()) + ")"
	}
	return "w.Value(" + call + ", " + quoted(t.Forbidden()) + ")"
}

// quoted returns a type's name as a Go string; there is nothing to escape.
func quoted(s string) string { return `"` + s + `"` }

// appender returns AppendX(buf []byte, v T) []byte besides MarshalX, or nil. Its types must be exactly
// those of the marshaler; a function that only has the name is ignored.
func (t engineType) appender() *types.Func {
	name, ok := strings.CutPrefix(t.Marshaler.Name(), "Marshal")
	if !ok {
		return nil
	}
	f, ok := t.Marshaler.Pkg().Scope().Lookup("Append" + name).(*types.Func)
	if !ok {
		return nil
	}
	sig := f.Signature()
	buf := types.NewSlice(types.Typ[types.Byte])
	if sig.Params().Len() != 2 || sig.Results().Len() != 1 || !types.Identical(sig.Params().At(0).Type(), buf) ||
		!types.Identical(sig.Results().At(0).Type(), buf) ||
		!types.Identical(sig.Params().At(1).Type(), t.Marshaler.Signature().Params().At(0).Type()) {
		return nil
	}
	return f
}
