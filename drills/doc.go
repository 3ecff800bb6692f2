// Package drills holds tests alone: faults that operators fear, brought about on the real
// program, built as it ships, with a real mongod and a proxy between the two that cuts and
// delays. It is imported by nobody.
//
// Times are judged with a tenfold margin, because machines of continuous integration are
// shared; DRILL=long judges them as they are promised, and goes on for longer.
package drills
