package local

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
)

// tail stores the end of what a program prints, for the message if it fails. Its zero value is ready
// to use. It is safe for concurrent use.
type tail struct {
	mu   sync.Mutex // guards text
	text []byte
}

// maxTail bounds a tail: enough for a long traceback.
const maxTail = 4096

// Write appends p and drops all but the last maxTail bytes. It never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - maxTail; over > 0 {
		t.text = bytes.Clone(t.text[over:])
	}
	return len(p), nil
}

// String returns the last lines, joined into one.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return lastLines(t.text, 4)
}

// lastLines returns the last n lines that are not blank, joined into one.
func lastLines(text []byte, n int) string {
	var lines []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines[max(0, len(lines)-n):], " / ")
}

// folderSize returns the total size of the files below a folder. It ignores files that it cannot
// read, since the size is for a progress line only.
func folderSize(folder string) int64 {
	var size int64
	_ = filepath.WalkDir(folder, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil //nolint:nilerr // see above
		}
		if info, err := entry.Info(); err == nil {
			size += info.Size()
		}
		return nil
	})
	return size
}
