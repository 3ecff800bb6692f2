package loaders

import (
	"context"
	"sync"
	"time"
)

// net is how long a load waits for company under an executor that flushes by itself. It is the
// net under a resolver that starts goroutines, of which such an executor knows nothing.
// It is long beside a level, so that a flush always comes first, and short beside a request's time.
const net = 100 * time.Millisecond

// Levels joins the loaders with an executor that goes level by level and knows when nobody
// else can ask for anything: it is then told to flush, so no load waits for a timer.
// Its zero value is ready for use. It has the two methods that an executor wants, so that neither
// has to know the other.
type Levels struct {
	// Net is how long a load waits that nobody flushes; 0 is a default. Tests make it long, so
	// that a forgotten load is seen.
	Net time.Duration
	// OnTimer is called for each batch that a timer sent, because nobody flushed it; nil is fine.
	OnTimer func()
}

type levelKey struct{}

// attached is the context of the loads of a level. It knows what each load asks for, so that a
// load need not climb through all the contexts of a request.
type attached struct {
	context.Context //nolint:containedctx // it is a context

	wait           func() bool
	levels         Levels
	promise, touch any
}

// Value answers what loads ask.
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

// Attach gives a context whose loads call wait when they are about to block, and give up where it
// says so: then the executor makes the call again after a flush.
func (l Levels) Attach(ctx context.Context, wait func() bool) context.Context {
	if l.Net == 0 {
		l.Net = net
	}
	return &attached{Context: ctx, wait: wait, levels: l, promise: ctx.Value(contextKey{}), touch: ctx.Value(touchKey{})}
}

// Flush reads what the loaders of the response have gathered, and returns when it is there.
// It may be called by any goroutine, and again. A context without loaders has nothing to flush.
func (Levels) Flush(ctx context.Context) {
	if p, ok := ctx.Value(contextKey{}).(*promise); ok {
		p.shared.opened.flush()
	}
}

// levelOf gives the level that a load belongs to; nil where nobody flushes.
func levelOf(ctx context.Context) *attached {
	level, _ := ctx.Value(levelKey{}).(*attached)
	return level
}

// block lets an executor know that a load has to wait, where there is one that wants to, and tells
// whether the load is to do so.
func block(ctx context.Context) bool {
	level := levelOf(ctx)
	return level == nil || level.wait()
}

// opened lists the loaders of a response that an executor has to flush.
// A response has about a hundred loaders and asks few of them, so flushing looks at those few
// alone.
type opened struct {
	mu  sync.Mutex
	all []flusher
}

// flusher is a loader of whatever types.
type flusher interface {
	flush() (read func())
}

func (o *opened) add(l flusher) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.all = append(o.all, l)
}

// flush reads what all loaders have gathered, at the same time: one of them in this goroutine,
// whose stack has grown for it.
func (o *opened) flush() {
	o.mu.Lock()
	all := o.all // only ever appended to
	o.mu.Unlock()
	var mine func()
	var others sync.WaitGroup
	for _, l := range all {
		read := l.flush()
		if mine == nil {
			mine = read
		} else if read != nil {
			others.Go(read)
		}
	}
	if mine != nil {
		mine()
	}
	others.Wait()
}
