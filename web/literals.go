package web

import (
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
)

// literals is the rule ValuesOfCorrectType as graphql-js decides it. gqlparser's own lets pass
// integers of more than 32 bits, empty objects for scalars and anything at all for a custom
// scalar, which then fails while the operation runs.
// What is found here is told before anything runs, with the place in the document.
func (s *Server) literals(events *core.Events, add core.AddErrFunc) {
	// The walker visits inner values first and leaves out the types it cannot know.
	events.OnValue(func(w *core.Walker, v *ast.Value) {
		if v.Definition == nil || v.ExpectedType == nil {
			return
		}
		wrong := func() {
			add(core.Message("Expected a value of type %q, found %s.", v.ExpectedType.String(), shorten(v.String())), core.At(v.Position))
		}
		switch v.Kind {
		// Whether a variable fits its place is another rule's; its value is coerced per request.
		case ast.Variable:
		case ast.NullValue:
			if v.ExpectedType.NonNull {
				wrong()
			}
		// A single value stands for a list of one, but a list never for a single value.
		case ast.ListValue:
			if v.ExpectedType.Elem == nil {
				wrong()
			}
		case ast.ObjectValue:
			if v.Definition.Kind != ast.InputObject {
				wrong()
				return
			}
			object(w, v, add)
		default:
			if !s.leaf(v) {
				wrong()
			}
		}
	})
}

// object checks the fields of a literal input object.
func object(w *core.Walker, v *ast.Value, add core.AddErrFunc) {
	// A default makes a non-null field optional.
	for _, field := range v.Definition.Fields {
		if field.Type.NonNull && field.DefaultValue == nil && v.Children.ForName(field.Name) == nil {
			add(core.Message("Field %q of required type %q was not provided.", v.Definition.Name+"."+field.Name, field.Type.String()),
				core.At(v.Position))
		}
	}
	for _, child := range v.Children {
		if v.Definition.Fields.ForName(child.Name) == nil {
			add(core.Message("Field %q is not defined by type %q.", shorten(child.Name), v.Definition.Name), core.At(child.Position))
		}
	}
	if v.Definition.Directives.ForName("oneOf") == nil {
		return
	}
	if len(v.Children) != 1 || v.Children[0].Value.Kind == ast.NullValue {
		add(core.Message("%q takes exactly one field, which is not null.", v.Definition.Name), core.At(v.Position))
		return
	}
	// In fragments CurrentOperation is that of the operation that spreads them.
	if only := v.Children[0].Value; only.Kind == ast.Variable && w.CurrentOperation != nil {
		if def := w.CurrentOperation.VariableDefinitions.ForName(only.Raw); def != nil && !def.Type.NonNull {
			add(core.Message("Variable %q must be non-null to be the field of %q.", "$"+shorten(only.Raw), v.Definition.Name), core.At(only.Position))
		}
	}
}

// leaf checks one scalar or enum literal.
func (s *Server) leaf(v *ast.Value) bool {
	str := v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	if v.Definition.Kind == ast.Enum {
		return v.Kind == ast.EnumValue && v.Definition.EnumValues.ForName(v.Raw) != nil
	}
	if v.Definition.Kind != ast.Scalar {
		return false
	}
	switch v.Definition.Name {
	// 32 bits, whatever the server's own integers could hold.
	case "Int":
		_, err := strconv.ParseInt(v.Raw, 10, 32)
		return v.Kind == ast.IntValue && err == nil
	// Whole numbers are floats too; what no float can hold is refused instead of rounded to
	// infinity.
	case "Float":
		f, err := strconv.ParseFloat(v.Raw, 64)
		return (v.Kind == ast.IntValue || v.Kind == ast.FloatValue) && err == nil && !math.IsInf(f, 0)
	case "Boolean":
		return v.Kind == ast.BooleanValue
	// An ID may be written as a whole number, of any length.
	case "ID":
		return str || v.Kind == ast.IntValue
	case "String":
		return str
	}
	// Custom scalars are written as strings, all of them: no literal object, number or enum
	// value stands for one.
	return str && s.scalar(v.Definition.Name, v.Raw)
}

// fit gives number literals the kind of the scalar they stand for. An ID or a Float may have more
// digits than the 64 bits in which gqlparser reads a whole number, and it panics over those.
// It changes the document, so it runs once, after validation and before the operation is shared.
func fit(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			fitValue(v.DefaultValue)
		}
	}
	everySet(doc, func(set ast.SelectionSet) {
		for _, sel := range set {
			if f, ok := sel.(*ast.Field); ok {
				for _, arg := range f.Arguments {
					fitValue(arg.Value)
				}
			}
		}
	})
}

// fitValue fits one literal and what it is made of.
func fitValue(v *ast.Value) {
	if v == nil {
		return
	}
	if v.Kind == ast.IntValue && v.Definition != nil {
		switch v.Definition.Name {
		case "ID":
			v.Kind = ast.StringValue
		case "Float":
			v.Kind = ast.FloatValue
		}
	}
	for _, child := range v.Children {
		fitValue(child.Value)
	}
}

// scalar checks the text of a custom scalar.
func (s *Server) scalar(name, value string) bool {
	check := s.opts.Scalars[name]
	return check == nil || check(value) == nil
}
