package operation

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/validator/core"

	"patternhub/internal/content"
)

// A default, the variable's own or that of its position, allows a nullable variable where null is
// forbidden. The document is valid then, and only a request that sends null is not: in the
// specification the field fails. gqlgen would read the null as the zero value of its Go type, which
// is the first value of an enum and the empty string.

// nullable lists such variables of an operation. Most operations have none.
type nullable struct {
	// variables are their names.
	variables []string
	// directives are those with such a variable among their arguments. No field can report their fault.
	directives []*ast.Directive
}

// nullableVariables returns the nullable variables of a valid document in positions that forbid null.
func nullableVariables(schema *ast.Schema, doc *ast.QueryDocument) nullable {
	var out nullable
	note := func(v *ast.Value) bool {
		if v.Kind != ast.Variable || v.ExpectedType == nil || !v.ExpectedType.NonNull || v.VariableDefinition == nil || v.VariableDefinition.Type.NonNull {
			return false
		}
		if !slices.Contains(out.variables, v.Raw) {
			out.variables = append(out.variables, v.Raw)
		}
		return true
	}
	events := &core.Events{}
	events.OnValue(func(_ *core.Walker, v *ast.Value) { note(v) })
	events.OnDirective(func(_ *core.Walker, d *ast.Directive) {
		for _, arg := range d.Arguments {
			// A fragment is visited once for each spread.
			if note(arg.Value) && !slices.Contains(out.directives, d) {
				out.directives = append(out.directives, d)
			}
		}
	})
	core.Walk(schema, doc, events)
	return out
}

// SendsNull reports whether a request sends null for a variable that some field must refuse.
// NullArgument then finds it.
func (op *Operation) SendsNull(vars map[string]any) bool {
	return slices.ContainsFunc(op.nullable.variables, func(name string) bool { return isNull(vars, name) })
}

// isNull reports whether a variable has a value and the value is null.
func isNull(vars map[string]any, name string) bool {
	v, ok := vars[name]
	return ok && v == nil
}

// refuse refuses null for an argument of a directive, which decides what is selected: nothing can
// run without it.
func (n nullable) refuse(vars map[string]any) *Refusal {
	for _, d := range n.directives {
		if what := NullArgument(d.Arguments, vars); what != "" {
			err := &gqlerror.Error{Message: what}
			if at := d.Position; at != nil {
				err.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
			}
			return refuseInvalid(content.BadUserInput, err)
		}
	}
	return nil
}

// NullArgument returns the name of an argument that is null, or contains null, where that is
// forbidden, or "". The arguments are those of a valid document.
func NullArgument(args ast.ArgumentList, vars map[string]any) string {
	for _, arg := range args {
		v := nullWithin(arg.Value, vars)
		switch v {
		case nil:
		case arg.Value:
			return fmt.Sprintf("Argument %q of non-null type %q must not be null.", arg.Name, v.ExpectedType.String())
		default:
			return fmt.Sprintf("Argument %q has an invalid value: variable %q is null where %q is expected.",
				arg.Name, "$"+Shorten(v.Raw), v.ExpectedType.String())
		}
	}
	return ""
}

// nullWithin returns the first variable in a literal that is null where that is forbidden.
func nullWithin(v *ast.Value, vars map[string]any) *ast.Value {
	if v.Kind == ast.Variable {
		if v.ExpectedType != nil && v.ExpectedType.NonNull && isNull(vars, v.Raw) {
			return v
		}
		return nil
	}
	for _, child := range v.Children {
		if found := nullWithin(child.Value, vars); found != nil {
			return found
		}
	}
	return nil
}
