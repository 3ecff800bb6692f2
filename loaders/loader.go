// Package loaders gathers what the fields of one response ask for and reads it with as few
// commands as possible: one per collection and level. Everything below the root of a query
// is read through it. A set of loaders lives for one response and one perspective.
//
// It knows content alone; it decides nothing.
package loaders

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"
)

const (
	// Wait is how long a load waits for company. One millisecond gathers the fields of a level,
	// which start together, and is short beside a round trip to the database.
	Wait = time.Millisecond
	// capacity bounds one batch: $in lists up to about a thousand keys stay cheap.
	capacity = 1000
	// queued is how many loads may stand between the loads and dataloader's batch. The room for them
	// is made for each batch, and a level asks for some tens of keys.
	queued = 64
)

// Loader loads values by key, many at a time and each key once. A missing value is the zero
// V, not an error.
// It is safe for concurrent use. Values are shared: whoever changes one changes it for the whole
// response.
//
// Under an executor that flushes it gathers keys itself, and the flush reads them. Elsewhere
// dataloader gathers them by time.
type Loader[K comparable, V any] struct {
	read func(context.Context, []K) ([]V, error)
	// peek, where set, answers what is in memory anyway.
	peek   func(context.Context, K) (V, bool)
	shared *shared
	// inner is made at the first load that nobody flushes.
	inner lazy[dataloader.Loader[K, V]]

	mu sync.Mutex
	// known are the values that need no waiting: a response sees each key as it first saw it.
	known map[K]V
	// next is what the next flush reads; nil when nothing was asked for since the last one.
	next *batch[K]
	// failed is what the last flush could not read. Loads that were given up hear of it when they are
	// made again, before the next flush; all others have heard of it themselves.
	failed *batch[K]
	listed bool // among the loaders that are flushed
}

// batch is what one flush reads.
type batch[K comparable] struct {
	// ctx is that of the first load: a resolver must not end it while others may wait.
	ctx  context.Context //nolint:containedctx // as a read has one
	keys []K
	// gaveUp tells of each key whether a load of it was given up.
	gaveUp map[K]bool
	done   chan struct{} // closed when the keys are read, or have failed with err
	err    error
}

// errAgain is what a load gives up with whose executor will call again: nobody sees it.
var errAgain = errors.New("the call is to be made again when its loads are read")

// New makes a loader over a function that reads many keys at once and answers in their order.
// A load waits that long for company.
func New[K comparable, V any](wait time.Duration, read func(context.Context, []K) ([]V, error)) *Loader[K, V] {
	return &Loader[K, V]{read: read, shared: &shared{wait: wait}}
}

// timed gives the dataloader.
func (l *Loader[K, V]) timed() *dataloader.Loader[K, V] {
	return l.inner.get(func() *dataloader.Loader[K, V] {
		return dataloader.NewBatchedLoader(l.results, dataloader.WithWait[K, V](l.shared.wait),
			dataloader.WithBatchCapacity[K, V](capacity), dataloader.WithInputCapacity[K, V](queued))
	})
}

// lazy is made when it is first asked for, as a response uses little of what it could.
type lazy[T any] struct {
	once sync.Once
	made *T
}

func (l *lazy[T]) get(make func() *T) *T {
	l.once.Do(func() { l.made = make() })
	return l.made
}

// results reads a batch of dataloader's and answers in the order of the keys. A fault must not
// stick to a key: the next field may try again.
func (l *Loader[K, V]) results(ctx context.Context, keys []K) []*dataloader.Result[V] {
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

// gather puts keys into what the next flush reads.
func (l *Loader[K, V]) gather(ctx context.Context, keys ...K) *batch[K] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.listed {
		l.listed = true
		l.shared.opened.add(l)
	}
	if l.next == nil {
		l.next = &batch[K]{ctx: ctx, gaveUp: map[K]bool{}, done: make(chan struct{})}
	}
	for _, key := range keys {
		if !l.next.holds(key) {
			l.next.gaveUp[key] = false
			l.next.keys = append(l.next.keys, key)
		}
	}
	return l.next
}

// giveUp notes that loads of keys were given up, which will be made again.
func (l *Loader[K, V]) giveUp(b *batch[K], keys ...K) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		b.gaveUp[key] = true
	}
}

// await returns when a batch is read.
// Who was told to wait finds it read. A goroutine that a resolver has started is not waited for by
// the executor, and reads the batch itself where nobody flushes it.
func (l *Loader[K, V]) await(ctx context.Context, b *batch[K]) {
	levels := levelOf(ctx).levels
	if b.over(levels.Net) {
		return
	}
	l.mu.Lock()
	left := l.next == b
	if left {
		l.next = nil
	}
	l.mu.Unlock()
	if left {
		if levels.OnTimer != nil {
			levels.OnTimer()
		}
		l.readBatch(b)
	}
	<-b.done
}

// outcome is what became of a key of a batch that is read.
func (l *Loader[K, V]) outcome(b *batch[K], key K) (V, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.known[key]
	if !ok {
		return v, b.err
	}
	return v, nil
}

// holds tells whether a key is in a batch; there may be none.
func (b *batch[K]) holds(key K) bool {
	if b == nil {
		return false
	}
	_, there := b.gaveUp[key]
	return there
}

// over waits until a batch is read, at most that long.
func (b *batch[K]) over(patience time.Duration) bool {
	select {
	case <-b.done:
		return true
	default:
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-b.done:
		return true
	case <-timer.C:
		return false
	}
}

