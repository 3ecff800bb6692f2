package main

import (
	_ "embed"
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
)

//go:embed engine.gotpl
var engineTemplate string

// enginePlugin writes the table that the engine executes queries by, beside the executable
// schema of gqlgen's own.
func enginePlugin() plugin.Plugin { return engineGenerator{} }

type engineGenerator struct{}

// Name is the plugin's name in gqlgen's messages.
func (engineGenerator) Name() string { return "engine" }

// GenerateCode writes engine.generated.go.
func (engineGenerator) GenerateCode(data *codegen.Data) error {
	return templates.Render(templates.Options{
		PackageName:     data.Config.Exec.Package,
		Filename:        filepath.Join(data.Config.Exec.Dir(), "engine.generated.go"),
		Template:        engineTemplate,
		Data:            newEngineBuild(data),
		GeneratedHeader: true,
		Packages:        data.Config.Packages,
		PruneOptions:    data.Config.GetPruneOptions(),
	})
}

// engineBuild is what the template is filled with: the objects that queries reach, in the
// order of their numbers, and the types of their fields.
type engineBuild struct {
	*codegen.Data

	Reached  []*engineObject
	Switches []*codegen.Interface
	Types    []engineType
	numbers  map[string]int
}

// engineObject is an object type with its number, which is its place in the table.
type engineObject struct {
	*codegen.Object

	Read   []*engineField
	Number int
	// Child says that gqlgen has a look-up of the object's fields.
	Child bool
}

// Resolved says that some fields of the object have resolvers.
func (o *engineObject) Resolved() bool {
	return slices.ContainsFunc(o.Read, func(f *engineField) bool { return f.IsResolver && !f.Stock() && !f.TypeReference.IsRoot })
}

// newEngineBuild gathers what queries reach. All lists are sorted by name, so that the same schema
// gives the same file.
func newEngineBuild(data *codegen.Data) *engineBuild {
	b := &engineBuild{Data: data, numbers: map[string]int{}}
	b.reach(data.QueryRoot)
	sort.Slice(b.Reached, func(i, j int) bool { return b.Reached[i].Name < b.Reached[j].Name })
	sort.Slice(b.Switches, func(i, j int) bool { return b.Switches[i].Name < b.Switches[j].Name })
	found := map[string]*config.TypeReference{}
	for i, o := range b.Reached {
		o.Number, b.numbers[o.Name] = i, i
		o.Child = slices.ContainsFunc(data.UniqueChildFieldTypes(), func(t *codegen.ChildFieldType) bool { return t.TypeName == o.Name })
		for _, f := range o.Read {
			if !f.Stock() {
				collect(found, f.TypeReference)
			}
		}
	}
	for _, ref := range found {
		b.Types = append(b.Types, engineType{TypeReference: ref, build: b})
	}
	sort.Slice(b.Types, func(i, j int) bool { return b.Types[i].UniquenessKey() < b.Types[j].UniquenessKey() })
	return b
}

