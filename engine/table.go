// Package engine executes GraphQL queries breadth first over the same resolvers that gqlgen's
// own executor calls one object after the other. Generated code describes the schema in a
// Table; an operation becomes a plan; a plan is run level by level into columns; the columns
// are written in one pass.
//
// It knows gqlgen's runtime and gqlparser and nothing of this program. Mutations,
// subscriptions, introspection, @defer and directives with an effect are handed to the
// executor it stands in front of.
package engine

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Table describes a schema to the engine. It is generated and never changed afterwards.
type Table struct {
	// Objects are the object types that queries can reach. Their places are their numbers.
	Objects []Object
	// State makes what the generated closures need of one operation.
	State func(*graphql.OperationContext) any
	// Inputs gives the unmarshalers of the input objects for a state.
	Inputs func(state any) *graphql.InputUnmarshalerIndex
}

// Object describes an object type.
type Object struct {
	Name string
	// Satisfies names the type, its interfaces and its unions: what a fragment may ask for.
	Satisfies []string
	// Root is set for the query type, whose fields run inside the root middleware.
	Root   bool
	Fields []Field
	// Child makes the field context of a field, as graphql.FieldContext.Child does; nil when
	// no field has this type.
	Child func(state any, ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error)
}

// Field describes a field of an object type. Exactly one of Leaf, Put and Call is set unless
// Stock is.
type Field struct {
	Name string
	// Method and Resolver say where the value comes from; errors about nulls name it.
	Method, Resolver bool
	// Stock leaves every operation that selects the field to the stock executor.
	Stock bool
	// Pure says that equal raw arguments always decode to equal values, so that constant ones
	// are decoded once per plan.
	Pure bool
	// Args decodes the arguments; nil when there are none.
	Args func(state any, ctx context.Context, raw map[string]any) (map[string]any, error)
	// Leaf writes a scalar or an enum that stands in the object.
	Leaf func(w *Writer, obj any)
	// Put hands on objects that stand in the object.
	Put func(c *Column, obj any)
	// Call runs whatever takes a context or arguments or may fail.
	Call Caller
}

// field finds a field by name; nil for none.
func (o *Object) field(name string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i]
		}
	}
	return nil
}
