package live

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// ServeEvents runs an operation and sends its results as server-sent events, one connection for
// each operation, in the form of the npm client graphql-sse and a browser's EventSource. It returns
// a refusal if nothing was sent. A stream counts as a socket, for its address and for its key. ctx
// carries what the request was admitted with; its deadline does not apply to the stream.
func (l *Connections) ServeEvents(ctx context.Context, w http.ResponseWriter, r *http.Request, c *run.Call) *operation.Refusal {
	answer.AwaitNothing(w)
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(r.Context(), cancel)() //nolint:contextcheck // its end means that the client has left
	address := run.VisitOf(ctx).Address
	if !l.sockets.enter(address) {
		return l.tooMany()
	}
	defer l.sockets.leave(address)
	if !l.sockets.enterKey(c.Viewer.Key) {
		return l.tooMany()
	}
	defer l.sockets.leaveKey(c.Viewer.Key)
	c.LastEventID = strings.TrimSpace(r.Header.Get("Last-Event-ID"))
	events, refusal := l.stream(ctx, c)
	if refusal != nil {
		return refusal
	}
	if out := l.eventWriter(w); out.start() {
		l.pump(ctx, out, c, events)
	}
	return nil
}

// RefuseEvents sends the errors of a request that was not executed as a result.
func (l *Connections) RefuseEvents(w http.ResponseWriter, refusal *operation.Refusal) {
	if out := l.eventWriter(w); out.start() {
		out.end(run.ErrorBody(refusal.Errs))
	}
}

// stream is Runner.Results for a transport that also waits for other things: a channel that closes
// when the operation ends. Its goroutine ends with ctx.
func (l *Connections) stream(ctx context.Context, c *run.Call) (<-chan run.Event, *operation.Refusal) {
	results, refusal := l.o.Runner.Results(ctx, c)
	if refusal != nil {
		return nil, refusal
	}
	// Unbuffered: a client that does not read delays the operation and does not fill the memory.
	out := make(chan run.Event)
	go func() {
		defer close(out)
		for e := range results {
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

// pump writes events until the operation ends, the client leaves or does not read, its key is
// revoked, or the server drains. The caller must cancel ctx afterwards, which ends the operation.
// Events are never buffered here: a client that reads slowly delays only its own operation.
func (l *Connections) pump(ctx context.Context, out *eventWriter, c *run.Call, events <-chan run.Event) {
	ping := time.NewTicker(l.o.Limits.PingEvery)
	defer ping.Stop()
	check := time.NewTicker(l.o.Limits.CheckEvery)
	defer check.Stop()
	// A query or a mutation is a request in flight, which is answered in any case.
	drained := l.sockets.over
	if c.Operation.Def.Operation != ast.Subscription {
		drained = nil
	}
	for {
		select {
		case e, open := <-events:
			if !open {
				out.send("complete", "", nil)
				return
			}
			data := e.Body
			if e.Errs != nil {
				data = run.ErrorBody(e.Errs)
			}
			if !out.send("next", e.ID, data) {
				return
			}
		// A comment keeps proxies from closing an idle stream, and detects clients that have left.
		case <-ping.C:
			if !out.write([]byte(":\n\n")) {
				return
			}
		case <-check.C:
			if refusal := l.o.Runner.Recheck(ctx, c.Viewer); refusal != nil {
				// The client gets the reason; otherwise it would reconnect with the same key.
				if refusal.Code != content.Internal && refusal.Code != content.Unavailable && refusal.Code != content.Timeout {
					out.end(run.ErrorBody(refusal.Errs))
				}
				return
			}
		// No "complete", which means that the stream has ended for good: a client reconnects, to
		// another replica, and resumes after its last event. So it does if its key cannot be looked
		// up.
		case <-drained:
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

// eventWriter returns a writer of events to a client.
func (l *Connections) eventWriter(w http.ResponseWriter) *eventWriter {
	return &eventWriter{w: w, control: http.NewResponseController(w), unread: l.o.Limits.UnreadTimeout}
}

// end sends a last result and the end of the stream.
func (e *eventWriter) end(data []byte) {
	if e.send("next", "", data) {
		e.send("complete", "", nil)
	}
}

// start sends the headers immediately, so that the client sees that it is connected.
func (e *eventWriter) start() bool {
	h := e.w.Header()
	h.Set("Content-Type", answer.MediaEvents+"; charset=utf-8")
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("X-Accel-Buffering", "no")
	h.Del("Content-Length")
	e.w.WriteHeader(http.StatusOK)
	return e.write([]byte(":\n\n"))
}

// send writes one event. It always has a data line, even an empty one, because an EventSource drops
// events without it. The data has no newline, since JSON escapes them.
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

// write sends bytes immediately and returns false if the client does not read them.
func (e *eventWriter) write(b []byte) bool {
	// A test's recorder has no deadlines, and no slow reader.
	_ = e.control.SetWriteDeadline(time.Now().Add(e.unread))
	// A client that does not read first fills the kernel's buffer; then the deadline applies.
	if _, err := e.w.Write(b); err != nil {
		return false
	}
	return e.control.Flush() == nil
}
