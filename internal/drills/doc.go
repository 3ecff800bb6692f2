// Package drills contains only tests, which cause the faults that operators fear. They run the real
// program, built as for a release, with a real mongod and a proxy between them that cuts and delays
// connections.
//
// Times have a tenfold margin, because machines of continuous integration are shared. DRILL=long
// checks the promised times and runs for longer.
package drills
