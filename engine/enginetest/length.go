package enginetest

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// Seed gives the seed of random operations: the fixed one, so that what fails once fails again;
// a free one in a drill (DRILL), which is told; or that of DRILL_SEED, to repeat a drill.
func Seed(t testing.TB, fixed uint64) uint64 {
	t.Helper()
	seed := number(t, "DRILL_SEED", fixed)
	if os.Getenv("DRILL_SEED") == "" && os.Getenv("DRILL") != "" {
		seed = rand.Uint64()
	}
	t.Logf("DRILL_SEED=%d", seed)
	return seed
}

// Operations gives how many random operations to compare: the usual number, or that of
// DRILL_OPERATIONS.
func Operations(t testing.TB, usual uint64) int {
	t.Helper()
	return int(number(t, "DRILL_OPERATIONS", usual)) //nolint:gosec // nobody waits for that many
}

// Repetitions gives how often to repeat what must be the same each time: the usual number, or
// that of DRILL_REPETITIONS.
func Repetitions(t testing.TB, usual uint64) int {
	t.Helper()
	return int(number(t, "DRILL_REPETITIONS", usual)) //nolint:gosec // nobody waits for that many
}

func number(t testing.TB, name string, usual uint64) uint64 {
	t.Helper()
	given := os.Getenv(name)
	if given == "" {
		return usual
	}
	n, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
