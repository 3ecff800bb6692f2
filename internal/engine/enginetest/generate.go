package enginetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// Operation is a random operation and values for its variables.
type Operation struct {
	Text      string
	Variables []map[string]any
}

// Generator makes random operations. Equal seeds generate equal operations.
type Generator struct {
	// Schema is the schema of the operations.
	Schema *ast.Schema
	// Operation is their kind; empty means queries.
	Operation ast.Operation
	// Rand makes every choice.
	Rand *rand.Rand
	// Scalars make scalar values by type name, or for single arguments and input fields by
	// "Field.argument" and "Input.field".
	Scalars map[string]func(*rand.Rand) any
	// Leave reports whether a field ("Type.field") is left out.
	Leave func(field string) bool
	// Depth and Width bound an operation; zero means 4 and 5.
	Depth, Width int
	// Sets is the number of variable sets of each operation; zero means 4.
	Sets int
}

// writer builds one operation.
type writer struct {
	*Generator
	names     int
	variables []variable
	// switches holds the variables that @skip and @include use, some of them more than once.
	switches  [3]bool
	fragments []string
	// inFragment forbids further named fragments, whose order would matter.
	inFragment bool
}

type variable struct {
	name, declared string
	typ            *ast.Type
	position       string
	hasDefault     bool
}

// Next returns an operation. A few do not pass validation, because fields that merge must agree.
func (g *Generator) Next() Operation {
	w := &writer{Generator: g}
	depth, width := g.Depth, g.Width
	if depth == 0 {
		depth = 4
	}
	if width == 0 {
		width = 5
	}
	var set string
	var head strings.Builder
	switch g.Operation {
	case ast.Mutation:
		set = w.set(g.Schema.Mutation, depth, width)
		head.WriteString("mutation Q")
	case ast.Subscription:
		// It has one field.
		for set == "" {
			set = w.field(g.Schema.Subscription, depth, width)
		}
		set = "{ " + set + " }"
		head.WriteString("subscription Q")
	default:
		set = w.set(g.Schema.Query, depth, width)
		head.WriteString("query Q")
	}
	declared := make([]string, 0, len(w.variables)+len(w.switches))
	for _, v := range w.variables {
		declared = append(declared, "$"+v.name+": "+v.declared)
	}
	for i, used := range w.switches {
		if used {
			declared = append(declared, fmt.Sprintf("$s%d: Boolean!", i))
		}
	}
	if len(declared) > 0 {
		head.WriteString("(" + strings.Join(declared, ", ") + ")")
	}
	return Operation{Text: head.String() + " " + set + "\n" + strings.Join(w.fragments, "\n"), Variables: w.sets()}
}

func (w *writer) sets() []map[string]any {
	n := w.Sets
	if n == 0 {
		n = 4
	}
	all := make([]map[string]any, n)
	for i := range all {
		all[i] = map[string]any{}
		for _, v := range w.variables {
			if (v.hasDefault || !v.typ.NonNull) && w.chance(4) {
				continue
			}
			all[i][v.name] = plain(w.value(v.typ, v.position, 2))
		}
		for s, used := range w.switches {
			if !used {
				continue
			}
			all[i][fmt.Sprintf("s%d", s)] = w.chance(2)
		}
	}
	return all
}

// chance reports true once in n calls on average.
func (w *writer) chance(n int) bool { return w.Rand.IntN(n) == 0 }

// set makes a selection set on a type.
func (w *writer) set(def *ast.Definition, depth, width int) string {
	var parts []string
	for range 1 + w.Rand.IntN(width) {
		switch w.Rand.IntN(10) {
		case 0:
			parts = append(parts, w.typename())
		case 1, 2:
			parts = append(parts, w.fragment(def, depth, width))
		case 3:
			if len(parts) > 0 {
				// The same selection again, which merges.
				parts = append(parts, parts[w.Rand.IntN(len(parts))])
				continue
			}
			fallthrough
		default:
			if def.IsCompositeType() && len(def.Fields) == 0 {
				parts = append(parts, w.fragment(def, depth, width))
				continue
			}
			if f := w.field(def, depth, width); f != "" {
				parts = append(parts, f)
			}
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "__typename")
	}
	return "{ " + strings.Join(parts, " ") + " }"
}

func (w *writer) typename() string {
	if w.chance(3) {
		return w.alias() + "__typename" + w.condition()
	}
	return "__typename"
}

