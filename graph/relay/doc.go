// Package relay is the hand-written part of the GraphQL model: scalars, cursors and connections.
// Connections are lazy: a resolver returns a connection before reading anything, and each of
// its fields reads what it needs.
// The package does not depend on a store; it reads through a Source.
package relay
