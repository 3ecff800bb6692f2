package operation

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
)

// coercion turns a request's variables into the values an operation runs with, with the verdicts of
// graphql-js. gqlparser's own function accepts numbers for strings and changes the caller's map.
// coercion returns new values and does not change the request's. It collects all errors, because a
// form needs all of its faulty fields at once.
type coercion struct {
	p    *Preparer
	errs gqlerror.List
	of   *ast.VariableDefinition
}

// Coerce returns the values of all variables of an operation. It leaves out variables that the
// operation does not declare, as the specification requires, and those without a value and a
// default.
func (p *Preparer) Coerce(op *Operation, given map[string]any) (map[string]any, *Refusal) {
	c := coercion{p: p}
	out := make(map[string]any, len(op.Def.VariableDefinitions))
	for _, v := range op.Def.VariableDefinitions {
		c.of = v
		// Absent and null differ: only an absent variable takes the default.
		value, ok := given[v.Variable]
		switch {
		case !ok && v.DefaultValue != nil:
			d, err := v.DefaultValue.Value(nil)
			if err != nil {
				c.fail("Variable %q has a default value that cannot be read.", c.name())
			}
			out[v.Variable] = d
		case !ok && v.Type.NonNull:
			c.fail("Variable %q of required type %q was not provided.", c.name(), v.Type.String())
		case ok && value == nil && v.Type.NonNull:
			c.fail("Variable %q of non-null type %q must not be null.", c.name(), v.Type.String())
		case ok:
			out[v.Variable] = c.value(v.Type, value, ast.Path{})
		}
		if len(c.errs) >= MaxErrors {
			break
		}
	}
	if len(c.errs) > 0 {
		return nil, refuseInvalid(content.BadUserInput, c.errs...)
	}
	return out, op.nullable.refuse(out)
}

// name returns the variable's name as messages quote it.
func (c *coercion) name() string { return "$" + Shorten(c.of.Variable) }

// fail records an error of the variable, with the location of its declaration.
func (c *coercion) fail(format string, args ...any) {
	if len(c.errs) >= MaxErrors {
		return
	}
	err := &gqlerror.Error{Message: fmt.Sprintf(format, args...)}
	if at := c.of.Position; at != nil {
		err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
	}
	c.errs = append(c.errs, err)
}

// refuse records that a value within the variable is wrong. why is a sentence.
func (c *coercion) refuse(v any, path ast.Path, why string) {
	at := ""
	if len(path) > 0 {
		dot := "."
		if _, index := path[0].(ast.PathIndex); index {
			dot = ""
		}
		at = fmt.Sprintf(" at %q", Shorten(c.of.Variable+dot+path.String()))
	}
	// The value came from JSON, so it always marshals.
	raw, err := json.Marshal(v)
	if err != nil {
		raw = []byte("?")
	}
	c.fail("Variable %q got invalid value %s%s; %s", c.name(), Shorten(string(raw)), at, why)
}

// value coerces one value to a type. If the value does not fit, it records an error and returns
// nil, so the result is valid only without errors.
func (c *coercion) value(t *ast.Type, v any, path ast.Path) any {
	if v == nil {
		if t.NonNull {
			c.refuse(v, path, fmt.Sprintf("Expected a value of non-null type %q.", t.String()))
		}
		return nil
	}
	// A single value becomes a list of one, at each level of nesting.
	if t.Elem != nil {
		list, ok := v.([]any)
		if !ok {
			return []any{c.value(t.Elem, v, path)}
		}
		out := make([]any, len(list))
		for i, item := range list {
			out[i] = c.value(t.Elem, item, extend(path, ast.PathIndex(i)))
			if len(c.errs) >= MaxErrors {
				return nil
			}
		}
		return out
	}
	// Validation has ensured that the type exists and is an input type.
	def := c.p.info.schema.Types[t.NamedType]
	if def.Kind == ast.InputObject {
		return c.object(def, v, path)
	}
	out, why, ok := c.leaf(def, v)
	if !ok {
		c.refuse(v, path, fmt.Sprintf("Expected a value of type %q.%s", t.NamedType, reason(why)))
	}
	return out
}

// object coerces an input object. The schema's code fills in defaults of its fields.
func (c *coercion) object(def *ast.Definition, v any, path ast.Path) any {
	given, ok := v.(map[string]any)
	if !ok {
		c.refuse(v, path, fmt.Sprintf("Expected an object of type %q.", def.Name))
		return nil
	}
	out := make(map[string]any, len(given))
	for _, field := range def.Fields {
		value, ok := given[field.Name]
		switch {
		case ok:
			out[field.Name] = c.value(field.Type, value, extend(path, ast.PathName(field.Name)))
		case field.Type.NonNull && field.DefaultValue == nil:
			c.refuse(v, path, fmt.Sprintf("Field %q of required type %q was not provided.", field.Name, field.Type.String()))
		}
	}
	// Unknown fields are errors and never ignored, so that a misspelt filter cannot widen a query.
	for name := range given {
		if def.Fields.ForName(name) == nil {
			c.refuse(v, path, fmt.Sprintf("Field %q is not defined by type %q.", Shorten(name), def.Name))
		}
	}
	// The loop reads the only value of a map with one entry.
	if def.Directives.ForName("oneOf") != nil {
		for _, only := range given {
			ok = only != nil
		}
		if len(given) != 1 || !ok {
			c.refuse(v, path, fmt.Sprintf("%q takes exactly one field, which is not null.", def.Name))
		}
	}
	return out
}

// leaf coerces a scalar or an enum value. ok is false if the value is not one of the type; why
// explains it if the type's name is not enough. Whole numbers become int64, floats float64.
func (c *coercion) leaf(def *ast.Definition, v any) (out any, why string, ok bool) {
	str, isString := v.(string)
	if def.Kind == ast.Enum {
		return str, "", isString && def.EnumValues.ForName(str) != nil
	}
	// The value of a number counts and not its spelling: 1.0 and 1e3 are whole.
	num, isNumber := v.(json.Number)
	switch def.Name {
	case "Int":
		f, err := num.Float64()
		return int64(f), "", isNumber && err == nil && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32
	case "Float":
		f, err := num.Float64()
		return f, "", isNumber && err == nil && !math.IsInf(f, 0)
	case "Boolean":
		b, ok := v.(bool)
		return b, "", ok
	case "String":
		return str, "", isString
	// Resolvers see IDs as strings, whatever the client sent.
	case "ID":
		if isNumber {
			str, isString = integer(num)
		}
	}
	if !isString {
		return nil, "", false
	}
	why, ok = c.p.scalar(def.Name, str)
	return str, why, ok
}

// integer returns the digits of a whole number that is an id. 1.0 is the id 1, as in graphql-js.
func integer(n json.Number) (string, bool) {
	if _, err := strconv.ParseInt(n.String(), 10, 64); err == nil {
		return n.String(), true
	}
	f, err := n.Float64()
	// Above 2^53 a float has lost digits, so it cannot name an entry.
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return "", false
	}
	return strconv.FormatFloat(f, 'f', 0, 64), true
}

// extend copies a path with one more step, so that siblings never share memory.
func extend(path ast.Path, step ast.PathElement) ast.Path {
	return append(slices.Clip(path), step)
}
