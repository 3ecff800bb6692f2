package live

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// subprotocol is the only one spoken on sockets.
const subprotocol = "graphql-transport-ws"

// The close codes of graphql-transport-ws.
const (
	closeInternal     websocket.StatusCode = 4500
	closeBadMessage   websocket.StatusCode = 4400
	closeUnauthorized websocket.StatusCode = 4401
	closeForbidden    websocket.StatusCode = 4403
	closeSubprotocol  websocket.StatusCode = 4406
	closeInitTimeout  websocket.StatusCode = 4408
	closeDuplicate    websocket.StatusCode = 4409
	closeTooManyInits websocket.StatusCode = 4429
)

// maxReason is the longest reason of a close frame.
const maxReason = 120

// socket is one connection. The handler's goroutine reads messages; each operation has a goroutine
// of its own. mu guards the fields below it. Messages are sent without it, since the library queues
// writers.
type socket struct {
	l      *Connections
	conn   *websocket.Conn
	wire   net.Conn        // below conn
	ctx    context.Context //nolint:containedctx // lives as long as the connection
	cancel context.CancelFunc
	header run.Credentials // from the handshake, for clients that can set headers
	own    bool            // whether a page of the hub itself has opened the socket
	work   sync.WaitGroup

	mu        sync.Mutex
	inited    bool
	acked     bool
	counted   bool // the key's count includes this connection
	viewer    run.Viewer
	operators context.Context //nolint:containedctx // the context that Authenticate returned
	running   map[string]*running
}

// running is one operation of a socket.
type running struct{ cancel context.CancelFunc }

// ServeSocket accepts a socket and serves it in a new goroutine, since the request's own has a
// grown stack, which an open socket would retain. It counts the socket before the handshake, so
// that a flood of handshakes is bounded too.
// own reports whether a page of the hub itself opens it; tickets count only there.
func (l *Connections) ServeSocket(w http.ResponseWriter, r *http.Request, who run.Credentials, own bool) {
	address := run.VisitOf(r.Context()).Address
	if !l.sockets.enter(address) {
		l.o.Refuse(w, r, answer.MediaJSON, l.tooMany())
		return
	}
	// The origin was checked with every other cross-site request.
	taken := &smallBuffers{ResponseWriter: w}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, InsecureSkipVerify: true})
	if err != nil {
		l.sockets.leave(address) // Accept has answered
		return
	}
	// net/http ends the request's context when the handler returns, long before the socket.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	k := &socket{l: l, conn: conn, wire: taken.wire, ctx: ctx, cancel: cancel, header: who, own: own}
	go k.serve(address) //nolint:contextcheck // the connection outlives the request that opened it
}

// bufferSize holds the protocol's messages except large documents, which are then read in parts.
// net/http's buffers are 4 KB each way, most of the memory of an idle socket.
const bufferSize = 512

// smallBuffers hands the connection over with small buffers and retains it. It writes the headers
// of the handshake in their registered spelling.
type smallBuffers struct {
	http.ResponseWriter
	wire net.Conn
}

// WriteHeader sends the handshake. Go's canonical form of the header is Sec-Websocket-Protocol, and
// some clients compare it exactly.
func (s *smallBuffers) WriteHeader(status int) {
	h := s.Header()
	for name, values := range h {
		if rest, ok := strings.CutPrefix(name, "Sec-Websocket-"); ok {
			delete(h, name)
			h["Sec-WebSocket-"+rest] = values
			defer func() { h[name] = values }() // the library reads the agreed protocol afterwards
		}
	}
	s.ResponseWriter.WriteHeader(status)
}

// Hijack takes the connection over. If the client has already sent data, the large buffers stay.
func (s *smallBuffers) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(s.ResponseWriter).Hijack()
	s.wire = conn
	if err != nil || rw.Reader.Buffered() > 0 || rw.Writer.Buffered() > 0 {
		return conn, rw, err //nolint:wrapcheck // it is passed on as it is
	}
	return conn, bufio.NewReadWriter(bufio.NewReaderSize(conn, bufferSize), bufio.NewWriterSize(conn, bufferSize)), nil
}

