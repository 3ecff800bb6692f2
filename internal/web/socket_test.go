package web_test

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"patternhub/internal/content"
	"patternhub/internal/web"
)

// client is a raw socket of a test.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

// listen serves a server on a port of its own.
func (s *server) listen(t *testing.T) *httptest.Server {
	t.Helper()
	h := httptest.NewServer(s.Public())
	t.Cleanup(h.Close)
	return h
}

// mustDial opens a socket that is closed when the test ends.
func mustDial(t *testing.T, h *httptest.Server, protocols ...string) *client {
	t.Helper()
	return mustDialFrom(t, h, nil, protocols...)
}

// mustDialFrom sends headers with the handshake.
func mustDialFrom(t *testing.T, h *httptest.Server, headers http.Header, protocols ...string) *client {
	t.Helper()
	conn, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(h.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: protocols, HTTPHeader: headers})
	if err != nil {
		t.Fatal(err)
	}
	if response.Body != nil {
		_ = response.Body.Close()
	}
	conn.SetReadLimit(-1)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{t: t, conn: conn}
}

// send writes one text message as it is, so that tests can send broken ones.
func (c *client) send(raw string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(raw)); err != nil {
		c.t.Fatal(err)
	}
}

// next reads one message as "type id payload".
func (c *client) next() string {
	c.t.Helper()
	_, raw, err := c.conn.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	var m struct {
		Type, ID string
		Payload  json.RawMessage
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		c.t.Fatalf("message %q: %v", raw, err)
	}
	return strings.TrimSpace(m.Type + " " + m.ID + " " + string(m.Payload))
}

// expect reads one message for each text, which the message must begin with.
func (c *client) expect(want ...string) {
	c.t.Helper()
	for _, w := range want {
		if got := c.next(); !strings.HasPrefix(got, w) {
			c.t.Fatalf("got %s, want %s", got, w)
		}
	}
}

// closed reads until the connection is closed and returns the code.
func (c *client) closed() websocket.StatusCode {
	c.t.Helper()
	for {
		_, raw, err := c.conn.Read(c.t.Context())
		if err == nil {
			c.t.Logf("before the close: %s", raw)
			continue
		}
		return websocket.CloseStatus(err)
	}
}

// init opens the session without credentials.
func (c *client) init() {
	c.t.Helper()
	c.send(`{"type":"connection_init"}`)
	c.expect("connection_ack")
}

const protocol = "graphql-transport-ws"

// counting emits n numbers and ends.
func counting(n int) func(string) <-chan any {
	return func(string) <-chan any {
		out := make(chan any, n)
		for i := range n {
			out <- i
		}
		close(out)
		return out
	}
}

// silent never emits.
func silent(string) <-chan any { return make(chan any) }

