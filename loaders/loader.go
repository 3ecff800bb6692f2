// Package loaders gathers what the fields of one response ask for and reads it with as few
// commands as possible: one per collection and level. Everything below the root of a query
// is read through it. A set of loaders lives for one response and one perspective.
//
// It wraps dataloader and knows content alone; it decides nothing.
package loaders

import (
	"context"
	"errors"
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
	// asked are the keys on their way of the loads that were given up, to be made again after the
	// flush; faults are what became of those that failed, until the next flush.
	asked  map[K]dataloader.Thunk[V]
	faults map[K]error
}

// errAgain is what a load gives up with whose executor will call again: nobody sees it.
var errAgain = errors.New("the call is to be made again when its loads are read")

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
	l.mu.Lock()
	sent := l.asked[key]
	l.mu.Unlock()
	if sent != nil {
		return sent
	}
	inner := l.loader(ctx)
	l.gathered.Add(1)
	return inner.Load(ctx, key)
}

// giveUp notes a key whose load will be made again: settle waits for it.
func (l *Loader[K, V]) giveUp(key K, sent dataloader.Thunk[V]) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.asked == nil {
		l.asked = map[K]dataloader.Thunk[V]{}
	}
	l.asked[key] = sent
}

// flush ends the gathering of a batch, if there is one, and forgets the faults of the one before.
func (l *Loader[K, V]) flush() {
	l.mu.Lock()
	l.faults = nil
	l.mu.Unlock()
	if l.gathered.Swap(0) > 0 {
		l.flushed.Add(1)
	}
	l.inner.Flush()
}

// settle waits for the loads that were given up. Values are known then; a fault is kept for those
// who ask again, since nobody else has heard of it.
func (l *Loader[K, V]) settle() {
	l.mu.Lock()
	asked := l.asked
	l.asked = nil
	l.mu.Unlock()
	var faults map[K]error
	for key, sent := range asked {
		if _, err := unwrap(sent()); err != nil {
			if faults == nil {
				faults = map[K]error{}
			}
			faults[key] = err
		}
	}
	if faults != nil {
		l.mu.Lock()
		l.faults = faults
		l.mu.Unlock()
	}
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

// now gives what can be had without waiting: a value, or the fault of the load that was given up.
// The lock is not held while memory is asked, so two may ask at once; learn then decides.
func (l *Loader[K, V]) now(ctx context.Context, key K) (v V, ok bool, fault error) {
	l.mu.Lock()
	if v, ok = l.known[key]; !ok && l.faults != nil {
		fault = l.faults[key]
	}
	l.mu.Unlock()
	if ok || fault != nil || l.peek == nil {
		return v, ok, fault
	}
	if v, ok = l.peek(ctx, key); ok {
		v = l.learn(key, v)
	}
	return v, ok, nil
}

// Load reads one value.
// The key is asked for before block, since an executor may flush as soon as everybody waits.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	v, ok, err := l.now(ctx, key)
	if ok || err != nil {
		return v, err
	}
	sent := l.send(ctx, key)
	if !block(ctx) {
		l.giveUp(key, sent)
		return v, errAgain
	}
	return unwrap(sent())
}

// LoadMany reads values in the order of the keys.
// It tells the executor once, when all of them are asked for.
func (l *Loader[K, V]) LoadMany(ctx context.Context, keys []K) ([]V, error) {
	a := l.ask(ctx, keys)
	if a.waits() && !block(ctx) {
		a.giveUp()
		return nil, errAgain
	}
	return a.values()
}

// asked is a question for many values of which some may be on their way.
type asked[K comparable, V any] struct {
	of   *Loader[K, V]
	keys []K
	out  []V
	// pending are the values that are not there yet.
	pending []pending[V]
	// fault is that of a load which was given up before.
	fault error
}

// pending is a value that is on its way to a place.
type pending[V any] struct {
	place int
	sent  dataloader.Thunk[V]
}

// ask asks for values without waiting for them, so that loads of several loaders can be on
// their way together.
func (l *Loader[K, V]) ask(ctx context.Context, keys []K) asked[K, V] {
	a := asked[K, V]{of: l, keys: keys, out: make([]V, len(keys))}
	for i, k := range keys {
		v, ok, err := l.now(ctx, k)
		switch {
		case ok:
			a.out[i] = v
		case err != nil:
			a.fault = err
		default:
			a.pending = append(a.pending, pending[V]{i, l.send(ctx, k)})
		}
	}
	return a
}

func (a *asked[K, V]) waits() bool { return len(a.pending) > 0 }

// giveUp leaves what is on its way to the call that will be made again.
func (a *asked[K, V]) giveUp() {
	for _, p := range a.pending {
		a.of.giveUp(a.keys[p.place], p.sent)
	}
}

// values waits for what is on its way, all of it also where one fails: dataloader forgets a
// fault only when its key is asked for the result.
func (a *asked[K, V]) values() ([]V, error) {
	fault := a.fault
	for _, p := range a.pending {
		v, err := unwrap(p.sent())
		if err != nil {
			fault = err
			continue
		}
		a.out[p.place] = v
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
