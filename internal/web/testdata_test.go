package web_test

import _ "embed"

// sdl is the schema of the tests, with every shape that the server treats differently.
//
//go:embed operation/testdata/schema.graphql
var sdl string
