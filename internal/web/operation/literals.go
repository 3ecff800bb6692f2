package operation

import (
	"errors"
	"math"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"

	"patternhub/internal/content"
)

// literals is the rule ValuesOfCorrectType with the verdicts of graphql-js. gqlparser's own accepts
// integers of more than 32 bits, empty objects for scalars and any value for a custom scalar, which
// then fails while the operation runs. This rule refuses them before anything runs, with the
// location in the document.
func (p *Preparer) literals(events *core.Events, add core.AddErrFunc) {
	// The walker visits inner values first and leaves out types that it cannot know.
	events.OnValue(func(w *core.Walker, v *ast.Value) {
		if v.Definition == nil || v.ExpectedType == nil {
			return
		}
		wrong := func(why ...string) {
			found := core.Message("Expected a value of type %q, found %s.%s", v.ExpectedType.String(), Shorten(v.String()), reason(why...))
			add(found, core.At(v.Position))
		}
		switch v.Kind {
		// Another rule checks that a variable fits its position; its value is coerced per request.
		case ast.Variable:
		case ast.NullValue:
			if v.ExpectedType.NonNull {
				wrong()
			}
		// A single value may stand for a list, but a list never for a single value.
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
			if why, ok := p.leaf(v); !ok {
				wrong(why)
			}
		}
	})
}

// reason appends an optional sentence that explains why a value is refused.
func reason(why ...string) string {
	if len(why) == 0 || why[0] == "" {
		return ""
	}
	return " " + why[0]
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
			add(core.Message("Field %q is not defined by type %q.", Shorten(child.Name), v.Definition.Name), core.At(child.Position))
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
			add(core.Message("Variable %q must be non-null to be the field of %q.", "$"+Shorten(only.Raw), v.Definition.Name), core.At(only.Position))
		}
	}
}

// leaf checks one scalar or enum literal. why is for the client, and empty if the type's name is
// explanation enough.
func (p *Preparer) leaf(v *ast.Value) (why string, ok bool) {
	str := v.Kind == ast.StringValue || v.Kind == ast.BlockValue
	if v.Definition.Kind == ast.Enum {
		return "", v.Kind == ast.EnumValue && v.Definition.EnumValues.ForName(v.Raw) != nil
	}
	if v.Definition.Kind != ast.Scalar {
		return "", false
	}
	switch v.Definition.Name {
	// 32 bits, whatever the server's integers can hold.
	case "Int":
		_, err := strconv.ParseInt(v.Raw, 10, 32)
		return "", v.Kind == ast.IntValue && err == nil
	// Whole numbers are floats too; a number that no float can hold is refused instead of rounded
	// to infinity.
	case "Float":
		f, err := strconv.ParseFloat(v.Raw, 64)
		return "", (v.Kind == ast.IntValue || v.Kind == ast.FloatValue) && err == nil && !math.IsInf(f, 0)
	case "Boolean":
		return "", v.Kind == ast.BooleanValue
	case "String":
		return "", str
	// An ID may be written as a whole number, of any length.
	case "ID":
		str = str || v.Kind == ast.IntValue
	}
	// All custom scalars are written as strings: a literal object, number or enum value never
	// stands for one.
	if !str {
		return "", false
	}
	return p.scalar(v.Definition.Name, v.Raw)
}

// fit gives number literals the kind of their scalar. An ID or a Float may have more digits than
// the 64 bits in which gqlparser reads a whole number, over which it panics. It changes the
// document, so it runs once, after validation and before the operation is shared.
func fit(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			fitValue(v.DefaultValue)
		}
	}
	written(doc, func(sel ast.Selection) {
		if f, ok := sel.(*ast.Field); ok {
			for _, arg := range f.Arguments {
				fitValue(arg.Value)
			}
		}
	})
}

// fitValue fits one literal and its parts.
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

// scalar checks the text of an ID or of a custom scalar. Both literals and variables use it, so
// that a string is refused before anything runs, wherever it occurs.
func (p *Preparer) scalar(name, value string) (why string, ok bool) {
	check := p.o.Scalars[name]
	if check == nil {
		return "", true
	}
	err := check(value)
	if fault, coded := errors.AsType[*content.Error](err); coded {
		why = fault.Message
	}
	return why, err == nil
}
