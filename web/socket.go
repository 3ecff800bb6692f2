package web

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

// maxReason is what a close frame's reason may hold.
const maxReason = 120

// socket is one connection. Messages are read by the handler's goroutine; each operation has
// one of its own.
// mu guards what follows it. Messages are sent without it, since the library queues writers itself.
type socket struct {
	s      *Server
	conn   *websocket.Conn
	wire   net.Conn        // below conn
	ctx    context.Context //nolint:containedctx // the connection's life, which its operations share
	cancel context.CancelFunc
	header Credentials // from the handshake, for clients that can set headers
	work   sync.WaitGroup

	mu        sync.Mutex
	inited    bool
	acked     bool
	counted   bool // the key's places include this connection
	viewer    Viewer
	operators context.Context //nolint:containedctx // what Authenticate made of ctx
	running   map[string]*running
}

// running is one operation of a socket.
type running struct{ cancel context.CancelFunc }

// serveSocket accepts a socket and hands it to a goroutine of its own: the one of the request
// has a stack that grew on the way here, and an open socket would keep it.
// A place is taken before the handshake, so that a flood of handshakes is bounded too.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request) {
	address := visitOf(r.Context()).address
	if !s.sockets.enter(address) {
		s.refuse(w, r, mediaJSON, s.tooMany())
		return
	}
	// The origin was checked with every other cross-site request.
	taken := &slim{ResponseWriter: w}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, InsecureSkipVerify: true})
	if err != nil {
		s.sockets.leave(address) // Accept has answered.
		return
	}
	// net/http ends the request's context when the handler returns, long before the socket.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	k := &socket{s: s, conn: conn, wire: taken.wire, ctx: ctx, cancel: cancel, header: credentials(r)}
	go k.serve(address) //nolint:contextcheck // the connection outlives the request that opened it
}

// slimBuffer holds the messages of the protocol but for large documents, which are then read
// in parts. net/http's own buffers are 4 KB each way, most of what an idle socket needs.
const slimBuffer = 512

// slim hands a connection over with small buffers, and remembers it.
type slim struct {
	http.ResponseWriter
	wire net.Conn
}

// Hijack takes the connection over. Whoever has sent something already keeps the large buffers.
func (s *slim) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(s.ResponseWriter).Hijack()
	s.wire = conn
	if err != nil || rw.Reader.Buffered() > 0 || rw.Writer.Buffered() > 0 {
		return conn, rw, err //nolint:wrapcheck // it is passed on as it is
	}
	return conn, bufio.NewReadWriter(bufio.NewReaderSize(conn, slimBuffer), bufio.NewWriterSize(conn, slimBuffer)), nil
}

// serve serves a socket until it closes.
// It has the order of the protocol: subprotocol, initialisation within a time, then messages.
func (k *socket) serve(address string) {
	s := k.s
	// Operations end before the place is given back, so that a client that reconnects in a hurry
	// cannot have more of them than its limit.
	defer func() {
		k.cancel()
		k.hangUp()
		k.work.Wait()
		if k.counted {
			s.sockets.leaveKey(k.viewer.Key)
		}
		s.sockets.leave(address)
	}()
	if k.conn.Subprotocol() != subprotocol {
		k.close(closeSubprotocol, "Subprotocol not acceptable")
		return
	}
	// A longer message closes the connection with 1009.
	k.conn.SetReadLimit(s.limits.MessageBytes)
	if !s.sockets.add(k) {
		k.close(websocket.StatusGoingAway, "The server stops")
		return
	}
	defer s.sockets.remove(k)
	// Timers and not goroutines watch a socket, since thousands of them stand idle.
	init := time.AfterFunc(s.limits.InitTimeout, func() {
		if !k.ready() {
			k.close(closeInitTimeout, "Connection initialisation timeout")
		}
	})
	defer init.Stop()
	defer k.repeat(s.limits.CheckEvery, k.check).Stop()
	defer k.repeat(s.limits.PingEvery, k.ping).Stop()
	k.read()
}

// What a peer may still send while it reads why its socket was closed: a second is many round
// trips, and nobody needs more bytes than a message has.
const (
	lingerTime  = time.Second
	lingerBytes = 64 << 10
)

// hangUp ends the connection. To a peer that broke the framing the library sends a close frame
// and leaves it there: without this the connection would stay open beyond its place. What the
// peer goes on sending is read for a moment, since closing over unread bytes would destroy the
// frame on its way.
func (k *socket) hangUp() {
	if tcp, ok := k.wire.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		_ = tcp.SetReadDeadline(time.Now().Add(lingerTime))
		_, _ = io.CopyN(io.Discard, tcp, lingerBytes) // only for the peer's sake
	}
	_ = k.conn.CloseNow() // it may be closed already
}

