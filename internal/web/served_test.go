//go:build unix

package web_test

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"patternhub/internal/web"
)

// BenchmarkServed compares 304s and hits with net/http writing as many bytes, over loopback
// connections. Both sides of a pair take turns, so that a busy machine slows both, and CPU time is
// measured: "ratio" is the share of net/http's throughput that is reached. The client is minimal,
// since all measures include it.
func BenchmarkServed(b *testing.B) {
	s := mustServer(b, web.Options{Revisions: fixed{}, Limits: web.Limits{Bucket: 1 << 40, Restore: 1 << 40}})
	const query = "{patterns(first:100){nodes{slug name}}}"
	first := s.send(b, http.MethodGet, getQuery(query), "")
	tiny, same := []byte(strings.Repeat("x", 33)), []byte(first.body)
	plain := http.NewServeMux()
	plain.HandleFunc("/tiny", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(tiny) })
	plain.HandleFunc("/same", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(same)))
		_, _ = w.Write(same)
	})
	for name, pair := range map[string]struct{ plain, target, headers string }{
		"304": {"/tiny", getQuery(query), "If-None-Match: " + first.header.Get("ETag") + "\r\n"},
		"hit": {"/same", getQuery(query), ""},
	} {
		b.Run(name, func(b *testing.B) {
			theirs := mustBare(b, plain, pair.plain, "")
			ours := mustBare(b, s.Public(), pair.target, pair.headers)
			theirs.ask(b, turn)
			ours.ask(b, turn)
			var plainTime, ourTime time.Duration
			for b.Loop() {
				begun := cpu(b)
				theirs.ask(b, turn)
				between := cpu(b)
				ours.ask(b, turn)
				plainTime, ourTime = plainTime+between-begun, ourTime+cpu(b)-between
			}
			b.ReportMetric(float64(plainTime)/float64(ourTime), "ratio")
			b.ReportMetric(float64(plainTime.Nanoseconds())/float64(b.N*turn), "net/http-ns")
			b.ReportMetric(float64(ourTime.Nanoseconds())/float64(b.N*turn), "ours-ns")
		})
	}
}

// turn is the number of requests that one side of a pair answers before the other: enough for the clock's
// resolution.
const turn = 500

// bare is a client that repeats the same request and only counts the bytes of the answers.
type bare struct {
	conn    net.Conn
	request []byte
	in      *bufio.Reader
}

// mustBare serves a handler and connects to it.
func mustBare(b *testing.B, h http.Handler, target, headers string) *bare {
	b.Helper()
	server := httptest.NewServer(h)
	b.Cleanup(server.Close)
	conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	request := "GET " + target + " HTTP/1.1\r\nHost: a.example\r\n" + headers + "\r\n"
	return &bare{conn: conn, request: []byte(request), in: bufio.NewReaderSize(conn, 64<<10)}
}

// ask sends n requests, one after the other.
func (c *bare) ask(b *testing.B, n int) {
	b.Helper()
	length := []byte("Content-Length: ")
	for range n {
		if _, err := c.conn.Write(c.request); err != nil {
			b.Fatal(err)
		}
		size := 0
		for {
			line, err := c.in.ReadSlice('\n')
			if err != nil {
				b.Fatal(err)
			}
			if digits, ok := bytes.CutPrefix(line, length); ok {
				size, _ = strconv.Atoi(string(bytes.TrimSpace(digits)))
			}
			if len(line) == 2 {
				break
			}
		}
		if _, err := c.in.Discard(size); err != nil {
			b.Fatal(err)
		}
	}
}

// cpu returns the CPU time of this process.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
