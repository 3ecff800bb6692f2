// Package advisor holds the rules of the hub's tools as pure functions: questions to the graph
// of patterns, comparison, selection, estimates and the health score. It knows content alone.
// What it needs from the store is handed to it, except for the network of relations, which it
// keeps in memory and brings up to date by changes.
//
// Each formula says where its numbers come from, and answers carry the version of the formula.
//
// The tools and where they are:
//
//	network.go, live.go      paths, neighbourhoods and impact over the relations of patterns
//	compare.go               patterns side by side
//	selection.go             patterns that fit preferences and constraints; wizard.go reads answers
//	estimate.go, money.go    what an introduction takes, costs and gives back
//	health.go, dashboard.go  the score of a pattern, and of many; observe.go checks new figures
//
// Being pure has a use beyond tests: the same input gives the same answer on every replica and at
// any time, so answers can be kept, and "with one constraint more" can be compared with "without".
// The clock and the graph are arguments. Numbers are rounded where they are shown, and what
// follows from a number that is shown follows from it as rounded.
//
// A weight or a threshold belongs into the tables of the facts or, where somebody has chosen it,
// into the weights with the decision that says why. It does not belong into code here.
package advisor
