// Package advisor holds the rules of the hub's tools as pure functions: questions to the graph
// of patterns, comparison, selection, estimates and the health score. It knows content alone.
// What it needs from the store is handed to it, except for the network of relations, which it
// keeps in memory and brings up to date by changes.
//
// Each formula says where its numbers come from, and answers carry the version of the formula.
package advisor
