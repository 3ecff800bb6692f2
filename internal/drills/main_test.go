package drills_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"patternhub/internal/mongodb/mongotest"
)

// program is the path of the built program, which TestMain sets before any test runs.
var program string

// builds is a test runner that first builds the program.
type builds struct{ m *testing.M }

func (b builds) Run() int {
	// An existing program, such as one to be released.
	if existing := os.Getenv("DRILL_PROGRAM"); existing != "" {
		var err error
		if program, err = filepath.Abs(existing); err != nil {
			fmt.Fprintln(os.Stderr, "drills:", err)
			return 1
		}
		return b.m.Run()
	}
	dir, err := os.MkdirTemp("", "patternhub-drills-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "drills:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program = filepath.Join(dir, "patternhub")
	build := exec.Command("go", "build", "-o", program, "patternhub")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "drills: build: %v\n%s", err, out)
		return 1
	}
	return b.m.Run()
}

// TestMain ignores leaks of the proxy's links: when a toxic is removed under load, the library
// leaves behind those that wait for a reader.
func TestMain(m *testing.M) {
	const library = "github.com/Shopify/toxiproxy/v2"
	mongotest.Main(builds{m},
		goleak.IgnoreAnyFunction(library+"/toxics.(*ToxicStub).Run"),
		goleak.IgnoreAnyFunction(library+".(*ToxicLink).read"),
		goleak.IgnoreAnyFunction(library+".(*ToxicLink).write"))
}

// long reports whether times are checked without a margin.
func long() bool { return os.Getenv("DRILL") == "long" }

// within returns a promised time with the margin of this run.
func within(promise time.Duration) time.Duration {
	if long() {
		return promise
	}
	return 10 * promise
}

// repeats returns how often or how long to repeat a step: n, or ten times n.
func repeats(n int) int {
	if long() {
		return 10 * n
	}
	return n
}
