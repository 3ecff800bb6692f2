package engine_test

import (
	"os"
	"runtime/debug"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the heap grow further between collections: the random operations make much
// garbage and retain nothing, and collecting it would take a third of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(1000)
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			code = 1
		}
	}
	os.Exit(code)
}
