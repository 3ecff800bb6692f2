package content

import (
	"context"
	"sync"
	"sync/atomic"
)

// Moment identifies a state of a store, as the store itself numbers them; a later one is larger.
// The zero Moment is the newest state at the time of each read.
type Moment uint64

// State is a state of the whole content: the number of its newest change, and the moment at which a
// store can read it.
type State struct {
	Moment Moment
	Seq    int64
}

// reading holds the state that the reads of one response share.
type reading struct {
	begin        func() State
	inconsistent atomic.Bool // see Leave

	mu    sync.Mutex // guards begun and state
	begun bool
	state State // valid once begun
}

// readingKey is the context key of a reading.
type readingKey struct{}

// ReadOne returns a context whose reads all see one state of the content. The first read calls begin
// to get it, so a context that is prepared early still reads a recent state.
func ReadOne(ctx context.Context, begin func() State) context.Context {
	return context.WithValue(ctx, readingKey{}, &reading{begin: begin})
}

// ReadNewest returns a context in which each read sees the newest state, whatever ctx says.
func ReadNewest(ctx context.Context) context.Context {
	return context.WithValue(ctx, readingKey{}, (*reading)(nil))
}

// StateOf returns the state that reads with a context see; ok is false if each read sees the newest.
func StateOf(ctx context.Context) (s State, ok bool) {
	r, _ := ctx.Value(readingKey{}).(*reading)
	if r == nil {
		return State{}, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.begun {
		r.begun, r.state = true, r.begin()
	}
	return r.state, true
}

// Wrote moves later reads with a context to the moment of its write, so that the response to a write
// shows its result.
func Wrote(ctx context.Context, at Moment) {
	r, _ := ctx.Value(readingKey{}).(*reading)
	if r == nil || at == 0 {
		return
	}
	if s, _ := StateOf(ctx); s.Moment == 0 || s.Moment >= at {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state.Moment = at
}

// Leave records that something in the response of a context is not of its state: the store no longer
// has what it was then, or a copy in memory is newer. The response has to be computed again.
func Leave(ctx context.Context) {
	if r, _ := ctx.Value(readingKey{}).(*reading); r != nil {
		r.inconsistent.Store(true)
	}
}

// Left reports whether Leave was called with a context.
func Left(ctx context.Context) bool {
	r, _ := ctx.Value(readingKey{}).(*reading)
	return r != nil && r.inconsistent.Load()
}
