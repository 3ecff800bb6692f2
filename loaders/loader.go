// Package loaders collects the reads of the fields of one response and executes them with as few
// commands as possible: one per collection and level. All reads below the root of a query go
// through it. A set of loaders lives for one response and one perspective.
//
// It imports only content and makes no decisions.
package loaders

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"patternhub/internal/content"
)

const (
	// Wait is the time that a load waits for others to join its batch. One millisecond collects the
	// fields of a level, which start together, and is short compared with a round trip to the
	// database.
	Wait = time.Millisecond
	// capacity bounds one batch: $in lists up to about a thousand keys are cheap.
	capacity = 1000
	// queued is the size of the channel into dataloader's batch. It is allocated for each batch,
	// and a level asks for tens of keys.
	queued = 64
)

// Loader loads values by key, many at a time and each key once. A missing value is the zero V, not
// an error.
// It is safe for concurrent use. The response shares the values: a change to one is visible
// everywhere.
//
// Under an executor that flushes, the loader collects the keys itself and the flush reads them.
// Otherwise dataloader collects them by time.
type Loader[K comparable, V any] struct {
	read func(context.Context, []K) ([]V, error)
	// peek, if not nil, returns a value that is in memory.
	peek func(context.Context, K) (V, bool)
	// whole, if not nil, marks the keys of entries of type of that are to be read whole.
	whole  *marks[K]
	of     content.EntryType
	shared *shared
	// inner is made at the first load without a flushing executor.
	// Its keys and values have no Go type, so that all loaders share one dataloader in the binary.
	inner lazy[dataloader.Loader[any, any]]

	mu sync.Mutex
	// values are those that the response has loaded: each key keeps its first value.
	values map[K]V
	// next is the batch of the next flush; nil if no key is pending.
	next *batch[K]
	// failed is the last batch if it failed. Until the next flush its error is that of the keys that were
	// asked for without a load that waited; all others have already returned it.
	failed     *batch[K]
	registered bool // whether shared.active contains the loader
}

// batch is the keys of one read, and its outcome.
type batch[K comparable] struct {
	// ctx is that of the first load. A resolver must not cancel it while others may wait.
	ctx  context.Context //nolint:containedctx // as a read has one
	keys []K
	// asked reports for each key whether it was asked for by a load that did not wait.
	asked map[K]bool
	done  chan struct{} // closed when the keys are read, or have failed with err
	err   error
}

// New returns a loader that reads many keys with one call of read, which returns values in their order.
// A load waits that long for others to join its batch.
func New[K comparable, V any](wait time.Duration, read func(context.Context, []K) ([]V, error)) *Loader[K, V] {
	return &Loader[K, V]{read: read, shared: &shared{wait: wait}}
}

// timed returns the dataloader.
func (l *Loader[K, V]) timed() *dataloader.Loader[any, any] {
	return l.inner.get(func() *dataloader.Loader[any, any] {
		return dataloader.NewBatchedLoader(l.results, dataloader.WithWait[any, any](l.shared.wait),
			dataloader.WithBatchCapacity[any, any](capacity), dataloader.WithInputCapacity[any, any](queued))
	})
}

// lazy is a value that is made on first use, since a response uses few of its loaders.
type lazy[T any] struct {
	once sync.Once
	made *T
}

func (l *lazy[T]) get(make func() *T) *T {
	l.once.Do(func() { l.made = make() })
	return l.made
}

// results reads a batch for dataloader and returns the results in the order of the keys. It does
// not cache an error, so the next field may try again.
func (l *Loader[K, V]) results(ctx context.Context, asked []any) []*dataloader.Result[any] {
	keys := make([]K, len(asked))
	for i, key := range asked {
		keys[i] = key.(K)
	}
	values, err := l.read(ctx, keys)
	out := make([]*dataloader.Result[any], len(keys))
	for i := range keys {
		if err != nil {
			out[i] = &dataloader.Result[any]{Error: dataloader.NewSkipCacheError(err)}
			continue
		}
		out[i] = &dataloader.Result[any]{Data: l.put(keys[i], values[i])}
	}
	return out
}

