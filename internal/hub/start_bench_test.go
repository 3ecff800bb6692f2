//go:build linux

package hub_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart starts the program as a process of its own on a private MongoDB: on an empty
// folder, which it seeds, and again on the seeded one. It reports the time until it is ready,
// including the start of MongoDB, and its anonymous resident memory once the search indexes are
// filled, with and without caches.
func BenchmarkStart(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "patternhub")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	seededDir := b.TempDir()
	run := func(b *testing.B, dir string, args ...string) *launch {
		b.Helper()
		l := mustLaunch(b, binary, append([]string{"--data-dir", dir}, args...)...)
		b.ReportMetric(float64(l.ready.Milliseconds()), "ready-ms")
		b.ReportMetric(float64(l.anonymous)/1e6, "anonymous-MB")
		return l
	}
	run(b, seededDir)
	for _, w := range []struct {
		name string
		dir  func(*testing.B) string
		args []string
	}{
		{"first", func(b *testing.B) string { return b.TempDir() }, nil},
		{"again", func(*testing.B) string { return seededDir }, nil},
		{"again-without-caches", func(*testing.B) string { return seededDir }, []string{"--entity-cache", "off", "--response-cache", "off"}},
	} {
		b.Run(w.name, func(b *testing.B) {
			for b.Loop() {
				run(b, w.dir(b), w.args...)
			}
		})
	}
}

// launch is the measured start of one run of the program.
type launch struct {
	ready     time.Duration
	anonymous int // bytes
}

// mustLaunch runs the program until its start is complete, and ends it in order.
func mustLaunch(b *testing.B, binary string, args ...string) *launch {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), waitLimit)
	defer cancel()
	c := exec.CommandContext(ctx, binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0"}, args...)...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	c.Stderr = c.Stdout // one stream has both
	begun := time.Now()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	l := &launch{}
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if strings.HasPrefix(scanner.Text(), "Ready") {
			l.ready = time.Since(begun)
		}
		if strings.Contains(scanner.Text(), "search indexes are ready") {
			l.anonymous, err = anonymous(c.Process.Pid)
			cancel()
		}
	}
	_ = c.Wait() // it ends by the interrupt
	if l.ready == 0 || l.anonymous == 0 {
		b.Fatalf("the program was never ready: %v", err)
	}
	return l
}
