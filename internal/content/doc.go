// Package content defines the domain of the hub: entries, their relations, the filters and windows
// of queries, the changes of entries, and the Store interface. Every other package uses these types.
//
// It holds values, contracts and rules that need no technology. It imports the standard
// library only; MongoDB, GraphQL and HTTP stay outside.
package content
