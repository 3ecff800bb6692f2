package linelog_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"patternhub/internal/linelog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// file is a file that can be read while it is written. It blocks while it is locked.
type file struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (f *file) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all.Write(p)
}

func (f *file) text() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all.String()
}

func TestNoLineIsLost(t *testing.T) {
	var f file
	w := linelog.New(&f)
	var all sync.WaitGroup
	const writers, each = 8, 20_000 // more than may wait
	for i := range writers {
		all.Go(func() {
			for j := range each {
				fmt.Fprintf(w, "%d %d\n", i, j)
			}
		})
	}
	all.Wait()
	w.Flush()
	next := make([]int, writers)
	for line := range strings.Lines(f.text()) {
		var i, j int
		if _, err := fmt.Sscanf(line, "%d %d\n", &i, &j); err != nil || j != next[i] {
			t.Fatalf("line %q after %d lines of writer %d (%v)", line, next[i], i, err)
		}
		next[i]++
	}
	for i, n := range next {
		if n != each {
			t.Errorf("%d lines of writer %d, want %d", n, i, each)
		}
	}
	// Without Flush a line is written too.
	fmt.Fprintln(w, "late")
	for !strings.HasSuffix(f.text(), "\nlate\n") {
		time.Sleep(time.Millisecond)
	}
}

func TestAWriterDoesNotWaitForTheFile(t *testing.T) {
	var f file
	w := linelog.New(&f)
	f.mu.Lock()
	for range 100 {
		fmt.Fprintln(w, "a line")
	}
	f.mu.Unlock()
	w.Flush()
	if n := strings.Count(f.text(), "\n"); n != 100 {
		t.Errorf("%d lines after Flush, want 100", n)
	}
}

func TestWarningsAreWrittenImmediately(t *testing.T) {
	var f file
	w := linelog.New(&f)
	log := slog.New(linelog.Handler(slog.NewTextHandler(w, nil), w)).With("a", 1).WithGroup("g")
	log.Info("first")
	log.Warn("second")
	if got := f.text(); !strings.Contains(got, "msg=first a=1") || !strings.Contains(got, "msg=second a=1") {
		t.Errorf("the file has %q after a warning", got)
	}
}
