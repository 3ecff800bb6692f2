// Package advisor implements the hub's tools as pure functions: questions about the graph of
// patterns, comparison, selection, estimates and the health score. It imports only content. Callers
// pass in the data from the store. The exception is the network of relations, which the package
// keeps in memory and updates when patterns change.
//
// Each formula says where its numbers come from, and answers carry the version of the formula.
//
// The tools and their files:
//
//	network.go, live.go      paths, neighbourhoods and impact over the relations of patterns
//	compare.go               patterns side by side
//	selection.go             patterns that fit preferences and constraints; wizard.go reads answers
//	estimate.go, money.go    the effort, cost and return of an introduction
//	health.go, dashboard.go  the score of one pattern, and of many; observe.go checks new figures
//
// Pure functions help beyond tests: the same input has the same answer on every replica and at any
// time. Answers can therefore be cached, and a selection can be compared with one that has one more
// constraint. The clock and the graph are arguments. Numbers are rounded for display, and whatever
// is derived from a displayed number uses the rounded value.
//
// Weights and thresholds belong in the tables of the facts. If the project chose one, it belongs in
// the weights, with the decision that explains it. None belong in the code of this package.
package advisor
