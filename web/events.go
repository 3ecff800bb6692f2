package web

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// serveEvents runs an operation whose results go out as server-sent events, one connection for
// each operation, as the npm client graphql-sse and a browser's EventSource speak it.
// A stream counts as a socket, for its address and for its key.
func (s *Server) serveEvents(w http.ResponseWriter, r *http.Request, media string, p *params) {
	media = or(media, mediaJSON)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	authorized, viewer, refused := s.authenticate(ctx, credentials(r))
	if refused != nil {
		s.refuse(w, r, media, refused)
		return
	}
	ctx = authorized
	address := visitOf(ctx).address
	if !s.sockets.enter(address) {
		s.refuse(w, r, media, s.tooMany())
		return
	}
	defer s.sockets.leave(address)
	if !s.sockets.enterKey(viewer.Key) {
		s.refuse(w, r, media, s.tooMany())
		return
	}
	defer s.sockets.leaveKey(viewer.Key)
	// An EventSource can only GET; mutations by GET are refused here as everywhere.
	c, refused := s.admit(ctx, p, viewer)
	if refused == nil && c.op.def.Operation == ast.Mutation && r.Method != http.MethodPost {
		refused = onlyOnce(c, r.Method)
	}
	var events <-chan event
	if refused == nil {
		c.event = strings.TrimSpace(r.Header.Get("Last-Event-ID"))
		events, refused = s.stream(ctx, c)
	}
	// Limits and rates answer with their status, so that a client backs off.
	if refused != nil && !refused.wellFormed {
		s.refuse(w, r, media, refused)
		return
	}
	out := &eventWriter{w: w, control: http.NewResponseController(w), unread: s.limits.UnreadTimeout}
	if !out.start() {
		return
	}
	if refused != nil {
		// An EventSource cannot read the body of an error, so a faulty document is told as a
		// result.
		out.send("next", "", errorBody(refused.errs))
		out.send("complete", "", nil)
		return
	}
	s.pump(ctx, out, events, viewer)
}

// pump writes events until the operation is over, the client is gone or does not read, its key
// is revoked, or the server drains.
// The caller's cancel ends the operation when it returns, whatever the reason. Events are never
// buffered here: a client that reads slowly slows its own operation down.
func (s *Server) pump(ctx context.Context, out *eventWriter, events <-chan event, viewer Viewer) {
	ping := time.NewTicker(s.limits.PingEvery)
	defer ping.Stop()
	check := time.NewTicker(s.limits.CheckEvery)
	defer check.Stop()
	for {
		select {
		case e, open := <-events:
			if !open {
				out.send("complete", "", nil)
				return
			}
			data := e.body
			if e.errs != nil {
				data = errorBody(e.errs)
			}
			if !out.send("next", e.id, data) {
				return
			}
		// A comment keeps proxies from closing an idle stream, and finds clients that have gone.
		case <-ping.C:
			if !out.write([]byte(":\n\n")) {
				return
			}
		case <-check.C:
			if viewer.Check == nil {
				continue
			}
			// The client is told why, or it would connect again with the same key.
			if err := viewer.Check(ctx); err != nil {
				out.send("next", "", errorBody(s.refuseError(ctx, err).errs))
				out.send("complete", "", nil)
				return
			}
		case <-s.drained:
			out.send("complete", "", nil)
			return
		case <-ctx.Done():
			return
		}
	}
}

// eventWriter writes an event stream; each write has its own deadline.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	unread  time.Duration
}

// start sends the headers, so that the client knows at once that it is connected.
func (e *eventWriter) start() bool {
	h := e.w.Header()
	h.Set("Content-Type", mediaEvents+"; charset=utf-8")
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("X-Accel-Buffering", "no")
	h.Del("Content-Length")
	e.w.WriteHeader(http.StatusOK)
	return e.write([]byte(":\n\n"))
}

// send writes one event. Data is always there, even empty, because an EventSource drops events
// without it; a newline cannot stand in it, since JSON escapes them.
func (e *eventWriter) send(name, id string, data []byte) bool {
	var b bytes.Buffer
	if id != "" && !strings.ContainsAny(id, "\r\n\x00") {
		b.WriteString("id: " + id + "\n")
	}
	b.WriteString("event: " + name + "\ndata: ")
	b.Write(bytes.TrimSpace(data))
	b.WriteString("\n\n")
	return e.write(b.Bytes())
}

// write sends bytes at once; false says that the client does not take them.
func (e *eventWriter) write(b []byte) bool {
	// A test's recorder has no deadlines, and no slow readers.
	_ = e.control.SetWriteDeadline(time.Now().Add(e.unread))
	// A client that does not read fills the kernel's buffer first; then the deadline counts.
	if _, err := e.w.Write(b); err != nil {
		return false
	}
	return e.control.Flush() == nil
}