// gather adds keys to the batch of the next flush.
func (l *Loader[K, V]) gather(ctx context.Context, keys ...K) *batch[K] {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.registered {
		l.registered = true
		l.shared.active.add(l)
	}
	if l.next == nil {
		l.next = &batch[K]{ctx: ctx, asked: map[K]bool{}, done: make(chan struct{})}
	}
	for _, key := range keys {
		if !l.next.contains(key) {
			l.next.asked[key] = false
			l.next.keys = append(l.next.keys, key)
		}
	}
	return l.next
}

// await returns when a batch is read.
// A load that the executor lets wait is flushed. The executor does not wait for goroutines that a
// resolver started; such a load reads the batch itself when its time is up.
func (l *Loader[K, V]) await(ctx context.Context, b *batch[K]) {
	levels := levelOf(ctx).levels
	if b.waitDone(levels.Net) {
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

// outcome returns the value or the error of a key after its batch was read.
func (l *Loader[K, V]) outcome(b *batch[K], key K) (V, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.values[key]
	if !ok {
		return v, b.err
	}
	return v, nil
}

// contains reports whether a key is in a batch, which may be nil.
func (b *batch[K]) contains(key K) bool {
	if b == nil {
		return false
	}
	_, there := b.asked[key]
	return there
}

// waitDone waits until a batch is read or the timeout ends, and reports which.
func (b *batch[K]) waitDone(timeout time.Duration) bool {
	select {
	case <-b.done:
		return true
	default:
	}
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-b.done:
		return true
	case <-timer.C:
		return false
	}
}

// flush detaches the pending batch and returns a function that reads it; nil if no key is pending.
// It drops the error of the batch before.
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

// readBatch stores the values of a batch. It keeps an error for the loads that did not wait, since they
// have not returned it. A panic of the store becomes an error, so that only this batch fails.
func (l *Loader[K, V]) readBatch(b *batch[K]) {
	defer close(b.done)
	defer func() {
		if p := recover(); p != nil {
			b.err = fmt.Errorf("panic %s in a batch: %v", panicSite(), p)
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
		l.reserve(len(keys))
		for i, key := range keys {
			l.put(key, values[i])
		}
	}
}

// panicSite returns the line that a panic came from. Each field that gets the error logs it, which
// is too often for a whole stack.
func panicSite() string {
	var callers [32]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(3, callers[:])])
	for {
		frame, more := frames.Next()
		if !strings.HasPrefix(frame.Function, "runtime.") || !more {
			return fmt.Sprintf("at %s:%d", filepath.Base(frame.File), frame.Line)
		}
	}
}

// put stores a value unless the key has one, and returns the stored value.
// The first value stays, so that a response never shows two states of one entry.
func (l *Loader[K, V]) put(key K, value V) V {
	l.mu.Lock()
	defer l.mu.Unlock()
	if v, ok := l.values[key]; ok {
		return v
	}
	if l.values == nil {
		l.values = map[K]V{}
	}
	l.values[key] = value
	return value
}

// immediate returns what needs no wait: a value, or the error of the last flush.
// It does not hold the lock during peek, so two loads may peek concurrently; put then chooses one value.
func (l *Loader[K, V]) immediate(ctx context.Context, key K) (v V, ok bool, err error) {
	l.mu.Lock()
	v, ok = l.values[key]
	if !ok && l.failed != nil && l.failed.asked[key] {
		err = l.failed.err
	}
	inBatch := !ok && l.next.contains(key)
	l.mu.Unlock()
	if ok || err != nil || inBatch || l.peek == nil {
		return v, ok, err
	}
	if v, ok = l.peek(ctx, key); ok {
		v = l.put(key, v)
	}
	return v, ok, nil
}

// Load loads one value.
// It adds the key before it calls block, since an executor may flush as soon as every call waits.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	v, ok, err := l.immediate(ctx, key)
	if ok || err != nil {
		return v, err
	}
	l.mark(ctx, key)
	if levelOf(ctx) == nil {
		return unwrap[V](l.timed().Load(ctx, key))
	}
	b := l.gather(ctx, key)
	block(ctx)
	l.await(ctx, b)
	return l.outcome(b, key)
}

