package engine

import (
	"context"
	"sync"
)

// Call is what a generated closure needs to make one call. It is valid during the call only.
type Call struct {
	// State is what Table.State made for the operation.
	State any
	// Object is the parent; nil for a root field.
	Object any
	// Args are the decoded arguments, shared by all calls of the field and never changed.
	Args map[string]any
}

// Caller is a field that is called: LeafCall and NodeCall make them.
type Caller interface {
	// results gives room for n values.
	results(n int) results
	// leaf says whether the values are scalars or enums.
	leaf() bool
}

// results holds the values of its Go type without boxing them, which would cost an allocation
// for each string and slice. It holds the values of one column until they are put or written. Calls for different
// places may run at once.
type results interface {
	call(ctx context.Context, c *Call, i int) error
	// boxed makes the call for a middleware; set takes what came out of it and says whether
	// it had the right type.
	boxed(ctx context.Context, c *Call) (any, error)
	set(i int, v any) bool
	put(c *Column, i int)
	write(w *Writer, i int)
	// zero is the zero value, for the message about a wrong type.
	zero() any
	free()
}

// LeafCall is a called field whose values are scalars or enums.
func LeafCall[T any](invoke func(context.Context, *Call) (T, error), write func(*Writer, T)) Caller {
	return &caller[T]{invoke: invoke, writeValue: write}
}

// NodeCall is a called field whose values are objects.
func NodeCall[T any](invoke func(context.Context, *Call) (T, error), put func(*Column, T)) Caller {
	return &caller[T]{invoke: invoke, putValue: put}
}

// caller is both kinds of Caller: exactly one of putValue and writeValue is set. The pool holds
// room for values of its type, so a field that is called again allocates nothing for them.
type caller[T any] struct {
	invoke     func(context.Context, *Call) (T, error)
	putValue   func(*Column, T)
	writeValue func(*Writer, T)
	pool       sync.Pool
}

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

// keep is the longest slice that goes back to a pool: one huge answer must not hold its room
// for ever. Lists are at most a hundred long, so this is a page of pages.
const keep = 1 << 14

// values is the room of one column. Different places may be written at once, since no two calls
// have the same one.
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

func (v *values[T]) boxed(ctx context.Context, c *Call) (any, error) { return v.of.invoke(ctx, c) }

func (v *values[T]) set(i int, value any) bool {
	t, ok := value.(T)
	v.all[i] = t
	return ok
}

func (v *values[T]) zero() any {
	var t T
	return t
}

func (v *values[T]) put(c *Column, i int)   { v.of.putValue(c, v.all[i]) }
func (v *values[T]) write(w *Writer, i int) { v.of.writeValue(w, v.all[i]) }

// free gives the room back without the values: what they point to must not live on in a pool.
func (v *values[T]) free() {
	if cap(v.all) > keep {
		return
	}
	clear(v.all)
	v.of.pool.Put(v)
}
