package web_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"patternhub/internal/web"
)

// wire is a bare connection to a server with the settings of production.
type wire struct {
	t      *testing.T
	server *server
	conn   net.Conn
	in     *bufio.Reader
}

func mustWire(t *testing.T, s *server) *wire {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(newHTTPServer(t, s.Public()), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	// A server that does not answer must not hang the tests.
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	return &wire{t: t, server: s, conn: conn, in: bufio.NewReader(conn)}
}

func (w *wire) send(raw string) {
	w.t.Helper()
	if _, err := io.WriteString(w.conn, strings.ReplaceAll(raw, "\n", "\r\n")); err != nil {
		w.t.Fatal(err)
	}
}

// next reads one answer.
func (w *wire) next() (int, string) {
	w.t.Helper()
	response, err := http.ReadResponse(w.in, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode, string(body)
}

const body = `{"query":"{hello}"}`

func TestConnectionIsReused(t *testing.T) {
	w := mustWire(t, mustServer(t, web.Options{}))
	for range 3 {
		w.send(fmt.Sprintf("POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: %d\n\n%s", len(body), body))
		if status, got := w.next(); status != http.StatusOK || !strings.Contains(got, "world") {
			t.Errorf("got %d %s", status, got)
		}
		w.send("GET /livez HTTP/1.1\nHost: x\n\n")
		if status, _ := w.next(); status != http.StatusOK {
			t.Errorf("live: %d", status)
		}
	}
}

func TestRequestsThatSmuggle(t *testing.T) {
	for name, head := range map[string]string{
		"two lengths":             "Content-Length: 5\nContent-Length: 19\n",
		"length and chunks":       "Content-Length: 19\nTransfer-Encoding: chunked\n",
		"two codings":             "Transfer-Encoding: chunked, identity\n",
		"unknown coding":          "Transfer-Encoding: xchunked\n",
		"space before the colon":  "Content-Length : 19\n",
		"negative length":         "Content-Length: -1\n",
		"length with a sign":      "Content-Length: +19\n",
		"folded header":           "X-A: b\n c: d\n",
		"no host":                 "",
		"a header without a name": ": x\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{})
			w := mustWire(t, s)
			host := "Host: x\n"
			if name == "no host" {
				host = ""
			}
			sent := body
			if name == "length and chunks" {
				sent = "0\n\n" // the chunks say that there is nothing
			}
			w.send("POST /graphql HTTP/1.1\n" + host + "Content-Type: application/json\n" + head + "\n" + sent)
			status, got := w.next()
			// net/http reads "length and chunks" as chunks, as the standard allows, and closes.
			if status < 400 || strings.Contains(got, "world") {
				t.Errorf("got %d %s", status, got)
			}
			if s.graph.executed() != 0 {
				t.Error("something was executed")
			}
		})
	}
}

func TestBodyThatEndsEarly(t *testing.T) {
	s := mustServer(t, web.Options{})
	w := mustWire(t, s)
	w.send("POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 100\n\n" + body)
	if tcp, ok := w.conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
	if status, got := w.next(); status != http.StatusRequestTimeout || !strings.Contains(got, "BAD_USER_INPUT") {
		t.Errorf("got %d %s", status, got)
	}
	if s.graph.executed() != 0 {
		t.Error("something was executed")
	}
}

// TestGetWithABody checks that the server does not wait for the body of a GET, which may never come.
func TestGetWithABody(t *testing.T) {
	for name, head := range map[string]string{
		"length": "Content-Length: 1000", "chunks": "Transfer-Encoding: chunked",
	} {
		t.Run(name, func(t *testing.T) {
			w := mustWire(t, mustServer(t, web.Options{}))
			for _, target := range []string{"/graphql?query={hello}", "/graphql?query={hello}", "/graphql?query={nothing}"} {
				w := mustWire(t, w.server)
				w.send("GET " + target + " HTTP/1.1\nHost: x\n" + head + "\n\n")
				if status, got := w.next(); status != http.StatusOK {
					t.Errorf("%s: %d %s", target, status, got)
				}
				// What follows belongs to the body and must not be read as a request.
				if _, err := w.in.ReadByte(); !errors.Is(err, io.EOF) {
					t.Errorf("%s: the connection stays open: %v", target, err)
				}
			}
		})
	}
}

func TestTwoContentTypes(t *testing.T) {
	for _, second := range []string{"Content-Type: text/plain", "Content-Type: application/json", "Content-Encoding: identity\nContent-Encoding: gzip"} {
		w := mustWire(t, mustServer(t, web.Options{}))
		w.send(fmt.Sprintf("POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\n%s\nContent-Length: %d\n\n%s", second, len(body), body))
		if status, got := w.next(); status != http.StatusUnsupportedMediaType {
			t.Errorf("%s: %d %s", second, status, got)
		}
	}
}

func TestChunkedBodyOverTheLimit(t *testing.T) {
	w := mustWire(t, mustServer(t, web.Options{}))
	w.send("POST /graphql HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n")
	chunk := strings.Repeat("x", 64<<10)
	go func() {
		for range 20 {
			// The server stops reading, so the last writes may fail.
			if _, err := fmt.Fprintf(w.conn, "%x\r\n%s\r\n", len(chunk), chunk); err != nil {
				return
			}
		}
	}()
	if status, _ := w.next(); status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d", status)
	}
}

func TestMalformedTargets(t *testing.T) {
	s := mustServer(t, web.Options{})
	for target, want := range map[string]int{
		"/graphql?query=%zz": 400, "/graphql?query=%ff": 400, "/graphql?query={hello}&query={hello}": 400, "/graphql?variables={&query={hello}": 400,
		"/graphql": 400, "/graphql?query=": 400, "/graphql?query={hello}&x=1&x=2": 200, "/graphql?Query={hello}": 400, "/graphql?query={hello}&variables=": 200,
		"/graphql?query={hello}&variables=null": 200, "/graphql?query={hello}&variables=[]": 400, "/graphql?query={hello};x": 400,
	} {
		if a := s.send(t, http.MethodGet, target, ""); a.status != want {
			t.Errorf("%s: %d %s, want %d", target, a.status, a.body, want)
		}
	}
}

func TestStreamsOutliveTheServersTimeouts(t *testing.T) {
	// The server's read deadline is for bodies: with one of 50 ms, a stream must continue.
	s := mustServer(t, web.Options{Limits: web.Limits{Deadline: 50 * time.Millisecond, PingEvery: 20 * time.Millisecond}})
	events := make(chan any)
	s.graph.ticks = func(string) <-chan any { return events }
	server := web.NewHTTPServer(s.Public(), nil)
	server.ReadTimeout = 50 * time.Millisecond
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	w := &wire{t: t, conn: conn, in: bufio.NewReader(conn)}
	w.send("GET /graphql?query=subscription{ticks{n}} HTTP/1.1\nHost: x\nAccept: text/event-stream\n\n")
	pings := 0
	for pings < 8 {
		line, err := w.in.ReadString('\n')
		if err != nil {
			t.Fatalf("after %d pings: %v", pings, err)
		}
		if strings.TrimSpace(line) == ":" {
			pings++
		}
	}
	events <- 7
	for {
		line, err := w.in.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(line, `{"data":{"ticks":{"n":7}}}`) {
			return
		}
	}
}
