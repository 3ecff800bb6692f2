package web

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/content"
)

// coercion turns a request's variables into the values an operation runs with, as graphql-js
// decides. gqlparser's own function takes numbers for strings and changes the caller's map.
// It makes new values and leaves the request's own alone. Errors are gathered, because a form
// wants to know all of its faulty fields at once.
type coercion struct {
	s    *Server
	errs gqlerror.List
	name string
}

// coerce gives the values of all variables of an operation.
// Variables that the operation does not declare are left out, as the specification has it. A
// variable without a value and without a default is not in the result.
func (s *Server) coerce(def *ast.OperationDefinition, given map[string]any) (map[string]any, *refusal) {
	c := coercion{s: s}
	out := make(map[string]any, len(def.VariableDefinitions))
	for _, v := range def.VariableDefinitions {
		c.name = v.Variable
		// Absent and null differ: only the absent one takes the default.
		value, ok := given[v.Variable]
		switch {
		case !ok && v.DefaultValue != nil:
			d, err := v.DefaultValue.Value(nil)
			if err != nil {
				c.fail(nil, "its default value cannot be read")
			}
			out[v.Variable] = d
		case !ok && v.Type.NonNull:
			c.fail(nil, "a value of type %q is required", v.Type.String())
		case ok:
			out[v.Variable] = c.value(v.Type, value, ast.Path{})
		}
		if len(c.errs) >= maxErrors {
			break
		}
	}
	if len(c.errs) > 0 {
		return nil, faulty(content.BadUserInput, c.errs...)
	}
	return out, nil
}

// fail notes an error at a place within the variable.
func (c *coercion) fail(path ast.Path, format string, args ...any) {
	if len(c.errs) >= maxErrors {
		return
	}
	where := "$" + shorten(c.name)
	if len(path) > 0 {
		where += " at " + shorten(path.String())
	}
	c.errs = append(c.errs, &gqlerror.Error{Message: fmt.Sprintf("Variable %q: ", where) + fmt.Sprintf(format, args...) + "."})
}

// value coerces one value to a type.
// It gives nil with an error where a value does not fit, so the result is only good without errors.
func (c *coercion) value(t *ast.Type, v any, path ast.Path) any {
	if v == nil {
		if t.NonNull {
			c.fail(path, "null is not a value of type %q", t.String())
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
			if len(c.errs) >= maxErrors {
				return nil
			}
		}
		return out
	}
	// Validation has made sure that the type exists and is an input type.
	def := c.s.info.schema.Types[t.NamedType]
	if def.Kind == ast.InputObject {
		return c.object(def, v, path)
	}
	out, ok := c.leaf(def, v)
	if !ok {
		c.fail(path, "the given value is not one of type %q", t.NamedType)
	}
	return out
}

// object coerces an input object. Defaults of its fields are filled in by the schema's code.
func (c *coercion) object(def *ast.Definition, v any, path ast.Path) any {
	given, ok := v.(map[string]any)
	if !ok {
		c.fail(path, "the given value is not one of type %q", def.Name)
		return nil
	}
	out := make(map[string]any, len(given))
	for _, field := range def.Fields {
		value, ok := given[field.Name]
		switch {
		case ok:
			out[field.Name] = c.value(field.Type, value, extend(path, ast.PathName(field.Name)))
		case field.Type.NonNull && field.DefaultValue == nil:
			c.fail(path, "field %q of required type %q was not provided", field.Name, field.Type.String())
		}
	}
	// Unknown fields are errors and never ignored, so that a misspelt filter cannot widen a query.
	for name := range given {
		if def.Fields.ForName(name) == nil {
			c.fail(path, "field %q is not defined by type %q", shorten(name), def.Name)
		}
	}
	// The loop reads the only value of a map with one entry.
	if def.Directives.ForName("oneOf") != nil {
		for _, only := range given {
			ok = only != nil
		}
		if len(given) != 1 || !ok {
			c.fail(path, "%q takes exactly one field, which is not null", def.Name)
		}
	}
	return out
}

// leaf coerces a scalar or an enum value.
// false says that the value is not one of the type. Whole numbers come out as int64, floats as
// float64.
func (c *coercion) leaf(def *ast.Definition, v any) (any, bool) {
	str, isString := v.(string)
	if def.Kind == ast.Enum {
		return str, isString && def.EnumValues.ForName(str) != nil
	}
	// Numbers are told by their value and not by how they are written: 1.0 and 1e3 are whole.
	num, isNumber := v.(json.Number)
	switch def.Name {
	case "Int":
		f, err := num.Float64()
		return int64(f), isNumber && err == nil && f == math.Trunc(f) && f >= math.MinInt32 && f <= math.MaxInt32
	case "Float":
		f, err := num.Float64()
		return f, isNumber && err == nil && !math.IsInf(f, 0)
	case "Boolean":
		b, ok := v.(bool)
		return b, ok
	// Resolvers see IDs as strings, whichever way they came.
	case "ID":
		if isNumber {
			return integer(num)
		}
		return str, isString
	case "String":
		return str, isString
	}
	return str, isString && c.s.scalar(def.Name, str)
}

// integer gives the digits of a whole number that is an id.
// 1.0 is the id 1, as graphql-js reads it.
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
