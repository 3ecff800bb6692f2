// Package wait holds the ways in which goroutines wait: for each other, for the next attempt, for
// the clock. It does not know what they wait for.
package wait

import (
	"context"
	"sync"
	"time"
)

// Signal wakes one goroutine. NewSignal makes one. It is safe for concurrent use.
type Signal struct{ c chan struct{} }

// NewSignal returns a Signal.
func NewSignal() Signal { return Signal{make(chan struct{}, 1)} }

// Notify wakes the goroutine that waits on C, or the next one that does. It never blocks. Calls
// that come before the goroutine receives count as one.
func (s Signal) Notify() {
	select {
	case s.c <- struct{}{}:
	default:
	}
}

// C returns the channel that has a value after Notify.
func (s Signal) C() <-chan struct{} { return s.c }

// Broadcast wakes all goroutines that wait. Its zero value is ready, and it is safe for concurrent
// use.
type Broadcast struct {
	mu   sync.Mutex    // guards next
	next chan struct{} // closed by the next Notify; nil until a goroutine waits
}

// C returns a channel that the next Notify closes. A caller must take the channel before it checks
// the condition it waits for, so that it cannot miss a change in between.
func (b *Broadcast) C() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

// Notify wakes all goroutines that wait. It never blocks.
func (b *Broadcast) Notify() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
}

// Sleep waits for d and reports true, or false when ctx ends first.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Every calls f immediately and then whenever d has passed, until ctx ends. A call that takes longer
// than d delays the next.
func Every(ctx context.Context, d time.Duration, f func(context.Context)) {
	clock := time.NewTicker(d)
	defer clock.Stop()
	for {
		f(ctx)
		select {
		case <-ctx.Done():
			return
		case <-clock.C:
		}
	}
}
