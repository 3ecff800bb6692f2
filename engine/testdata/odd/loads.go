package odd

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"patternhub/engine/testdata/odd/model"
)

// Loader loads one kind of thing by key, many at a time.
type Loader[V any] struct {
	batch dataloader.BatchFunc[string, V]
	read  func(string) (V, error)
	wait  time.Duration
	known bool
	once  sync.Once
	inner *dataloader.Loader[string, V]

	mu sync.Mutex
	// asked are the loads that were given up, there those of them that are read.
	asked, there map[string]dataloader.Thunk[V]
}

// errAgain is what a load gives up with that will be made again.
var errAgain = errors.New("again")

// open makes the loader at the first load. Under the engine, which flushes it, its timer is
// only a net; an operation that the stock executor runs depends on it.
func (l *Loader[V]) open(ctx context.Context) (*dataloader.Loader[string, V], func() bool) {
	wait, attached := ctx.Value(waitKey{}).(func() bool)
	l.once.Do(func() {
		timer := time.Duration(0)
		if attached {
			timer = l.wait
		}
		l.inner = dataloader.NewBatchedLoader(l.batch, dataloader.WithWait[string, V](timer))
	})
	if !attached {
		wait = func() bool { return true }
	}
	return l.inner, wait
}

func (l *Loader[V]) flush() {
	if l.inner != nil {
		l.inner.Flush()
	}
}

// settle waits for what was given up.
func (l *Loader[V]) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k, thunk := range l.asked {
		thunk() //nolint:errcheck // it is told when it is asked for again
		if l.there == nil {
			l.there = map[string]dataloader.Thunk[V]{}
		}
		l.there[k] = thunk
	}
	clear(l.asked)
}

// ask gives the thunks of keys, and whether all of them are there.
func (l *Loader[V]) ask(ctx context.Context, inner *dataloader.Loader[string, V], keys ...string) (thunks []dataloader.Thunk[V], known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known = true
	for _, k := range keys {
		thunk := l.there[k]
		if thunk == nil {
			known = false
			thunk = inner.Load(ctx, k)
		}
		thunks = append(thunks, thunk)
	}
	return thunks, known
}

// giveUp leaves keys to the call that is made again.
func (l *Loader[V]) giveUp(keys []string, thunks []dataloader.Thunk[V]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil {
		l.asked = map[string]dataloader.Thunk[V]{}
	}
	for i, k := range keys {
		l.asked[k] = thunks[i]
	}
}

// Loads holds the loaders of one response and joins them with the engine.
type Loads struct {
	Dogs  *Loader[*model.Dog]
	Cats  *Loader[*model.Cat]
	Boxes *Loader[*model.Box]
	// Batches counts what would be commands to a database.
	Batches atomic.Int64
}

type (
	loadsKey struct{}
	waitKey  struct{}
)

// With gives a context with loaders of its own. Under the engine their timers are that long;
// without it they do not wait for company.
func (p *Program) With(ctx context.Context, wait time.Duration) (context.Context, *Loads) {
	l := &Loads{}
	l.Dogs = newLoader(l, wait, func(k string) (*model.Dog, error) {
		if k == "6" {
			return nil, errors.New("dog six ran away")
		}
		return p.dogs[k], nil
	})
	l.Cats = newLoader(l, wait, func(k string) (*model.Cat, error) { return cat(k), nil })
	l.Boxes = newLoader(l, wait, func(k string) (*model.Box, error) {
		return p.byID[k], nil
	})
	return context.WithValue(ctx, loadsKey{}, l), l
}

// Know makes all values known, as they are when a cache stands before the database: no load
// blocks.
func (l *Loads) Know() { l.Dogs.known, l.Cats.known, l.Boxes.known = true, true, true }

func newLoader[V any](l *Loads, wait time.Duration, read func(string) (V, error)) *Loader[V] {
	batch := func(_ context.Context, keys []string) []*dataloader.Result[V] {
		l.Batches.Add(1)
		out := make([]*dataloader.Result[V], len(keys))
		for i, k := range keys {
			v, err := read(k)
			out[i] = &dataloader.Result[V]{Data: v, Error: err}
		}
		return out
	}
	return &Loader[V]{batch: batch, read: read, wait: wait}
}

func from(ctx context.Context) *Loads { return ctx.Value(loadsKey{}).(*Loads) }

// Load loads one value and tells the engine first that it is about to block, which costs
// little when the value is known.
func (l *Loader[V]) Load(ctx context.Context, key string) (V, error) {
	all, err := l.LoadAll(ctx, key)
	if err != nil {
		var none V
		return none, err
	}
	return all[0], nil
}

// LoadAll loads values in the order of the keys.
func (l *Loader[V]) LoadAll(ctx context.Context, keys ...string) ([]V, error) {
	if l.known {
		out := make([]V, len(keys))
		for i, k := range keys {
			var err error
			if out[i], err = l.read(k); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	inner, wait := l.open(ctx)
	thunks, known := l.ask(ctx, inner, keys...)
	if !known && !wait() {
		l.giveUp(keys, thunks)
		return nil, errAgain
	}
	out := make([]V, len(keys))
	for i, t := range thunks {
		v, err := t()
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

// Levels joins the loaders with the engine.
type Levels struct{}

// Attach puts wait where Load finds it.
func (Levels) Attach(ctx context.Context, wait func() bool) context.Context {
	return context.WithValue(ctx, waitKey{}, wait)
}

// Flush starts all batches and waits for what was given up.
func (Levels) Flush(ctx context.Context) {
	l := from(ctx)
	l.Dogs.flush()
	l.Cats.flush()
	l.Boxes.flush()
	l.Dogs.settle()
	l.Cats.settle()
	l.Boxes.settle()
}
