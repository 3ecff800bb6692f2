// Package engine executes GraphQL queries breadth first over the same resolvers that gqlgen's
// own executor calls object by object. Generated code describes the schema in a Table; an
// operation becomes a plan; a plan is run level by level into columns; the columns are written
// in one pass.
//
// The package depends on gqlgen's runtime and gqlparser only. It leaves mutations, subscriptions,
// introspection, @defer and directives with an effect to the executor that it wraps.
package engine

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Table describes a schema to the engine. It is generated and never changed afterwards.
type Table struct {
	// Objects are the object types that queries can reach. The index of a type is its number.
	Objects []Object
	// State returns what the generated closures need for one operation.
	State func(*graphql.OperationContext) any
	// Inputs returns the unmarshalers of the input objects for a state.
	Inputs func(state any) *graphql.InputUnmarshalerIndex
}

// Object describes an object type.
type Object struct {
	Name string
	// Satisfies names the type, its interfaces and its unions: the type conditions that it meets.
	Satisfies []string
	// Root is set for the query type, whose fields run inside the root middleware.
	Root   bool
	Fields []Field
	// Child returns the field context of a field, as graphql.FieldContext.Child does. It is nil
	// when no field has this type.
	Child func(state any, ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error)
}

// Field describes a field of an object type. Exactly one of Leaf, Put and Call is set unless Stock
// is.
type Field struct {
	Name string
	// Method and Resolver state where the value comes from; errors about nulls name it.
	Method, Resolver bool
	// Stock leaves every operation that selects the field to the stock executor.
	Stock bool
	// Pure reports that equal raw arguments always decode to equal values, so that constant ones
	// are decoded once per plan.
	Pure bool
	// Args decodes the arguments; nil when there are none.
	Args func(state any, ctx context.Context, raw map[string]any) (map[string]any, error)
	// Leaf writes a scalar or an enum that the object holds.
	Leaf func(w *Writer, obj any)
	// Put puts the objects that the object holds into the column.
	Put func(c *Column, obj any)
	// Call runs a field that takes a context or arguments or may fail.
	Call Caller
}

// field returns the field with that name, or nil.
func (o *Object) field(name string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i]
		}
	}
	return nil
}