// LoadMany loads values in the order of the keys.
// It calls block once, after it has added all keys.
func (l *Loader[K, V]) LoadMany(ctx context.Context, keys []K) ([]V, error) {
	a := l.request(ctx, keys)
	if a.waits() {
		block(ctx)
	}
	return a.values(ctx)
}

// pending is a load of many values, some of which may not be read yet.
type pending[K comparable, V any] struct {
	of   *Loader[K, V]
	keys []K
	out  []V
	// missing are the positions of the values that are not read yet. They come with batch, or one
	// by one from thunks.
	missing []int
	batch   *batch[K]
	thunks  []dataloader.Thunk[any]
	// err is the error of the last flush for one of the keys.
	err error
}

// request starts loading values without waiting for them, so that several loaders can load at the
// same time.
func (l *Loader[K, V]) request(ctx context.Context, keys []K) pending[K, V] {
	a := pending[K, V]{of: l, keys: keys, out: make([]V, len(keys))}
	positions := l.lookup(keys, a.out)
	if len(positions) == 0 {
		return a
	}
	a.missing = positions[:0] // reuses the space of the positions already visited
	wanted := make([]K, 0, len(positions))
	for _, i := range positions {
		v, ok, err := l.immediate(ctx, keys[i])
		switch {
		case ok:
			a.out[i] = v
		case err != nil:
			a.err = err
		default:
			a.missing, wanted = append(a.missing, i), append(wanted, keys[i])
		}
	}
	l.mark(ctx, wanted...)
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

// waits reports whether keys are missing that no read has been sent for.
func (a *pending[K, V]) waits() bool { return len(a.missing) > 0 }

// values waits for the missing values. It calls every thunk, even after an error, because
// dataloader drops an error from its cache only when the result is read.
func (a *pending[K, V]) values(ctx context.Context) ([]V, error) {
	if a.batch != nil {
		a.of.await(ctx, a.batch)
	}
	for n, i := range a.missing {
		var err error
		if a.batch != nil {
			a.out[i], err = a.of.outcome(a.batch, a.keys[i])
		} else {
			a.out[i], err = unwrap[V](a.thunks[n])
		}
		if err != nil {
			a.err = err
		}
	}
	if a.err != nil {
		return nil, a.err
	}
	return a.out, nil
}

// mark marks keys that are to be read whole, if the field of the context shows it.
func (l *Loader[K, V]) mark(ctx context.Context, keys ...K) {
	if len(keys) > 0 && l.whole != nil && l.shared.shows(ctx, l.of) {
		l.whole.add(keys...)
	}
}

// lookup copies stored values to out and returns the positions of the others. The keys of a list
// are mostly those of earlier lists, and this takes the lock once for all of them.
func (l *Loader[K, V]) lookup(keys []K, out []V) (missing []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, k := range keys {
		v, ok := l.values[k]
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

// Clear drops a value, so that the next load reads it again.
// Mutations call it after they have written the value of a key.
func (l *Loader[K, V]) Clear(ctx context.Context, key K) {
	l.mu.Lock()
	delete(l.values, key)
	l.mu.Unlock()
	l.timed().Clear(ctx, key)
}

// reserve makes room for n more values.
func (l *Loader[K, V]) reserve(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values == nil {
		l.values = make(map[K]V, n)
	}
}

// Prime stores a value that another read returned.
func (l *Loader[K, V]) Prime(key K, value V) { l.put(key, value) }

// unwrap returns the value of a thunk, or its error without dataloader's wrapper.
func unwrap[V any](thunk dataloader.Thunk[any]) (v V, err error) {
	found, err := thunk()
	if err == nil {
		if found != nil { // as a missing value may be if V is an interface
			v = found.(V)
		}
		return v, nil
	}
	if skip, ok := err.(*dataloader.SkipCacheError); ok { //nolint:errorlint // dataloader returns it unwrapped
		return v, skip.Unwrap()
	}
	return v, err
}
