// Package engine executes GraphQL queries breadth first over the same resolvers that gqlgen's
// own executor calls object by object. Generated code describes the schema in a Table; an
// operation becomes a plan; a plan is run level by level into columns; the columns are written
// in one pass.
//
// The package depends on gqlgen's runtime and gqlparser only. It leaves introspection, @defer and directives
// with an effect to the executor that it wraps.
package engine

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Table describes a schema to the engine. It is generated and never changed afterwards.
type Table struct {
	// Objects are the object types that operations can reach. The index of a type is its number.
	Objects []Object
	// Inert names the directives of documents that have no effect on execution: resolvers read them.
	Inert []string
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
	// Root is set for the types of operations. The fields of queries and mutations run inside the root
	// middleware.
	Root   bool
	Fields []Field
	// Child returns the field context of a field, as graphql.FieldContext.Child does. It is nil
	// when no field has this type.
	Child func(state any, ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error)
}

// Field describes a field of an object type. Leaf, Put, Call, Row or Stream states where its values come from,
// unless Stock is set. Leaf and Put may stand beside a Row of whole objects.
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
	// Asks reports that the object is an Asker for this field.
	Asks bool
	// Row describes a field that only follows references, so that no code of its own runs.
	Row *Row
	// Stream opens the events of a field of the subscription type.
	Stream Streamer
}

// Row describes a field whose values are objects that the parents name by their keys. The objects of all
// parents of a column are read together. One is set for a field with one object, Many for a list, and
// neither for a field that only the whole parent has: then Leaf or Put gets the whole object in place of
// the parent, or nil if there is none.
type Row struct {
	From Source
	// Number is that of the type of the objects.
	Number int
	// One returns a parent's key, which is empty if there is no object.
	One func(obj any) string
	// Many returns a parent's keys. Objects that do not exist are left out of the list.
	Many func(obj any) []string
}

// Asker is an object whose fields are called. Ask requests what the call of a field will load, and reports
// whether all of that has been read. It is called before the call, and again after each flush until it
// returns true, so that the call itself need not wait.
type Asker interface {
	Ask(ctx context.Context, field string, args map[string]any) (ready bool)
}

// whole reports whether the row reads the parents whole.
func (r *Row) whole() bool { return r.One == nil && r.Many == nil }

// Source reads the objects of rows. Both methods store objects in out, nil for one that does not exist, and
// report whether all of them have been read. If not, they have requested the others, and the engine calls
// them again after the next flush. failed has the errors by index; it is nil if there are none.
type Source interface {
	// Ask reads objects by their keys. An empty key has no object.
	Ask(ctx context.Context, keys []string, out []any) (failed []error, ready bool)
	// AskWhole reads the whole objects of objects that leave out what few fields show.
	AskWhole(ctx context.Context, objs, out []any) (failed []error, ready bool)
}

// leaf reports whether the values are scalars or enums.
func (f *Field) leaf() bool { return f.Leaf != nil || f.Call != nil && f.Call.leaf() }

// direct reports whether the values are read from the parent itself.
func (f *Field) direct() bool { return f.Call == nil && f.Row == nil }

// field returns the field with that name, or nil.
func (o *Object) field(name string) *Field {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return &o.Fields[i]
		}
	}
	return nil
}
