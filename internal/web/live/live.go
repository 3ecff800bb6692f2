package live

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// Limits are the bounds of sockets and streams. All of them must be set.
type Limits struct {
	Sockets       int // for each address
	Operations    int // on each socket
	MessageBytes  int64
	JSONDepth     int
	InitTimeout   time.Duration // until connection_init
	PingEvery     time.Duration // two missed pongs end a socket
	UnreadTimeout time.Duration // for a client that does not read
	CheckEvery    time.Duration // between checks of an open socket's key
}

// Options configures Connections.
type Options struct {
	answer.Writer
	Runner   *run.Runner
	Limits   Limits
	Limited  func(limit string) // called with the name of a limit that is reached
	Registry prometheus.Registerer
}

// Connections holds the open sockets and event streams. It is safe for concurrent use.
type Connections struct {
	o       Options
	sockets *sockets
}

// New returns Connections without an open one.
func New(o Options) *Connections {
	l := &Connections{o: o, sockets: newSockets(o.Limits.Sockets)}
	_ = o.Registry.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "websocket_connections", Help: "Open sockets."},
		func() float64 { return float64(l.Count()) }))
	return l
}

// Count returns how many sockets and streams are open.
func (l *Connections) Count() int64 { return l.sockets.count() }

// Drain admits no more connections, closes sockets with 1001 and ends streams without completing
// them, so that their clients reconnect elsewhere and miss nothing. It returns when all are closed
// or ctx ends.
func (l *Connections) Drain(ctx context.Context) error {
	select {
	case <-l.sockets.end():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait for %d sockets to close: %w", l.Count(), ctx.Err())
	}
}

// IsUpgrade reports whether a request asks for a socket.
func IsUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(answer.Header(r, "Upgrade"), "websocket")
}

// tooMany refuses a socket or a stream of an address that has too many of them, and every one once
// the server drains.
func (l *Connections) tooMany() *operation.Refusal {
	if l.sockets.draining() {
		refusal := operation.Refuse(content.Unavailable, "The server stops.")
		refusal.RetryAfter = time.Second
		return refusal
	}
	l.o.Limited("sockets")
	refusal := operation.Refuse(content.RateLimited,
		fmt.Sprintf("An address may have %d sockets and streams open, a key %d.", l.o.Limits.Sockets, keySockets*l.o.Limits.Sockets))
	refusal.RetryAfter = l.o.Limits.PingEvery
	return refusal
}
