package live

import (
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"
)

// keySockets is the factor by which a key may open more sockets than an address: a key is a site whose
// servers have many addresses.
const keySockets = 10

// sockets counts open sockets and streams by address and by key. mu guards all fields. open holds
// both addresses and keys, which have a prefix. It drops names without an open socket, so that
// strangers cannot make it grow.
type sockets struct {
	limit int
	total atomic.Int64
	mu    sync.Mutex
	open  map[string]int
	live  map[*socket]struct{}
	ended bool          // no more are admitted
	over  chan struct{} // closed at the end
	empty chan struct{} // closed when none is left after the end
}

// newSockets returns an empty list for at most limit connections.
func newSockets(limit int) *sockets {
	return &sockets{limit: limit, open: map[string]int{}, live: map[*socket]struct{}{}, over: make(chan struct{}), empty: make(chan struct{})}
}

// enter counts a socket of an address, or returns false if the address has too many. After true the
// caller must call leave once, whatever became of the connection.
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

// leave ends the count of a socket of an address.
func (s *sockets) leave(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(address)
	if s.total.Add(-1) == 0 && s.ended {
		close(s.empty)
	}
}

// enterKey counts a socket of a key; without a key only the address's limit applies.
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

// leaveKey ends the count of a socket of a key.
func (s *sockets) leaveKey(key string) {
	if key == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop("key " + key)
}

// add registers a socket, so that the server can close it when it drains; false means that it
// drains already.
func (s *sockets) add(k *socket) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.live[k] = struct{}{}
	return true
}

// remove removes a socket that has closed.
func (s *sockets) remove(k *socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, k)
}

// drop decrements a count and removes names at zero.
func (s *sockets) drop(name string) {
	if s.open[name]--; s.open[name] <= 0 {
		delete(s.open, name)
	}
}

// end admits no more sockets and returns the channel that closes when none is left. It may be
// called again and returns the same channel.
func (s *sockets) end() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.over)
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

// count returns how many are open.
func (s *sockets) count() int64 { return s.total.Load() }

// draining reports whether no more are admitted.
func (s *sockets) draining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}
