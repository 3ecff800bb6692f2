// Package loaders gathers what the fields of one response ask for and reads it with as few
// commands as possible: one per collection and level. Everything below the root of a query
// is read through it. A set of loaders lives for one response and one perspective.
//
// It wraps dataloader and knows content alone; it decides nothing.
package loaders

import (
	"context"
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
)

// Loader loads values by key, many at a time and each key once. A missing value is the zero
// V, not an error.
type Loader[K comparable, V any] struct {
	read func(context.Context, []K) ([]V, error)
	wait time.Duration
	// once makes inner at the first load: a response uses few of the loaders it has.
	once  sync.Once
	inner *dataloader.Loader[K, V]
}

// New makes a loader over a function that reads many keys at once and answers in their order.
// A load waits that long for company.
func New[K comparable, V any](wait time.Duration, read func(context.Context, []K) ([]V, error)) *Loader[K, V] {
	return &Loader[K, V]{read: read, wait: wait}
}

func (l *Loader[K, V]) loader() *dataloader.Loader[K, V] {
	l.once.Do(func() {
		l.inner = dataloader.NewBatchedLoader(l.batch,
			dataloader.WithWait[K, V](l.wait), dataloader.WithBatchCapacity[K, V](capacity), dataloader.WithInputCapacity[K, V](capacity))
	})
	return l.inner
}

// batch answers in the order of the keys. A fault must not stick to a key: the next field may
// try again.
func (l *Loader[K, V]) batch(ctx context.Context, keys []K) []*dataloader.Result[V] {
	values, err := l.read(ctx, keys)
	out := make([]*dataloader.Result[V], len(keys))
	for i := range keys {
		if err != nil {
			out[i] = &dataloader.Result[V]{Error: dataloader.NewSkipCacheError(err)}
			continue
		}
		out[i] = &dataloader.Result[V]{Data: values[i]}
	}
	return out
}

// Load reads one value.
func (l *Loader[K, V]) Load(ctx context.Context, key K) (V, error) {
	return unwrap(l.loader().Load(ctx, key)())
}

// LoadMany reads values in the order of the keys.
func (l *Loader[K, V]) LoadMany(ctx context.Context, keys []K) ([]V, error) {
	return l.start(ctx, keys)()
}

// start asks for values without waiting for them, so that loads of several loaders can be on
// their way together.
func (l *Loader[K, V]) start(ctx context.Context, keys []K) func() ([]V, error) {
	thunks := make([]dataloader.Thunk[V], len(keys))
	for i, k := range keys {
		thunks[i] = l.loader().Load(ctx, k)
	}
	return func() ([]V, error) {
		out := make([]V, len(keys))
		for i, t := range thunks {
			v, err := unwrap(t())
			if err != nil {
				return nil, err
			}
			out[i] = v
		}
		return out, nil
	}
}

// Clear forgets a value, so that the next load reads it again.
func (l *Loader[K, V]) Clear(ctx context.Context, key K) { l.loader().Clear(ctx, key) }

// Prime makes a value known that another read has brought along.
func (l *Loader[K, V]) Prime(ctx context.Context, key K, value V) { l.loader().Prime(ctx, key, value) }

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
