// Package content is the vocabulary of the hub: its entries, their relations, the filters
// and windows by which they are asked for, the changes they go through, and the Store that
// keeps them. Every other package speaks in these words.
//
// It holds values, contracts and rules that need no technology. It imports the standard
// library only; MongoDB, GraphQL and HTTP stay outside.
package content
