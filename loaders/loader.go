// Package loaders gathers what the fields of one response ask for and reads it with as few
// commands as possible: one per collection and level. Everything below the root of a query
// is read through it. A set of loaders lives for one response and one perspective.
//
// It wraps dataloader and knows content alone; it decides nothing.
package loaders

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/graph-gophers/dataloader/v7"
)

const (
	// Wait is how long a load waits for company. One millisecond gathers the fields of a level,
	// which start together, and is short beside a round trip to the database.
	Wait = time.Millisecond
	// capacity bounds one batch: $in lists up to about a thousand keys stay cheap.
	capacity = 1000
	// queued is how many loads may stand between the loads and their batch. The room for them is
	// made for each batch, and a level asks for some tens of keys.
	queued = 64
)

// Loader loads values by key, many at a time and each key once. A missing value is the zero
// V, not an error.
// It is safe for concurrent use. Values are shared: whoever changes one changes it for the whole
// response.
type Loader[K comparable, V any] struct {
	read func(context.Context, []K) ([]V, error)
	// peek, where set, answers what is in memory anyway.
	peek   func(context.Context, K) (V, bool)
	shared *shared
	// once makes inner at the first load: a response uses few of the loaders it has.
	once  sync.Once
	inner *dataloader.Loader[K, V]

	// gathered counts the loads of the batch that is being gathered, flushed the batches that
	// have been flushed and have not begun.
	gathered, flushed atomic.Int64

	mu sync.Mutex
	// known are the values that need no waiting: a response sees each key as it first saw it.
	known map[K]V
}

// New makes a loader over a function that reads many keys at once and answers in their order.
// A load waits that long for company.
func New[K comparable, V any](wait time.Duration, read func(context.Context, []K) ([]V, error)) *Loader[K, V] {
	return &Loader[K, V]{read: read, shared: &shared{wait: wait}}
}

// loader makes inner by the context of the first load, which tells who flushes it.
func (l *Loader[K, V]) loader(ctx context.Context) *dataloader.Loader[K, V] {
	l.once.Do(func() {
		l.inner = dataloader.NewBatchedLoader(l.batch, dataloader.WithWait[K, V](timer(ctx, l.shared.wait)),
			dataloader.WithBatchCapacity[K, V](capacity), dataloader.WithInputCapacity[K, V](queued))
		l.shared.opened.add(l)
	})
	return l.inner
}

// send puts a key into the batch that is being gathered.
func (l *Loader[K, V]) send(ctx context.Context, key K) dataloader.Thunk[V] {
	inner := l.loader(ctx)
	l.gathered.Add(1)
	return inner.Load(ctx, key)
}

// flush ends the gathering of a batch, if there is one.
func (l *Loader[K, V]) flush() {
	if l.gathered.Swap(0) > 0 {
		l.flushed.Add(1)
	}
	l.inner.Flush()
}

// timed tells that nobody has flushed a batch.
func (l *Loader[K, V]) timed(ctx context.Context) {
	if a, ok := ctx.Value(levelKey{}).(*attached); ok && a.levels.OnTimer != nil {
		a.levels.OnTimer()
	}
}

// batch answers in the order of the keys. A fault must not stick to a key: the next field may
// try again.
func (l *Loader[K, V]) batch(ctx context.Context, keys []K) []*dataloader.Result[V] {
	if l.flushed.Add(-1) < 0 {
		l.flushed.Add(1)
		if len(keys) < capacity { // a full batch needs no flush
			l.timed(ctx)
		}
	}
	values, err := l.read(ctx, keys)
	out := make([]*dataloader.Result[V], len(keys))
	for i := range keys {
		if err != nil {
			out[i] = &dataloader.Result[V]{Error: dataloader.NewSkipCacheError(err)}
			continue
		}
		out[i] = &dataloader.Result[V]{Data: l.learn(keys[i], values[i])}
	}
	return out
}

// learn makes a value known unless another one is.
// The first one stays, so that a response never shows two states of one entry. It gives the value
// that stands.
func (l *Loader[K, V]) learn(key K, value V) V {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := l.known[key]; ok {
		return v
	}
	if l.known == nil {
		l.known = map[K]V{}
	}
	l.known[key] = value
	return value
}

// now gives what can be had without waiting.
// The lock is not held while memory is asked, so two may ask at once; learn then decides.
func (l *Loader[K, V]) now(ctx context.Context, key K) (V, bool) {
	l.mu.Lock()
	v, ok := l.known[key]
	l.mu.Unlock()
	if ok || l.peek == nil {
		return v, ok
	}
	if v, ok = l.peek(ctx, key); ok {
		v = l.learn(key, v)
	}
	return v, ok
}

// Load reads one value.
// The key is asked for before block, since an executor may flush as soon as everybody waits.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	if v, ok := l.now(ctx, key); ok {
		return v, nil
	}
	ask := l.send(ctx, key)
	block(ctx)
	return unwrap(ask())
}

// LoadMany reads values in the order of the keys.
// It tells the executor once, when all of them are asked for.
func (l *Loader[K, V]) LoadMany(ctx context.Context, keys []K) ([]V, error) {
	a := l.ask(ctx, keys)
	if a.waits() {
		block(ctx)
	}
	return a.values()
}

// asked is a question for many values of which some may be on their way.
type asked[V any] struct {
	out []V
	// pending are the values that are not there yet, by their places.
	pending map[int]dataloader.Thunk[V]
}

// ask asks for values without waiting for them, so that loads of several loaders can be on
// their way together.
func (l *Loader[K, V]) ask(ctx context.Context, keys []K) asked[V] {
	a := asked[V]{out: make([]V, len(keys))}
	for i, k := range keys {
		v, ok := l.now(ctx, k)
		if ok {
			a.out[i] = v
			continue
		}
		if a.pending == nil {
			a.pending = map[int]dataloader.Thunk[V]{}
		}
		a.pending[i] = l.send(ctx, k)
	}
	return a
}

func (a *asked[V]) waits() bool { return len(a.pending) > 0 }

// values waits for what is on its way, all of it also where one fails: dataloader forgets a
// fault only when its key is asked for the result.
func (a *asked[V]) values() ([]V, error) {
	var fault error
	for i, t := range a.pending {
		v, err := unwrap(t())
		if err != nil {
			fault = err
			continue
		}
		a.out[i] = v
	}
	if fault != nil {
		return nil, fault
	}
	return a.out, nil
}

// Clear forgets a value, so that the next load reads it again.
// It is for a mutation that has written what the key stands for.
func (l *Loader[K, V]) Clear(ctx context.Context, key K) {
	l.mu.Lock()
	delete(l.known, key)
	l.mu.Unlock()
	l.loader(ctx).Clear(ctx, key)
}

// expect makes room for so many more values.
func (l *Loader[K, V]) expect(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = make(map[K]V, n)
	}
}

// Prime makes a value known that another read has brought along.
func (l *Loader[K, V]) Prime(key K, value V) { l.learn(key, value) }

// unwrap takes dataloader's wrapper off an error.
func unwrap[V any](v V, err error) (V, error) {
	if err == nil {
		return v, nil
	}
	var zero V
	if skip, ok := err.(*dataloader.SkipCacheError); ok { //nolint:errorlint // dataloader returns it unwrapped
		return zero, skip.Unwrap()
	}
	return zero, err
}
