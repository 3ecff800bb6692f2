package enginetest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// enum is a value that is written without quotes.
type enum string

// field is a field of an input object; a slice of them keeps the order in which they are written.
type field struct {
	name  string
	value any
}

// value returns a random value of an input type.
func (w *writer) value(t *ast.Type, position string, depth int) any {
	if !t.NonNull && w.chance(8) {
		return nil
	}
	if t.Elem != nil {
		if w.chance(6) {
			// A single value is coerced to a list of it.
			return w.value(nonNull(t.Elem), position, depth)
		}
		list := make([]any, w.Rand.IntN(4))
		for i := range list {
			list[i] = w.value(t.Elem, position, depth)
		}
		return list
	}
	def := w.Schema.Types[t.NamedType]
	switch def.Kind {
	case ast.Enum:
		return enum(def.EnumValues[w.Rand.IntN(len(def.EnumValues))].Name)
	case ast.InputObject:
		return w.input(def, depth)
	default:
		return w.scalar(def.Name, position)
	}
}

func (w *writer) input(def *ast.Definition, depth int) []field {
	out := []field{}
	for _, f := range def.Fields {
		required := f.Type.NonNull && f.DefaultValue == nil
		deep := w.Schema.Types[f.Type.Name()].Kind == ast.InputObject && depth == 0
		if !required && (deep || w.chance(2)) {
			continue
		}
		out = append(out, field{f.Name, w.value(f.Type, def.Name+"."+f.Name, depth-1)})
		if def.Directives.ForName("oneOf") != nil {
			break
		}
	}
	return out
}

func (w *writer) scalar(name, position string) any {
	for _, key := range []string{position, name} {
		if pick := w.Scalars[key]; pick != nil {
			return pick(w.Rand)
		}
	}
	switch name {
	case "Int":
		return w.Rand.IntN(5)
	case "Float":
		return []float64{0, 1.5, -2.25e-9, 1e25, 7}[w.Rand.IntN(5)]
	case "Boolean":
		return w.chance(2)
	default:
		return []string{"", "a", "\"quoted\"\n", "é"}[w.Rand.IntN(4)]
	}
}

// Pick returns a function that picks one of some values.
func Pick(values ...any) func(*rand.Rand) any {
	return func(r *rand.Rand) any { return values[r.IntN(len(values))] }
}

// literal prints a value in which some parts are variables.
func (w *writer) literal(t *ast.Type, position string, depth int) string {
	value := w.value(t, position, depth)
	switch v := value.(type) {
	case []any:
		if t.Elem == nil || !w.chance(3) {
			return print(v)
		}
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = print(v[i])
			if w.chance(2) {
				parts[i] = w.variable(nonNull(t.Elem), position, false)
			}
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []field:
		def := w.Schema.Types[t.Name()]
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = f.name + ": " + print(f.value)
			if d := def.Fields.ForName(f.name); w.chance(3) {
				parts[i] = f.name + ": " + w.variable(d.Type, def.Name+"."+f.name, false)
			}
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return print(v)
	}
}

// print writes a value as a literal of a document.
func print(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case enum:
		return string(v)
	case string:
		text, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return string(text)
	case float64:
		return strconv.FormatFloat(v, 'e', -1, 64)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = print(v[i])
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case []field:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = f.name + ": " + print(f.value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	default:
		return fmt.Sprint(v)
	}
}

// plain converts a value to what a client sends as a variable.
func plain(value any) any {
	switch v := value.(type) {
	case enum:
		return string(v)
	case int:
		return json.Number(strconv.Itoa(v))
	case float64:
		return json.Number(strconv.FormatFloat(v, 'g', -1, 64))
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = plain(out[i])
		}
		return out
	case []field:
		out := map[string]any{}
		for _, f := range v {
			out[f.name] = plain(f.value)
		}
		return out
	default:
		return v
	}
}
