package enginetest

import (
	"math/rand/v2"
	"os"
	"strconv"
)

// Test is the part of testing.TB that this package needs.
type Test interface {
	Helper()
	Fatalf(format string, args ...any)
	Logf(format string, args ...any)
}

// Seed returns the seed of random operations and logs it: the fixed one, so that a failure
// repeats; a random one in a drill (DRILL); or that of DRILL_SEED, to repeat a drill.
func Seed(t Test, fixed uint64) uint64 {
	t.Helper()
	seed := number(t, "DRILL_SEED", fixed)
	if os.Getenv("DRILL_SEED") == "" && os.Getenv("DRILL") != "" {
		seed = rand.Uint64() //nolint:gosec // the seed is no secret
	}
	t.Logf("DRILL_SEED=%d", seed)
	return seed
}

// Operations returns how many random operations to compare: the usual number, or that of
// DRILL_OPERATIONS.
func Operations(t Test, usual uint64) int {
	t.Helper()
	return int(number(t, "DRILL_OPERATIONS", usual)) //nolint:gosec // no run is that long
}

// Repetitions returns how often to repeat a test whose result must not vary: the usual number, or
// that of DRILL_REPETITIONS.
func Repetitions(t Test, usual uint64) int {
	t.Helper()
	return int(number(t, "DRILL_REPETITIONS", usual)) //nolint:gosec // no run is that long
}

func number(t Test, name string, usual uint64) uint64 {
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