// serve serves a socket until it closes. The order is that of the protocol: subprotocol,
// initialisation in time, then messages.
func (k *socket) serve(address string) {
	l := k.l
	// Operations end before the socket's count is released, so that a client that reconnects immediately
	// cannot run more of them than its limit.
	defer func() {
		k.cancel()
		k.hangUp()
		k.work.Wait()
		if k.counted {
			l.sockets.leaveKey(k.viewer.Key)
		}
		l.sockets.leave(address)
	}()
	if k.conn.Subprotocol() != subprotocol {
		k.close(closeSubprotocol, "Subprotocol not acceptable")
		return
	}
	// A longer message closes the connection with 1009.
	k.conn.SetReadLimit(l.o.Limits.MessageBytes)
	if !l.sockets.add(k) {
		k.close(websocket.StatusGoingAway, "The server stops")
		return
	}
	defer l.sockets.remove(k)
	// Timers and not goroutines watch a socket, since thousands of them may be idle.
	init := time.AfterFunc(l.o.Limits.InitTimeout, func() {
		if !k.ready() {
			k.close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer init.Stop()
	defer k.repeat(l.o.Limits.CheckEvery, k.check).Stop()
	defer k.repeat(l.o.Limits.PingEvery, k.ping).Stop()
	k.read()
}

// What is read from a peer after its socket was closed, so that it receives the reason: for a
// second, which is many round trips, and at most a message's bytes.
const (
	lingerTime  = time.Second
	lingerBytes = 64 << 10
)

// hangUp ends the connection. After broken framing the library sends a close frame and leaves the
// connection open, without a count. hangUp reads what the peer still sends for a moment, since
// closing with unread bytes would destroy the frame on its way.
func (k *socket) hangUp() {
	if tcp, ok := k.wire.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		_ = tcp.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.CopyN(io.Discard, tcp, lingerBytes) // so that the peer gets the frame
	}
	_ = k.conn.CloseNow() // it may be closed already
}

// repeat calls f at an interval as long as the connection lives. The next call is scheduled when
// the last one has ended, so that slow calls never overlap.
func (k *socket) repeat(every time.Duration, f func()) *time.Timer {
	var timer *time.Timer
	// The function uses the timer, which exists only after AfterFunc has returned.
	started := make(chan struct{})
	timer = time.AfterFunc(every, func() {
		<-started
		if k.ctx.Err() == nil {
			f()
			timer.Reset(every)
		}
	})
	close(started)
	return timer
}

// check closes the socket when its key was revoked. A failed look-up closes it too: the client
// reconnects and is checked again.
func (k *socket) check() {
	if v := k.who(); v.Check != nil && v.Check(k.ctx) != nil {
		k.close(closeForbidden, "Forbidden")
	}
}

// ping closes the connection of a peer that does not answer before the next ping.
func (k *socket) ping() {
	ctx, cancel := context.WithTimeout(k.ctx, k.l.o.Limits.PingEvery)
	defer cancel()
	if k.conn.Ping(ctx) != nil {
		_ = k.conn.CloseNow() // the peer is dead
	}
}

// read serves messages until either side closes the connection.
func (k *socket) read() {
	defer func() {
		if p := recover(); p != nil {
			_ = k.l.o.Runner.Recovered(k.ctx, p) // it logs; the client gets the close code
			k.close(closeInternal, "Internal error")
		}
	}()
	for {
		// Reading also answers pings and closing handshakes.
		kind, data, err := k.conn.Read(k.ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			k.close(closeBadMessage, "Messages are text")
			return
		}
		if code, reason := k.message(data); code != 0 {
			k.close(code, reason)
			return
		}
	}
}

// ready reports whether the connection is initialised.
func (k *socket) ready() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.acked
}

// who returns the viewer of the connection, the zero Viewer until the connection is initialised.
func (k *socket) who() run.Viewer {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.viewer
}

// close ends the connection with a code. The closing handshake waits for the peer; CloseNow of the
// deferred cancel bounds that. The first code wins; later ones are ignored.
func (k *socket) close(code websocket.StatusCode, reason string) {
	if len(reason) > maxReason {
		reason = reason[:maxReason]
	}
	// It may be closed already, by the peer or by another goroutine.
	_ = k.conn.Close(code, strings.ToValidUTF8(reason, ""))
	k.cancel()
}

// send writes one message. A client that does not read for UnreadTimeout loses its connection.
func (k *socket) send(m message) {
	raw, err := json.Marshal(m)
	if err != nil {
		k.close(closeInternal, "Internal error")
		return
	}
	// Writers queue for the connection, so the time includes the messages before this one.
	ctx, cancel := context.WithTimeout(k.ctx, k.l.o.Limits.UnreadTimeout)
	defer cancel()
	if k.conn.Write(ctx, websocket.MessageText, raw) != nil {
		_ = k.conn.CloseNow()
		k.cancel()
	}
}

// init authenticates the connection by the payload of connection_init. It blocks the reading of further
// messages until the viewer is known, so that none is served as anonymous.
func (k *socket) init(raw json.RawMessage) (websocket.StatusCode, string) {
	// A second one is a fault even if it would fail.
	k.mu.Lock()
	again := k.inited
	k.inited = true
	k.mu.Unlock()
	if again {
		return closeTooManyInits, "Too many initialisation requests"
	}
	c, code, reason := k.credentials(raw)
	if code != 0 {
		return code, reason
	}
	// A store that hangs does not hold the socket: the initialisation timer runs on.
	ctx, viewer, refusal := k.l.o.Runner.Authenticate(k.ctx, c)
	k.mu.Lock()
	k.operators, k.viewer = ctx, viewer
	k.mu.Unlock()
	if refusal != nil {
		return closing(c, refusal)
	}
	if !k.l.sockets.enterKey(viewer.Key) {
		k.l.o.Limited("sockets")
		return websocket.StatusTryAgainLater, "Too many sockets of this key"
	}
	k.mu.Lock()
	k.counted, k.acked = true, true
	k.mu.Unlock()
	k.send(message{Type: "connection_ack"})
	return 0, ""
}

// closing returns the close code and reason for a refused viewer. A socket without credentials gets
// another code than one whose credentials are not enough.
func closing(c run.Credentials, refusal *operation.Refusal) (websocket.StatusCode, string) {
	switch refusal.Code {
	case content.Unauthenticated:
		if c.Anonymous() {
			return closeUnauthorized, refusal.Errs[0].Message
		}
		return closeForbidden, refusal.Errs[0].Message
	case content.Forbidden:
		return closeForbidden, refusal.Errs[0].Message
	case content.RateLimited:
		return websocket.StatusTryAgainLater, "Too many wrong keys"
	case content.Unavailable, content.Timeout, content.Internal:
		return closeInternal, "Internal error"
	default:
		return closeBadMessage, refusal.Errs[0].Message
	}
}

// credentials reads the payload of connection_init and adds it to the handshake's.
func (k *socket) credentials(raw json.RawMessage) (run.Credentials, websocket.StatusCode, string) {
	if len(raw) == 0 || string(raw) == "null" {
		return k.header, 0, ""
	}
	value, err := operation.ReadJSON(raw, k.l.o.Limits.JSONDepth)
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return k.header, closeBadMessage, "Invalid payload"
	}
	c, reason := credentialsOf(k.header, object)
	if reason == "" && c.Ticket != "" && !k.own {
		reason = "A ticket counts only on pages of the hub itself."
	}
	if reason != "" {
		return c, closeForbidden, reason
	}
	return c, 0, ""
}

// errNoMessage is parseMessage's error for bytes that are not a message of the protocol.
var errNoMessage = errors.New("not a message of the protocol")
