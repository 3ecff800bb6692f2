package odd

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"patternhub/internal/engine/testdata/odd/model"
)

// Loader loads one kind of thing by key, many at a time.
type Loader[V any] struct {
	batch  dataloader.BatchFunc[string, V]
	read   func(string) (V, error)
	wait   time.Duration
	cached bool
	once   sync.Once
	inner  *dataloader.Loader[string, V]

	mu sync.Mutex
	// sent reports for each key that was asked for whether a flush has sent it.
	sent map[string]bool
}

// open makes the loader at the first load. Under the engine, which flushes the loader, its timer
// is only a safety net; under the stock executor the timer sends every batch.
func (l *Loader[V]) open(ctx context.Context) (*dataloader.Loader[string, V], func()) {
	wait, attached := ctx.Value(waitKey{}).(func())
	l.once.Do(func() {
		timer := time.Duration(0)
		if attached {
			timer = l.wait
		}
		l.inner = dataloader.NewBatchedLoader(l.batch, dataloader.WithWait[string, V](timer))
	})
	if !attached {
		wait = func() {}
	}
	return l.inner, wait
}

func (l *Loader[V]) flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for k := range l.sent {
		l.sent[k] = true
	}
	if l.inner != nil {
		l.inner.Flush()
	}
}

// waits reports whether one of some keys has not been sent yet.
func (l *Loader[V]) waits(keys []string) (waits bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent == nil {
		l.sent = map[string]bool{}
	}
	for _, k := range keys {
		waits = waits || !l.sent[k]
		l.sent[k] = l.sent[k]
	}
	return waits
}

// Loads holds the loaders of one response, to which the engine is connected.
type Loads struct {
	Dogs  *Loader[*model.Dog]
	Cats  *Loader[*model.Cat]
	Boxes *Loader[*model.Box]
	// Batches counts the reads that a program would send to its database.
	Batches atomic.Int64

	// Loaded, if not nil, is called with the context of each load.
	Loaded func(ctx context.Context)

	counted atomic.Int64
}

type (
	loadsKey struct{}
	waitKey  struct{}
)

// With returns a context with its own loaders. Under the engine wait is their timers' delay;
// without it they send immediately.
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

// Cache makes all loads return immediately, as with a cache in front of the database.
func (l *Loads) Cache() { l.Dogs.cached, l.Cats.cached, l.Boxes.cached = true, true, true }

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

// Load loads one value. It calls the engine's wait function first if it would block.
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
	if f := from(ctx).Loaded; f != nil {
		f(ctx)
	}
	if l.cached {
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
	thunks := make([]dataloader.Thunk[V], len(keys))
	for i, key := range keys {
		thunks[i] = inner.Load(ctx, key)
	}
	if l.waits(keys) {
		wait()
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

// Levels implements engine.Loads.
type Levels struct{}

// Attach puts wait into the context, where Load looks it up.
func (Levels) Attach(ctx context.Context, wait func()) context.Context {
	return context.WithValue(ctx, waitKey{}, wait)
}

// Flush sends all batches. The loads that wait read them.
func (Levels) Flush(ctx context.Context) {
	l := from(ctx)
	l.Dogs.flush()
	l.Cats.flush()
	l.Boxes.flush()
}
