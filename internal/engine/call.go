package engine

import (
	"context"
	"sync"
)

// Call has the parameters of one call of a generated closure. It is valid during that call only.
type Call struct {
	// State is the value that Table.State returned for the operation.
	State any
	// Object is the parent; nil for a root field.
	Object any
	// Args are the decoded arguments, shared by all calls of the field and never changed.
	Args map[string]any
}

// Caller is a field whose values come from calls. LeafCall and NodeCall return one.
type Caller interface {
	// results returns storage for n values.
	results(n int) results
	// leaf reports whether the values are scalars or enums.
	leaf() bool
}

// results stores the values of one column in their own Go type until they are put or written.
// Boxing them would cost an allocation for each string and slice. Calls for different indices may
// run concurrently.
type results interface {
	call(ctx context.Context, c *Call, i int) error
	put(c *Column, i int)
	write(w *Writer, i int)
	free()
}

// LeafCall returns the Caller of a field whose values are scalars or enums.
func LeafCall[T any](invoke func(context.Context, *Call) (T, error), write func(*Writer, T)) Caller {
	return &caller[T]{invoke: invoke, writeValue: write}
}

// NodeCall returns the Caller of a field whose values are objects.
func NodeCall[T any](invoke func(context.Context, *Call) (T, error), put func(*Column, T)) Caller {
	return &caller[T]{invoke: invoke, putValue: put}
}

// caller implements both kinds of Caller: exactly one of putValue and writeValue is set. The pool
// holds storage for values of its type, so a field that is called again allocates none.
type caller[T any] struct {
	invoke     func(context.Context, *Call) (T, error)
	putValue   func(*Column, T)
	writeValue func(*Writer, T)
	pool       sync.Pool
}

// leaf reports whether the results are written as they are, without a selection below them.
func (c *caller[T]) leaf() bool { return c.writeValue != nil }

func (c *caller[T]) results(n int) results {
	v, ok := c.pool.Get().(*values[T])
	if !ok {
		v = &values[T]{of: c}
	}
	if cap(v.all) < n {
		v.all = make([]T, n)
	}
	v.all = v.all[:n]
	return v
}

// maxPooled is the length of the longest slice that goes back to a pool, so that one huge answer does not
// hold its memory indefinitely. Lists have at most a hundred elements, so this is a page of pages.
const maxPooled = 1 << 14

// values is the storage of one column. Calls write it concurrently without a lock, since each has
// an index of its own.
type values[T any] struct {
	of  *caller[T]
	all []T
}

func (v *values[T]) call(ctx context.Context, c *Call, i int) error {
	value, err := v.of.invoke(ctx, c)
	if err != nil {
		return err
	}
	v.all[i] = value
	return nil
}

func (v *values[T]) put(c *Column, i int)   { v.of.putValue(c, v.all[i]) }
func (v *values[T]) write(w *Writer, i int) { v.of.writeValue(w, v.all[i]) }

// free returns the storage to the pool without its values, so that the pool does not retain what
// they point to.
func (v *values[T]) free() {
	if cap(v.all) > maxPooled {
		return
	}
	clear(v.all)
	v.of.pool.Put(v)
}
