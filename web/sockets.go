package web

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
)

// keySockets is how many times as many sockets a key may have open as an address: a key is a
// site whose servers stand behind many addresses.
const keySockets = 10

// sockets counts open sockets and streams by address and by key.
// open has both addresses and keys, told apart by the word before a key. Names with nothing open
// are forgotten, so strangers cannot make it grow.
type sockets struct {
	limit int
	total atomic.Int64
	mu    sync.Mutex
	open  map[string]int
	live  map[*socket]struct{}
	ended bool          // no more are let in
	empty chan struct{} // closed when none is left after the end
}

func newSockets(limit int) *sockets {
	return &sockets{limit: limit, open: map[string]int{}, live: map[*socket]struct{}{}, empty: make(chan struct{})}
}

// enter takes one of an address's places, or says that none is left.
// Whoever entered must leave once, whatever became of the connection.
func (s *sockets) enter(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.open[address] >= s.limit {
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
	s.drop(address)
	if s.total.Add(-1) == 0 && s.ended {
		close(s.empty)
	}
}

// enterKey takes one of a key's places; without a key there is no limit but the address's.
func (s *sockets) enterKey(key string) bool {
	if key == "" {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open["key "+key] >= keySockets*s.limit {
		return false
	}
	s.open["key "+key]++
	return true
}

// leaveKey gives a key's place back.
func (s *sockets) leaveKey(key string) {
	if key == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop("key " + key)
}

// add notes a socket, so that it can be told when the server stops; false says it stops already.
func (s *sockets) add(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.live[k] = struct{}{}
	return true
}

// remove forgets a socket that has closed.
func (s *sockets) remove(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, k)
}

// drop counts one down and forgets names at zero.
func (s *sockets) drop(name string) {
	if s.open[name]--; s.open[name] <= 0 {
		delete(s.open, name)
	}
}

// end lets no more in and gives the channel that closes when none is left.
// It may be called again and gives the same channel.
func (s *sockets) end() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		if s.total.Load() == 0 {
			close(s.empty)
		}
		for k := range s.live {
			// Each closing handshake waits for its peer.
			go k.close(websocket.StatusGoingAway, "The server stops")
		}
	}
	return s.empty
}

// count tells how many are open.
func (s *sockets) count() int64 { return s.total.Load() }

// isUpgrade tells whether a request asks for a socket.
func isUpgrade(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(header(r, "Upgrade"), "websocket")
}

// bearer takes the token out of an Authorization header.
// It is empty for other schemes, which are then as good as no credentials.
func bearer(header string) string {
	scheme, token, ok := strings.Cut(strings.TrimSpace(header), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
