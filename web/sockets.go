package web

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

// sockets counts open sockets and streams by address.
type sockets struct {
	limit int
	total atomic.Int64
	mu    sync.Mutex
	open  map[string]int
}

func newSockets(limit int) *sockets { return &sockets{limit: limit, open: map[string]int{}} }

// enter takes one of an address's places, or says that none is left.
func (s *sockets) enter(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[address] >= s.limit {
		return false
	}
	s.open[address]++
	s.total.Add(1)
	return true
}

// leave gives a place back.
func (s *sockets) leave(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[address]--; s.open[address] <= 0 {
		delete(s.open, address)
	}
	s.total.Add(-1)
}

// count tells how many are open.
func (s *sockets) count() int64 { return s.total.Load() }

// isUpgrade tells whether a request asks for a socket.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// bearer takes the token out of an Authorization header.
func bearer(header string) string {
	scheme, token, ok := strings.Cut(strings.TrimSpace(header), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
