//go:build linux

package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart starts the program as a process of its own on a private MongoDB: on an empty
// folder, which seeds it, and again on the seeded one. It tells the time until it is ready, the
// start of MongoDB included, and what is resident once the start is over, with caches and without.
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
		b.ReportMetric(float64(l.resident)/1024, "resident-MiB")
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

// launch is what one run of the program told of its start.
type launch struct {
	ready    time.Duration
	resident int // KiB
}

// mustLaunch runs the program until its start is over, and ends it in order.
func mustLaunch(b *testing.B, binary string, args ...string) *launch {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, binary, append([]string{"serve", "--addr", "127.0.0.1:0", "--admin-addr", "127.0.0.1:0"}, args...)...)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	c.Stderr = c.Stdout // one stream tells both
	begun := time.Now()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	l := &launch{}
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		if strings.HasPrefix(scanner.Text(), "Ready") {
			l.ready = time.Since(begun)
		}
		if strings.Contains(scanner.Text(), "the start is over") {
			l.resident, err = resident(c.Process.Pid)
			cancel()
		}
	}
	_ = c.Wait() // by the interrupt
	if l.ready == 0 || l.resident == 0 {
		b.Fatalf("the program was never ready: %v", err)
	}
	return l
}

// resident reads how much of a process is in memory, in KiB.
func resident(pid int) (int, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if n, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.Atoi(strings.Fields(n)[0])
		}
	}
	return 0, fmt.Errorf("process %d tells nothing of its memory", pid)
}
