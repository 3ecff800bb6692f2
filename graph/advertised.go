// Package graph is the executable schema. It is generated except for this file, which removes from
// gqlparser's prelude what this server does not support.
package graph

import (
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// gqlparser puts its prelude in front of every schema, with definitions that this server does not
// support. They are removed here, before the schema is used, so that introspection, validation and
// the printed schema agree.
func init() {
	advertise(parsedSchema)
}

// advertise removes @defer, since an answer is sent in one piece, and directives on definitions of
// directives. That location is newer than the specification of October 2021, and clients that parse
// locations into an enum, such as graphql-core before 3.2.9 and Apollo Kotlin 4, fail on a schema
// that has it.
func advertise(schema *ast.Schema) {
	delete(schema.Directives, "defer")
	young := ast.LocationDirectiveDefinition
	for _, d := range schema.Directives {
		d.Locations = slices.DeleteFunc(d.Locations, func(at ast.DirectiveLocation) bool { return at == young })
	}
	locations := schema.Types["__DirectiveLocation"]
	locations.EnumValues = slices.DeleteFunc(locations.EnumValues, func(v *ast.EnumValueDefinition) bool { return v.Name == string(young) })
}
