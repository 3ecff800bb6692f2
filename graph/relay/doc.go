// Package relay is the hand-written part of the GraphQL model: scalars, cursors and
// connections. Connections are lazy: a resolver returns one unread, and each of its fields
// reads what it needs. The package knows nothing of stores; a Source reads for it.
package relay
