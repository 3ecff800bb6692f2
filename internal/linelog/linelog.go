// Package linelog writes a log a moment later, many lines at once, so that a request does not pay for a write
// to standard error.
package linelog

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

const (
	// maxPending bounds the lines that wait, in bytes. No line is dropped: the one that exceeds it waits until all
	// are written.
	maxPending = 1 << 20
	// delay is the time that a line waits for others. Waking a goroutine for each costs more than writing it.
	delay = 10 * time.Millisecond
)

// Writer collects what is written to it and passes it on a moment later, many lines in one call. It is
// safe for concurrent use.
type Writer struct {
	to    io.Writer
	later *time.Timer // flushes

	mu      sync.Mutex // guards pending
	pending []byte

	writing sync.Mutex // keeps the order of writes, and guards spare
	spare   []byte
}

// New returns a Writer to a file.
func New(to io.Writer) *Writer {
	w := &Writer{to: to}
	w.later = time.AfterFunc(delay, w.Flush)
	return w
}

// Write adds a line, which is written within some milliseconds, or by Flush. It never fails: a log that cannot
// be written has nowhere to say so.
func (w *Writer) Write(line []byte) (int, error) {
	w.mu.Lock()
	first := len(w.pending) == 0
	w.pending = append(w.pending, line...)
	full := len(w.pending) > maxPending
	w.mu.Unlock()
	switch {
	case full:
		w.Flush()
	case first:
		w.later.Reset(delay)
	}
	return len(line), nil
}

// Flush returns when all lines that were added before are written.
func (w *Writer) Flush() {
	w.writing.Lock()
	defer w.writing.Unlock()
	w.mu.Lock()
	lines := w.pending
	w.pending = w.spare[:0]
	w.mu.Unlock()
	if len(lines) > 0 {
		_, _ = w.to.Write(lines)
	}
	w.spare = lines
}

// handler flushes the writer after each warning and error.
type handler struct {
	slog.Handler

	w *Writer
}

// Handler returns h, which must write to w, such that a record of level Warn or above is written when the call
// returns: it may be the last one before a crash.
func Handler(h slog.Handler, w *Writer) slog.Handler { return handler{h, w} }

// Handle implements slog.Handler.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	err := h.Handler.Handle(ctx, r)
	if r.Level >= slog.LevelWarn {
		h.w.Flush()
	}
	return err //nolint:wrapcheck // it is the handler's own
}

// WithAttrs implements slog.Handler.
func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs), h.w}
}

// WithGroup implements slog.Handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name), h.w} }