func (w *writer) alias() string {
	w.names++
	return fmt.Sprintf("a%d: ", w.names)
}

func (w *writer) field(def *ast.Definition, depth, width int) string {
	f := def.Fields[w.Rand.IntN(len(def.Fields))]
	if strings.HasPrefix(f.Name, "__") || w.Leave != nil && w.Leave(def.Name+"."+f.Name) {
		return ""
	}
	below := w.Schema.Types[f.Type.Name()]
	if below.IsCompositeType() && depth == 0 {
		return ""
	}
	out := f.Name
	if len(f.Arguments) > 0 || w.chance(6) {
		out = w.alias() + out
	}
	out += w.arguments(f) + w.condition()
	if below.IsCompositeType() {
		out += " " + w.set(below, depth-1, max(1, width-1))
	}
	return out
}

// condition is sometimes a @skip or an @include.
func (w *writer) condition() string {
	if !w.chance(8) {
		return ""
	}
	directive := []string{" @skip", " @include"}[w.Rand.IntN(2)]
	if w.chance(4) {
		return fmt.Sprintf("%s(if: %t)", directive, w.chance(2))
	}
	s := w.Rand.IntN(len(w.switches))
	w.switches[s] = true
	return fmt.Sprintf("%s(if: $s%d)", directive, s)
}

// fragment returns an inline or a named fragment on the type, on a type that it can be, or on
// one of its interfaces.
func (w *writer) fragment(def *ast.Definition, depth, width int) string {
	if depth == 0 {
		return "__typename"
	}
	if w.chance(5) {
		return "..." + w.condition() + " " + w.set(def, depth-1, width)
	}
	on := w.fitting(def)
	if w.inFragment || !w.chance(3) {
		return "... on " + on.Name + w.condition() + " " + w.set(on, depth-1, width)
	}
	w.inFragment = true
	w.names++
	name := fmt.Sprintf("F%d", w.names)
	w.fragments = append(w.fragments, "fragment "+name+" on "+on.Name+" "+w.set(on, depth-1, width))
	w.inFragment = false
	return "..." + name + w.condition()
}

func (w *writer) fitting(def *ast.Definition) *ast.Definition {
	fits := []*ast.Definition{def}
	for _, t := range w.Schema.GetPossibleTypes(def) {
		fits = append(append(fits, t), w.Schema.GetImplements(t)...)
	}
	slices.SortFunc(fits, func(a, b *ast.Definition) int { return strings.Compare(a.Name, b.Name) })
	fits = slices.CompactFunc(fits, func(a, b *ast.Definition) bool { return a.Name == b.Name })
	return fits[w.Rand.IntN(len(fits))]
}

func (w *writer) arguments(f *ast.FieldDefinition) string {
	var args []string
	for _, a := range f.Arguments {
		required := a.Type.NonNull && a.DefaultValue == nil
		if !required && w.chance(2) {
			continue
		}
		args = append(args, a.Name+": "+w.argument(a.Type, f.Name+"."+a.Name, a.DefaultValue != nil))
	}
	if len(args) == 0 {
		return ""
	}
	return "(" + strings.Join(args, ", ") + ")"
}

// argument returns a variable, or a literal that may contain variables.
func (w *writer) argument(t *ast.Type, position string, hasDefault bool) string {
	if w.chance(2) {
		return w.literal(t, position, 2)
	}
	return w.variable(t, position, hasDefault)
}

func (w *writer) variable(t *ast.Type, position string, hasDefault bool) string {
	v := variable{name: fmt.Sprintf("v%d", len(w.variables)), typ: t, position: position}
	if hasDefault && t.NonNull && w.chance(2) {
		v.typ = nullable(t)
	}
	v.declared = v.typ.String()
	if w.chance(4) {
		v.hasDefault = true
		v.declared += " = " + print(w.value(nonNull(v.typ), position, 1))
	}
	w.variables = append(w.variables, v)
	return "$" + v.name
}

// nullable returns a copy of a type that accepts null.
func nullable(t *ast.Type) *ast.Type {
	c := *t
	c.NonNull = false
	return &c
}

// nonNull returns a copy of a type that refuses null.
func nonNull(t *ast.Type) *ast.Type {
	c := *t
	c.NonNull = true
	return &c
}