// TestSocketOperations runs each kind of operation on one socket, and shows which faults are errors of the
// operation and which are part of its result.
func TestSocketOperations(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.graph.ticks = counting(2)
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"type":"ping","payload":{"a":1}}`)
	c.expect(`pong  {"a":1}`)
	c.send(`{"type":"pong"}`)
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription{ticks{n}}"}}`)
	c.expect(`next 1 {"data":{"ticks":{"n":0}}}`, `next 1 {"data":{"ticks":{"n":1}}}`, "complete 1")
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"{hello}"}}`)
	c.expect(`next 1 {"data":{"hello":"world"}`, "complete 1")
	c.send(`{"id":"2","type":"subscribe","payload":{"query":"mutation{touch(id:1){slug}}"}}`)
	c.expect(`next 2 {"data":{"touch":`, "complete 2")
	c.send(`{"id":"3","type":"subscribe","payload":{"query":"{nothing}"}}`)
	c.expect(`error 3 [{"message":`)
	c.send(`{"id":"4","type":"subscribe","payload":{"query":"{fail(kind:\"coded\")}"}}`)
	c.expect(`next 4 {"errors":[{"message":"Nothing is there."`, "complete 4")
	c.send(`{"id":"5","type":"subscribe","payload":{"query":"` + strings.ReplaceAll(nested(13), `"`, `\"`) + `"}}`)
	c.expect(`error 5 [{"message":"The document is too large`)
}

// TestSocketSubscriptionFails shows that an error between events reaches the client without its cause.
func TestSocketSubscriptionFails(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.graph.ticks = func(string) <-chan any {
		out := make(chan any, 2)
		out <- 1
		out <- errors.New("secret")
		return out
	}
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription{ticks{n}}"}}`)
	c.expect(`next 1 {"data":{"ticks":{"n":1}}}`, `next 1 {"errors":[{"message":"Internal error."`)
}

func TestSocketCompleteByClient(t *testing.T) {
	s := mustServer(t, web.Options{})
	events := make(chan any)
	s.graph.ticks = func(string) <-chan any { return events }
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription{ticks{n}}"}}`)
	events <- 1
	c.expect("next 1")
	c.send(`{"id":"1","type":"complete"}`)
	// The id is free again, and no message of the first operation follows.
	c.send(`{"id":"1","type":"subscribe","payload":{"query":"{hello}"}}`)
	c.expect(`next 1 {"data":{"hello"`, "complete 1")
	c.send(`{"type":"ping"}`)
	c.expect("pong")
}

func TestSocketCloseCodes(t *testing.T) {
	refusing := func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
		switch c.Token {
		case "bad":
			return ctx, web.Viewer{}, content.Fault(content.Unauthenticated, "The key is not known.")
		case "lost":
			return ctx, web.Viewer{}, errors.New("no database")
		}
		if c.Perspective == "past" {
			return ctx, web.Viewer{}, content.Fault(content.BadUserInput, "X-Perspective is published or drafts.")
		}
		return ctx, web.Viewer{}, nil
	}
	tests := map[string]struct {
		protocols []string
		messages  []string
		want      websocket.StatusCode
	}{
		"not JSON":              {[]string{protocol}, []string{`{`}, 4400},
		"no type":               {[]string{protocol}, []string{`{"id":"1"}`}, 4400},
		"unknown type":          {[]string{protocol}, []string{`{"type":"next"}`}, 4400},
		"wrong id":              {[]string{protocol}, []string{`{"type":"complete","id":1}`}, 4400},
		"repeated key":          {[]string{protocol}, []string{`{"type":"ping","type":"ping"}`}, 4400},
		"empty id":              {[]string{protocol}, []string{`INIT`, `{"type":"subscribe","id":"","payload":{"query":"{hello}"}}`}, 4400},
		"no payload":            {[]string{protocol}, []string{`INIT`, `{"type":"subscribe","id":"1"}`}, 4400},
		"subscribe before init": {[]string{protocol}, []string{`{"type":"subscribe","id":"1","payload":{"query":"{hello}"}}`}, 4401},
		"refused key":           {[]string{protocol}, []string{`{"type":"connection_init","payload":{"Authorization":"Bearer bad"}}`}, 4403},
		"wrong perspective":     {[]string{protocol}, []string{`{"type":"connection_init","payload":{"X-Perspective":"past"}}`}, 4400},
		"wrong payload":         {[]string{protocol}, []string{`{"type":"connection_init","payload":[]}`}, 4400},
		"long id":               {[]string{protocol}, []string{`INIT`, `{"type":"subscribe","id":"` + strings.Repeat("i", 257) + `","payload":{"query":"{hello}"}}`}, 4400},
		"lost store":            {[]string{protocol}, []string{`{"type":"connection_init","payload":{"Authorization":"Bearer lost"}}`}, 4500},
		"no subprotocol":        {nil, nil, 4406},
		"other subprotocol":     {[]string{"graphql-ws"}, nil, 4406},
		"no init":               {[]string{protocol}, nil, 4408},
		"id twice": {[]string{protocol}, []string{
			`INIT`,
			`{"type":"subscribe","id":"1","payload":{"query":"subscription{ticks{n}}"}}`,
			`{"type":"subscribe","id":"1","payload":{"query":"{hello}"}}`,
		}, 4409},
		"init twice": {[]string{protocol}, []string{`INIT`, `{"type":"connection_init"}`}, 4429},
		"too large":  {[]string{protocol}, []string{`INIT`, `{"type":"ping","payload":{"x":"` + strings.Repeat("x", 64<<10) + `"}}`}, websocket.StatusMessageTooBig},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			limits := web.Limits{}
			if name == "no init" {
				limits.InitTimeout = 10 * time.Millisecond
			}
			s := mustServer(t, web.Options{Authenticate: refusing, Limits: limits})
			s.graph.ticks = silent
			c := mustDial(t, s.listen(t), tt.protocols...)
			for _, m := range tt.messages {
				if m == "INIT" {
					c.init()
					continue
				}
				c.send(m)
			}
			if got := c.closed(); got != tt.want {
				t.Errorf("closed with %d, want %d", got, tt.want)
			}
		})
	}
	t.Run("binary", func(t *testing.T) {
		c := mustDial(t, mustServer(t, web.Options{}).listen(t), protocol)
		if err := c.conn.Write(t.Context(), websocket.MessageBinary, []byte(`{"type":"ping"}`)); err != nil {
			t.Fatal(err)
		}
		if got := c.closed(); got != 4400 {
			t.Errorf("closed with %d", got)
		}
	})
}

// TestBrokenFraming checks that a client that breaks the framing loses the connection itself and
// not only its count, or it could hold any number of them open.
func TestBrokenFraming(t *testing.T) {
	const masked = "\x81\x82\x00\x00\x00\x00{}"
	for name, tt := range map[string]struct {
		frame string
		code  int // 0: nothing is said
	}{
		"not masked":          {"\x81\x02{}", 0},
		"reserved bit":        {"\xc1" + masked[1:], 1002},
		"unknown opcode":      {"\x83" + masked[1:], 1002},
		"continues nothing":   {"\x80" + masked[1:], 1002},
		"control in parts":    {"\x09" + masked[1:], 1002},
		"control too long":    {"\x89\xfe\x00\x7e\x00\x00\x00\x00" + strings.Repeat("x", 126), 1002},
		"reserved close code": {"\x88\x82\x00\x00\x00\x00\x03\xe7", 1002},
		"too large":           {"\x81\xff\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00" + strings.Repeat(" ", 128<<10), 1009},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustServer(t, web.Options{})
			w := mustWire(t, s)
			w.send("GET /graphql HTTP/1.1\nHost: x\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13\n" +
				"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\nSec-WebSocket-Protocol: " + protocol + "\n\n")
			response, err := http.ReadResponse(w.in, nil)
			if err != nil || response.StatusCode != http.StatusSwitchingProtocols {
				t.Fatalf("handshake: %v %v", response, err)
			}
			_ = response.Body.Close()
			if _, err := io.WriteString(w.conn, tt.frame); err != nil {
				t.Fatal(err)
			}
			// The connection ends without an answer to the close frame.
			rest, err := io.ReadAll(w.in)
			if err != nil {
				t.Fatal(err)
			}
			code := 0
			if len(rest) >= 4 && rest[0] == 0x88 {
				code = int(binary.BigEndian.Uint16(rest[2:4]))
			}
			if code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
			if err := s.drained(t, 0); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSocketLimits checks three limits: operations of one socket, bytes of a message, and sockets of one
// address. An operation that has ended makes room for another.
func TestSocketLimits(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.graph.ticks = silent
	h := s.listen(t)
	c := mustDial(t, h, protocol)
	c.init()
	for i := range 20 {
		c.send(fmt.Sprintf(`{"type":"subscribe","id":"%d","payload":{"query":"subscription{ticks{n}}"}}`, i))
	}
	c.send(`{"type":"subscribe","id":"20","payload":{"query":"subscription{ticks{n}}"}}`)
	c.expect(`error 20 [{"message":"A socket may run 20 operations at once.","extensions":{"code":"LIMIT_EXCEEDED"`)
	c.send(`{"type":"complete","id":"0"}`)
	c.send(`{"type":"subscribe","id":"20","payload":{"query":"{hello}"}}`)
	c.expect("next 20", "complete 20")
	at := `{"type":"ping","payload":{"x":""}}`
	c.send(strings.Replace(at, `""`, `"`+strings.Repeat("x", 64<<10-len(at))+`"`, 1))
	c.expect("pong")
	for range 9 {
		mustDial(t, h, protocol)
	}
	_, response, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(h.URL, "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{protocol}})
	if err == nil || response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") == "" {
		t.Errorf("an eleventh socket: %v %v", err, response)
	}
}

// TestSocketDrain shows that a server that drains closes its sockets and is no longer ready.
func TestSocketDrain(t *testing.T) {
	s := mustServer(t, web.Options{})
	s.graph.ticks = silent
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"type":"subscribe","id":"1","payload":{"query":"subscription{ticks{n}}"}}`)
	done := make(chan error, 1)
	go func() { done <- s.Drain(t.Context()) }()
	if got := c.closed(); got != websocket.StatusGoingAway {
		t.Errorf("closed with %d", got)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if a := s.send(t, "GET", "/readyz", ""); a.status != 503 {
		t.Errorf("ready while draining: %d", a.status)
	}
}

// TestSocketDead shows that a client that answers no ping does not occupy a socket for long.
func TestSocketDead(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{PingEvery: 20 * time.Millisecond}})
	h := s.listen(t)
	c := mustDial(t, h, protocol)
	c.init()
	// The client does not read, so it does not answer the ping.
	if err := s.drained(t, 0); err != nil {
		t.Error(err)
	}
}

// TestSocketRevoked shows that an open socket is closed soon after its key has been revoked.
func TestSocketRevoked(t *testing.T) {
	revoked := make(chan struct{})
	s := mustServer(t, web.Options{
		Limits: web.Limits{CheckEvery: 5 * time.Millisecond},
		Authenticate: func(ctx context.Context, c web.Credentials) (context.Context, web.Viewer, error) {
			return ctx, web.Viewer{Key: c.Token, Check: func(context.Context) error {
				select {
				case <-revoked:
					return content.Fault(content.Unauthenticated, "The key was revoked.")
				default:
					return nil
				}
			}}, nil
		},
	})
	c := mustDial(t, s.listen(t), protocol)
	c.send(`{"type":"connection_init","payload":{"Authorization":"Bearer k"}}`)
	c.expect("connection_ack")
	close(revoked)
	if got := c.closed(); got != 4403 {
		t.Errorf("closed with %d", got)
	}
}

// drained waits until that many sockets are open.
func (s *server) drained(t *testing.T, open int) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for s.OpenSockets() != open {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%d sockets are open: %w", s.OpenSockets(), ctx.Err())
		}
	}
	return nil
}

// TestSocketUnread shows that a client that does not read its messages is closed, so that they do not fill
// the memory of the server.
func TestSocketUnread(t *testing.T) {
	s := mustServer(t, web.Options{Limits: web.Limits{UnreadTimeout: 50 * time.Millisecond}})
	s.graph.ticks = func(string) <-chan any {
		out := make(chan any)
		go func() {
			// Until the kernel's buffers are full and the server closes the socket.
			for s.OpenSockets() > 0 {
				select {
				case out <- `"` + strings.Repeat("x", 256<<10) + `"`:
				case <-time.After(time.Millisecond):
				}
			}
			close(out)
		}()
		return out
	}
	c := mustDial(t, s.listen(t), protocol)
	c.init()
	c.send(`{"type":"subscribe","id":"1","payload":{"query":"subscription{ticks{n}}"}}`)
	if err := s.drained(t, 0); err != nil {
		t.Error(err)
	}
}

// BenchmarkIdleSockets measures the memory of an open socket without operations. The client's side
// is a bare connection.
func BenchmarkIdleSockets(b *testing.B) {
	const n = 2_000
	s := mustServer(b, web.Options{Limits: web.Limits{Sockets: n}})
	h := httptest.NewServer(s.Public())
	defer h.Close()
	for b.Loop() {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		conns := make([]net.Conn, 0, n)
		for range n {
			c, err := new(net.Dialer).DialContext(b.Context(), "tcp", strings.TrimPrefix(h.URL, "http://"))
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.WriteString(c, "GET /graphql HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: "+protocol+"\r\n\r\n")
			var head [512]byte
			if _, err := c.Read(head[:]); err != nil {
				b.Fatal(err)
			}
			conns = append(conns, c)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		used := after.HeapAlloc + after.StackInuse - before.HeapAlloc - before.StackInuse
		b.ReportMetric(float64(used)/n, "B/socket")
		for _, c := range conns {
			_ = c.Close()
		}
	}
}
