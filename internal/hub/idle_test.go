package hub_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"patternhub/internal/mongodb/mongotest"
)

// maxIdle bounds the memory of an idle socket with one subscription, in bytes.
const maxIdle = 30 << 10

// dialIdle opens a socket with one subscription that gets no events. It implements the protocol
// itself, so that the client's side costs very little.
func dialIdle(address string) (net.Conn, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(conn, "GET /graphql HTTP/1.1\r\nHost: "+address+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n")
	if err != nil {
		return conn, err
	}
	in := bufio.NewReaderSize(conn, 512)
	resp, err := http.ReadResponse(in, nil)
	if err != nil {
		return conn, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return conn, fmt.Errorf("upgrade: %s", resp.Status)
	}
	for _, m := range []string{
		`{"type":"connection_init"}`,
		`{"type":"subscribe","id":"1","payload":{"query":"subscription { entryChanged { ... on EntryUpsert { entry { id } } } }"}}`,
		`{"type":"ping"}`,
	} {
		// A mask of zeros does not change the text.
		frame := append([]byte{0x81, 0x80 | 126}, binary.BigEndian.AppendUint16(nil, uint16(len(m)))...)
		if _, err := conn.Write(append(append(frame, 0, 0, 0, 0), m...)); err != nil {
			return conn, err
		}
	}
	for _, want := range []string{"connection_ack", "pong"} {
		head := make([]byte, 2)
		if _, err := io.ReadFull(in, head); err != nil {
			return conn, err
		}
		text := make([]byte, head[1])
		if _, err := io.ReadFull(in, text); err != nil {
			return conn, err
		}
		if !strings.Contains(string(text), want) {
			return conn, fmt.Errorf("got %s, want %s", text, want)
		}
	}
	return conn, nil
}

// used returns the memory in use: live objects and stacks.
func used() int64 {
	var m runtime.MemStats
	for range 3 { // the second collection empties pools
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// idle opens n sockets and returns the memory of each, including the client's side. It takes the
// smaller of the growth at opening and the decline at closing, since other changes of the process
// add to one of them and reduce the other.
func idle(t testing.TB, n int) int64 {
	t.Helper()
	uri, database := mongotest.Open(t)
	s := start(t, "--mongodb-uri", uri, "--mongodb-database", database,
		"--limit-sockets", strconv.Itoa(n+100), "--limit-bucket", "100000000", "--limit-concurrent", "1000")
	s.mustHear(t, "^Ready")
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	first := mustDialIdle(t, u.Host, 50) // fills caches
	defer hangUp(first)
	goroutines, before := runtime.NumGoroutine(), used()
	conns := mustDialIdle(t, u.Host, n)
	open := used()
	hangUp(conns)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), waitLimit)
	defer cancel()
	for runtime.NumGoroutine() > goroutines+n/10 {
		if ctx.Err() != nil {
			t.Fatalf("%d goroutines are left of the %d before %d sockets", runtime.NumGoroutine(), goroutines, n)
		}
		runtime.Gosched()
	}
	return min(open-before, open-used()) / int64(n)
}

func mustDialIdle(t testing.TB, address string, n int) []net.Conn {
	t.Helper()
	conns := make([]net.Conn, 0, n)
	for range n {
		c, err := dialIdle(address)
		if err != nil {
			hangUp(conns)
			t.Fatal(err)
		}
		conns = append(conns, c)
	}
	return conns
}

func hangUp(conns []net.Conn) {
	for _, c := range conns {
		c.Close()
	}
}

func TestIdleSubscriptionsAreCheap(t *testing.T) {
	each := idle(t, 500)
	t.Logf("an idle subscription costs %d bytes", each)
	if each > maxIdle {
		t.Errorf("an idle subscription costs %d bytes, more than %d", each, maxIdle)
	}
}

// BenchmarkIdleSubscriptions measures 5,000 of them; the time is that of opening them all.
func BenchmarkIdleSubscriptions(b *testing.B) {
	for b.Loop() {
		b.ReportMetric(float64(idle(b, 5000)), "B/socket")
	}
}