// flush ends the gathering of a batch and gives what reads it, nil where nothing was asked for.
// The fault of the batch before is forgotten.
func (l *Loader[K, V]) flush() (read func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.next
	l.next, l.failed = nil, nil
	if b == nil {
		return nil
	}
	return func() { l.readBatch(b) }
}

// readBatch makes the values of a batch known. What fails is kept for those who were given up, since
// nobody else has heard of it; a panic of the store must not take down more than its readers.
func (l *Loader[K, V]) readBatch(b *batch[K]) {
	defer close(b.done)
	defer func() {
		if p := recover(); p != nil {
			b.err = fmt.Errorf("panic %s in a batch: %v", where(), p)
		}
		if b.err != nil {
			l.mu.Lock()
			l.failed = b
			l.mu.Unlock()
		}
	}()
	for keys := range slices.Chunk(b.keys, capacity) {
		values, err := l.read(b.ctx, keys)
		if err != nil {
			b.err = err
			return
		}
		l.expect(len(keys))
		for i, key := range keys {
			l.learn(key, values[i])
		}
	}
}

// where tells the line that a panic came from: each field that hears of it logs it, which is too
// often for a whole stack.
func where() string {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") || !more {
			return fmt.Sprintf("at %s:%d", filepath.Base(frame.File), frame.Line)
		}
	}
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

// now gives what can be had without waiting: a value, or the fault of the last flush.
// The lock is not held while memory is asked, so two may ask at once; learn then decides.
func (l *Loader[K, V]) now(ctx context.Context, key K) (v V, ok bool, fault error) {
	l.mu.Lock()
	v, ok = l.known[key]
	if !ok && l.failed != nil && l.failed.gaveUp[key] {
		fault = l.failed.err
	}
	coming := !ok && l.next.holds(key)
	l.mu.Unlock()
	if ok || fault != nil || coming || l.peek == nil {
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
	switch {
	case ok || err != nil:
		return v, err
	case levelOf(ctx) == nil:
		return unwrap(l.timed().Load(ctx, key)())
	}
	b := l.gather(ctx, key)
	if !block(ctx) {
		l.giveUp(b, key)
		return v, errAgain
	}
	l.await(ctx, b)
	return l.outcome(b, key)
}

// LoadMany reads values in the order of the keys.
// It tells the executor once, when all of them are asked for.
func (l *Loader[K, V]) LoadMany(ctx context.Context, keys []K) ([]V, error) {
	a := l.ask(ctx, keys)
	if a.waits() && !block(ctx) {
		a.giveUp()
		return nil, errAgain
	}
	return a.values(ctx)
}

// asked is a question for many values of which some may be on their way.
type asked[K comparable, V any] struct {
	of   *Loader[K, V]
	keys []K
	out  []V
	// missing are the places of the values that are not there yet: they come with batch, or one by
	// one from dataloader.
	missing []int
	batch   *batch[K]
	thunks  []dataloader.Thunk[V]
	// fault is that of a load which was given up before.
	fault error
}

// ask asks for values without waiting for them, so that loads of several loaders can be on
// their way together.
func (l *Loader[K, V]) ask(ctx context.Context, keys []K) asked[K, V] {
	a := asked[K, V]{of: l, keys: keys, out: make([]V, len(keys))}
	places := l.recall(keys, a.out)
	if len(places) == 0 {
		return a
	}
	a.missing = places[:0] // behind the one that is looked at
	wanted := make([]K, 0, len(places))
	for _, i := range places {
		v, ok, err := l.now(ctx, keys[i])
		switch {
		case ok:
			a.out[i] = v
		case err != nil:
			a.fault = err
		default:
			a.missing, wanted = append(a.missing, i), append(wanted, keys[i])
		}
	}
	switch {
	case len(wanted) == 0:
	case levelOf(ctx) != nil:
		a.batch = l.gather(ctx, wanted...)
	default:
		for _, key := range wanted {
			a.thunks = append(a.thunks, l.timed().Load(ctx, key))
		}
	}
	return a
}

func (a *asked[K, V]) waits() bool { return len(a.missing) > 0 }

// giveUp leaves what is on its way to the call that will be made again.
func (a *asked[K, V]) giveUp() {
	for _, i := range a.missing {
		a.of.giveUp(a.batch, a.keys[i])
	}
}

// values waits for what is on its way, all of it also where one fails: dataloader forgets a
// fault only when its key is asked for the result.
func (a *asked[K, V]) values(ctx context.Context) ([]V, error) {
	if a.batch != nil {
		a.of.await(ctx, a.batch)
	}
	for n, i := range a.missing {
		var err error
		if a.batch != nil {
			a.out[i], err = a.of.outcome(a.batch, a.keys[i])
		} else {
			a.out[i], err = unwrap(a.thunks[n]())
		}
		if err != nil {
			a.fault = err
		}
	}
	if a.fault != nil {
		return nil, a.fault
	}
	return a.out, nil
}

// recall puts what is known in its places and gives the other ones. The keys of a list are mostly
// those of the lists before it, and this takes the lock once for all of them.
func (l *Loader[K, V]) recall(keys []K, out []V) (missing []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, k := range keys {
		v, ok := l.known[k]
		if out[i] = v; ok {
			continue
		}
		if missing == nil {
			missing = make([]int, 0, len(keys)-i)
		}
		missing = append(missing, i)
	}
	return missing
}

// Clear forgets a value, so that the next load reads it again.
// It is for a mutation that has written what the key stands for.
func (l *Loader[K, V]) Clear(ctx context.Context, key K) {
	l.mu.Lock()
	delete(l.known, key)
	l.mu.Unlock()
	l.timed().Clear(ctx, key)
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
