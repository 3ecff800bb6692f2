package odd

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"patternhub/engine/testdata/odd/model"
)

// Loader loads one kind of thing by key, many at a time.
type Loader[V any] struct {
	inner *dataloader.Loader[string, V]
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

// With gives a context with loaders of its own, whose loads wait that long for company.
func With(ctx context.Context, wait time.Duration) (context.Context, *Loads) {
	l := &Loads{}
	all := boxes()
	l.Dogs = newLoader(l, wait, func(k string) (*model.Dog, error) {
		if k == "6" {
			return nil, errors.New("dog six ran away")
		}
		return dog(k), nil
	})
	l.Cats = newLoader(l, wait, func(k string) (*model.Cat, error) { return cat(k), nil })
	l.Boxes = newLoader(l, wait, func(k string) (*model.Box, error) {
		for _, b := range all {
			if b.ID == k {
				return b, nil
			}
		}
		return nil, nil
	})
	return context.WithValue(ctx, loadsKey{}, l), l
}

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
	return &Loader[V]{inner: dataloader.NewBatchedLoader(batch, dataloader.WithWait[string, V](wait))}
}

func from(ctx context.Context) *Loads { return ctx.Value(loadsKey{}).(*Loads) }

// Load loads one value. Known values are told at once; others tell the engine first that they
// are about to block.
func (l *Loader[V]) Load(ctx context.Context, key string) (V, error) {
	thunk := l.inner.Load(ctx, key)
	if wait, ok := ctx.Value(waitKey{}).(func()); ok {
		wait()
	}
	return thunk()
}

// LoadAll loads values in the order of the keys.
func (l *Loader[V]) LoadAll(ctx context.Context, keys ...string) ([]V, error) {
	thunks := make([]dataloader.Thunk[V], len(keys))
	for i, k := range keys {
		thunks[i] = l.inner.Load(ctx, k)
	}
	if wait, ok := ctx.Value(waitKey{}).(func()); ok {
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

// Levels joins the loaders with the engine.
type Levels struct{}

// Attach puts wait where Load finds it.
func (Levels) Attach(ctx context.Context, wait func()) context.Context {
	return context.WithValue(ctx, waitKey{}, wait)
}

// Flush starts all batches.
func (Levels) Flush(ctx context.Context) {
	l := from(ctx)
	l.Dogs.inner.Flush()
	l.Cats.inner.Flush()
	l.Boxes.inner.Flush()
}