// reach notes an object and all that can stand below it.
// Mutations and subscriptions are not reached, as the engine leaves them to the stock executor.
func (b *engineBuild) reach(o *codegen.Object) {
	if slices.ContainsFunc(b.Reached, func(known *engineObject) bool { return known.Object == o }) {
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

// reachType goes through interfaces and unions to the objects that can stand there.
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

// collect notes a type and those it is made of.
func collect(found map[string]*config.TypeReference, ref *config.TypeReference) {
	found[ref.UniquenessKey()] = ref
	if ref.IsSlice() || ref.IsPtrToSlice() || ref.IsPtrToPtr() || ref.IsPtrToIntf() {
		collect(found, ref.Elem())
	}
}

// Interface says that a type is an interface or a union: one can be part of another.
func (b *engineBuild) Interface(name string) bool { return b.Interfaces[name] != nil }

// Number is the number of an object type.
func (b *engineBuild) Number(name string) int { return b.numbers[name] }

// engineField is a field with the choices the template makes.
type engineField struct {
	*codegen.Field

	build *engineBuild
}

// Stock says that the stock executor has to execute what selects the field: it does something
// that the engine knows nothing of.
// In doubt it is true: the stock executor is slower and never wrong.
func (f *engineField) Stock() bool {
	return f.IsBatch() || f.IsMap() || f.VOkFunc || f.HasHaser || f.HasDirectives() ||
		f.TypeReference.IsRoot && f.TypeReference.Definition.Name != f.build.QueryRoot.Name
}

// Called says that the field takes a context or arguments or may fail.
func (f *engineField) Called() bool {
	return f.IsResolver || f.MethodHasContext || len(f.Args) > 0 || f.IsMethod() && !f.NoErr
}

// Type is the field's type.
func (f *engineField) Type() engineType {
	return engineType{TypeReference: f.TypeReference, build: f.build}
}

// Getter is the expression of a plain field.
func (f *engineField) Getter() string {
	if f.IsMethod() {
		return "obj." + f.GoFieldName + "()"
	}
	return "obj." + f.GoFieldName
}

// Invocation is the expression of a call. The object's resolvers are asked for once, when the
// table is made: gqlgen makes them anew for each call.
func (f *engineField) Invocation() string {
	if f.IsResolver {
		_, method, _ := strings.Cut(f.ShortInvocation(), "().")
		return "resolvers." + method
	}
	return "obj." + f.GoFieldName + "(" + f.CallArgs() + ")"
}

// Pure says that the arguments decode to the same values whenever they are the same: no
// directive and no resolver has a say.
func (f *engineField) Pure() bool {
	for _, a := range f.Args {
		if len(a.ImplDirectives()) > 0 || !f.build.pureInput(a.TypeReference.Definition.Name, map[string]bool{}) {
			return false
		}
	}
	return true
}

// pureInput looks through an input type and those within it. One that contains itself is looked at
// once.
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

// engineType is a type reference with the choices the template makes.
type engineType struct {
	*config.TypeReference

	build *engineBuild
}

// Leaf says that values are scalars or enums, in lists or not.
func (t engineType) Leaf() bool {
	return t.Definition.Kind == ast.Scalar || t.Definition.Kind == ast.Enum
}

// Func is the name of the type's function.
func (t engineType) Func() string {
	if t.Leaf() {
		return "engineWrite" + t.UniquenessKey()
	}
	return "enginePut" + t.UniquenessKey()
}

// Elem is the type of the elements or behind the pointer.
func (t engineType) Elem() engineType {
	return engineType{TypeReference: t.TypeReference.Elem(), build: t.build}
}

// ByPointer says that the type's function takes a pointer to the value: objects that are Go
// structs are not copied.
func (t engineType) ByPointer() bool {
	if t.Leaf() || t.IsSlice() || t.IsNilable() || t.IsRoot {
		return false
	}
	return t.Definition.Kind == ast.Object
}

// Boxed says that pointers lead to something that has a function of its own.
func (t engineType) Boxed() bool {
	return t.IsPtrToSlice() || t.IsPtrToIntf() || t.IsPtrToPtr() && t.Marshaler == nil && !t.IsMarshaler
}

// Indexed says that elements of the list have their place in the path of errors, as gqlgen
// has it.
func (t engineType) Indexed() bool { return !t.IsScalar() }

// Forbidden names the type where null is forbidden.
func (t engineType) Forbidden() string {
	if t.GQL.NonNull {
		return t.GQL.String()
	}
	return ""
}

// Value is the expression that the marshaling function is called with.
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

// Write is the statement that writes a value: the engine's own for gqlgen's scalars, the
// program's AppendX(buf, v) where it has one beside MarshalX, the marshaler elsewhere.
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

// quoted is a Go string of a type's name, which has nothing to escape.
func quoted(s string) string { return `"` + s + `"` }

// appender finds AppendX(buf []byte, v T) []byte beside MarshalX.
// The types must be exactly those of the marshaler; a function that only has the name is passed
// over.
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