// repeat calls f every so often for as long as the connection lives.
// The next call is set when the last one has ended, so a slow one never overlaps with itself.
func (k *socket) repeat(every time.Duration, f func()) *time.Timer {
	var timer *time.Timer
	// The function uses the timer, which is only known when AfterFunc has returned.
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

// check closes the socket when its key was revoked.
// A store that cannot be asked closes it too: the client comes back and is asked again.
func (k *socket) check() {
	if v := k.who(); v.Check != nil && v.Check(k.ctx) != nil {
		k.close(closeForbidden, "Forbidden")
	}
}

// ping gives up a peer that does not answer within the time to the next ping.
func (k *socket) ping() {
	ctx, cancel := context.WithTimeout(k.ctx, k.s.limits.PingEvery)
	defer cancel()
	if k.conn.Ping(ctx) != nil {
		_ = k.conn.CloseNow() // the peer is dead
	}
}

// read serves messages until the connection is closed from either side.
func (k *socket) read() {
	defer func() {
		if p := recover(); p != nil {
			_ = k.s.recovered(k.ctx, p) // it logs; the close code tells the client
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

// ready tells whether the connection is initialised.
func (k *socket) ready() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.acked
}

// who gives the viewer of the connection.
// It is the zero Viewer until the connection is initialised.
func (k *socket) who() Viewer {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.viewer
}

// close ends the connection with a code. The handshake of closing waits for the peer, so it is
// bounded by CloseNow of the deferred cancel.
// The first code wins; a later one is lost without harm.
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
	ctx, cancel := context.WithTimeout(k.ctx, k.s.limits.UnreadTimeout)
	defer cancel()
	if k.conn.Write(ctx, websocket.MessageText, raw) != nil {
		_ = k.conn.CloseNow()
		k.cancel()
	}
}

// init authenticates the connection by the payload of connection_init.
// It blocks the reading of further messages until the viewer is known, so that none is taken for
// anonymous.
func (k *socket) init(raw json.RawMessage) (websocket.StatusCode, string) {
	// Even a second one that fails is one too many.
	k.mu.Lock()
	again := k.inited
	k.inited = true
	k.mu.Unlock()
	if again {
		return closeTooManyInits, "Too many initialisation requests"
	}
	c, ok := k.credentials(raw)
	if !ok {
		return closeBadMessage, "Invalid payload"
	}
	// A store that hangs is not waited for: the timer of the initialisation goes on.
	ctx, viewer, refused := k.s.authenticate(k.ctx, c)
	k.mu.Lock()
	k.operators, k.viewer = ctx, viewer
	k.mu.Unlock()
	if refused != nil {
		switch refused.status {
		case http.StatusUnauthorized, http.StatusForbidden:
			return closeForbidden, "Forbidden"
		case http.StatusBadRequest:
			return closeBadMessage, "Invalid payload"
		case http.StatusTooManyRequests:
			return websocket.StatusTryAgainLater, "Too many wrong keys"
		}
		return closeInternal, "Internal error"
	}
	if !k.s.sockets.enterKey(viewer.Key) {
		k.s.metrics.limited.WithLabelValues("sockets").Inc()
		return websocket.StatusTryAgainLater, "Too many sockets of this key"
	}
	k.mu.Lock()
	k.counted, k.acked = true, true
	k.mu.Unlock()
	k.send(message{Type: "connection_ack"})
	return 0, ""
}

// credentials reads the payload of connection_init; names are those of the HTTP headers.
// What the payload says wins over the handshake. Names it does not know, and values that are no
// strings, are left alone: clients put their own things there.
func (k *socket) credentials(raw json.RawMessage) (Credentials, bool) {
	c := k.header
	if len(raw) == 0 || string(raw) == "null" {
		return c, true
	}
	value, err := k.s.parseJSON(raw)
	if err != nil {
		return c, false
	}
	object, ok := value.(map[string]any)
	if !ok {
		return c, false
	}
	for name, v := range object {
		s, isString := v.(string)
		switch {
		case !isString:
		case strings.EqualFold(name, "Authorization"):
			c.Token = bearer(s)
		case strings.EqualFold(name, "X-Perspective"):
			c.Perspective = s
		case strings.EqualFold(name, "X-Preview-Token"):
			c.Preview = s
		}
	}
	return c, true
}

// errNoMessage is what parseMessage gives for bytes that are no message of the protocol.
var errNoMessage = errors.New("not a message of the protocol")
