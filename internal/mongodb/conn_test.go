package mongodb_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"testing/iotest"
	"time"

	"patternhub/internal/mongodb"
)

// wire is a connection that has data to read and counts calls.
type wire struct {
	net.Conn
	io.Reader
	reads, deadlines int
}

// DialContext returns the connection itself, so a wire is a dialer of one connection.
func (w *wire) DialContext(context.Context, string, string) (net.Conn, error) { return w, nil }

// Read counts the calls. Each would be a system call of a real connection.
func (w *wire) Read(p []byte) (int, error) { w.reads++; return w.Reader.Read(p) }

// SetDeadline only counts the calls; the tests have no real time limit.
func (w *wire) SetDeadline(time.Time) error { w.deadlines++; return nil }

// TestAConnectionReadsWhatIsSent reads replies as the driver does: four bytes of length first, then the rest.
// The buffer must not change the bytes or hide the end, and a small reply must take one call.
func TestAConnectionReadsWhatIsSent(t *testing.T) {
	sent := make([]byte, 100_000)
	for i := range sent {
		sent[i] = byte(i * 7)
	}
	for name, c := range map[string]struct {
		sent  []byte
		from  func(io.Reader) io.Reader
		parts []int // the sizes that the reader asks for
		reads int   // the calls at most, 0 for any number
	}{
		"a small reply":           {sent[:500], nil, []int{4, 496}, 1},
		"a large reply":           {sent, nil, []int{4, 99_996}, 2},
		"two replies at once":     {sent[:1000], nil, []int{4, 496, 4, 496}, 1},
		"bytes that come slowly":  {sent[:700], iotest.OneByteReader, []int{4, 696}, 0},
		"data together with EOF":  {sent[:500], iotest.DataErrReader, []int{4, 496}, 1},
		"a reply in halves":       {sent, iotest.HalfReader, []int{4, 9_000, 90_996}, 0},
		"exactly one full buffer": {sent[:8<<10], nil, []int{4, 8<<10 - 4}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := &wire{Reader: bytes.NewReader(c.sent)}
			if c.from != nil {
				w.Reader = c.from(w.Reader)
			}
			conn, err := mongodb.Dialer(w).DialContext(t.Context(), "tcp", "db:1")
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			for _, n := range c.parts {
				part := make([]byte, n)
				if _, err := io.ReadFull(conn, part); err != nil {
					t.Fatal(err)
				}
				got = append(got, part...)
			}
			if !bytes.Equal(got, c.sent) {
				t.Error("other bytes were read than sent")
			}
			if c.reads > 0 && w.reads > c.reads {
				t.Errorf("%d reads, want at most %d", w.reads, c.reads)
			}
			if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
				t.Errorf("%d bytes and %v at the end, want io.EOF", n, err)
			}
		})
	}
}

// TestADeadlineIsSetOnce checks that a deadline that is set already is not set again. The driver sets the
// same one for the write and the read of each command. A timeout remains os.ErrDeadlineExceeded.
func TestADeadlineIsSetOnce(t *testing.T) {
	w := &wire{Reader: iotest.ErrReader(os.ErrDeadlineExceeded)}
	conn, err := mongodb.Dialer(w).DialContext(t.Context(), "tcp", "db:1")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for i, c := range []struct {
		set  func(time.Time) error
		to   time.Time
		want int
	}{
		{conn.SetWriteDeadline, now, 1},
		{conn.SetReadDeadline, now, 1},
		{conn.SetReadDeadline, now.Add(1), 2},
		{conn.SetWriteDeadline, now, 3},
		{conn.SetReadDeadline, time.Time{}, 4},
		{conn.SetDeadline, time.Time{}, 4},
	} {
		if err := c.set(c.to); err != nil || w.deadlines != c.want {
			t.Errorf("step %d: the deadline was set %d times (%v), want %d", i, w.deadlines, err, c.want)
		}
	}
	if _, err := conn.Read(make([]byte, 4)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("error is %v", err)
	}
}
