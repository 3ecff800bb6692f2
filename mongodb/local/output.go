package local

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
)

// tail keeps the end of what a program prints, for the message when it fails. Its zero value is
// ready; it may be written and read by several goroutines.
type tail struct {
	mu   sync.Mutex
	kept []byte
}

// maxTail holds the longest traceback that a person would read in an error message.
const maxTail = 4096

// Write keeps the last maxTail bytes and never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - maxTail; over > 0 {
		t.kept = bytes.Clone(t.kept[over:])
	}
	return len(p), nil
}

// String gives the last lines in one.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return lastLines(t.kept, 4)
}

// lastLines gives the last n lines that are not blank, joined into one.
func lastLines(text []byte, n int) string {
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], " / ")
}

// folderSize sums the files below a folder. A file that goes away meanwhile counts as nothing:
// the sum is for a progress line only.
func folderSize(folder string) int64 {
	var size int64
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // see above: what cannot be read is left out
		}
		if info, err := entry.Info(); err == nil {
			size += info.Size()
		}
		return nil
	})
	return size
}
