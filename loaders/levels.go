package loaders

import (
	"context"
	"sync"
	"time"
)

// defaultNet is the time that a load waits under an executor that flushes. It is a safety net for loads
// of goroutines that a resolver started, which the executor does not know.
// It is much longer than a level takes, so that a flush comes first, and much shorter than a
// request may take.
const defaultNet = 100 * time.Millisecond

// Levels connects the loaders to an executor that works level by level. When every call of a level
// waits, the executor calls Flush, so no load waits for a timer.
// The zero value is ready for use. Levels has the two methods that an executor needs, so that
// neither package imports the other.
type Levels struct {
	// Net is the time that a load waits for a flush; 0 means a default. Tests make it long, so that a
	// load without a flush fails them.
	Net time.Duration
	// OnTimer, if not nil, is called for each batch that was read because its time was up.
	OnTimer func()
}

type levelKey struct{}

// attached is the context of the loads of a level. It holds the values that each load reads, so
// that a load need not search all the contexts of a request.
type attached struct {
	context.Context //nolint:containedctx // it is a context

	wait           func()
	levels         Levels
	promise, touch any
}

// Value returns the values of loads without a search.
func (a *attached) Value(key any) any {
	switch key {
	case levelKey{}:
		return a
	case contextKey{}:
		return a.promise
	case touchKey{}:
		return a.touch
	}
	return a.Context.Value(key)
}

// Attach returns a context whose loads call wait before they block.
func (l Levels) Attach(ctx context.Context, wait func()) context.Context {
	if l.Net == 0 {
		l.Net = defaultNet
	}
	return &attached{Context: ctx, wait: wait, levels: l, promise: ctx.Value(contextKey{}), touch: ctx.Value(touchKey{})}
}

// Flush reads the pending keys of all loaders of the response and returns when they are read.
// It is safe for concurrent use. Without loaders in the context it does nothing.
func (Levels) Flush(ctx context.Context) {
	if p, ok := ctx.Value(contextKey{}).(*promise); ok {
		p.shared.active.flush()
	}
}

// levelOf returns the level that a load belongs to; nil if no executor flushes.
func levelOf(ctx context.Context) *attached {
	level, _ := ctx.Value(levelKey{}).(*attached)
	return level
}

// block reports to the executor, if there is one, that a load has to wait.
func block(ctx context.Context) {
	if level := levelOf(ctx); level != nil {
		level.wait()
	}
}

// active lists the loaders of a response that an executor has to flush.
// A response has about a hundred loaders and uses few of them, so a flush visits only those.
type active struct {
	mu  sync.Mutex
	all []flusher
}

// flusher is a loader of any types.
type flusher interface {
	flush() (read func())
}

// add puts a loader on the list of those with something to load.
func (o *active) add(l flusher) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, l)
}

// flush reads the pending keys of all loaders concurrently. One of the reads runs in this
// goroutine, whose stack has already grown.
func (o *active) flush() {
	o.mu.Lock()
	all := o.all // append-only, so the copy of the slice is safe to read
	o.mu.Unlock()
	var mine func()
	var others sync.WaitGroup
	for _, l := range all {
		read := l.flush()
		if mine == nil {
			mine = read
		} else if read != nil {
			others.Go(func() { grow(0); read() })
		}
	}
	if mine != nil {
		mine()
	}
	others.Wait()
}

// commandStack is about what a command needs of a stack.
const commandStack = 20 << 10

// grow makes the stack of a new goroutine large enough for a command of the store at once. Otherwise the stack
// would be copied at each doubling, deep within the driver.
//
//go:noinline
func grow(i int) byte {
	var frame [commandStack]byte
	return frame[i]
}
