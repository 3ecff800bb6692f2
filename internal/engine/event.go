package engine

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// Streamer is a field of the subscription type. NodeStream returns one.
type Streamer interface {
	// open starts the stream.
	open(ctx context.Context, c *Call) (events, error)
}

// events is an open stream.
type events interface {
	// next waits for an event and puts it into a column that prepare returns. It returns false when the
	// stream or the context has ended.
	next(ctx context.Context, prepare func() *Column) bool
}

// NodeStream returns the Streamer of a field whose events are objects.
func NodeStream[T any](invoke func(context.Context, *Call) (<-chan T, error), put func(*Column, T)) Streamer {
	return &streamer[T]{invoke, put}
}

type streamer[T any] struct {
	invoke func(context.Context, *Call) (<-chan T, error)
	put    func(*Column, T)
}

func (s *streamer[T]) open(ctx context.Context, c *Call) (events, error) {
	ch, err := s.invoke(ctx, c)
	return &stream[T]{s, ch}, err
}

type stream[T any] struct {
	of *streamer[T]
	ch <-chan T
}

func (s *stream[T]) next(ctx context.Context, prepare func() *Column) bool {
	select {
	case v, ok := <-s.ch:
		if ok {
			s.of.put(prepare(), v)
		}
		return ok
	case <-ctx.Done():
		return false
	}
}

// subscribe opens the stream of a subscription. The handler waits for the next event and answers it, as a
// query whose root field has the event. An error of opening is in the response context, where the executor
// finds it.
func (e *Engine) subscribe(ctx context.Context, oc *graphql.OperationContext, p *plan) graphql.ResponseHandler {
	from := e.openStream(ctx, oc, p)
	return func(ctx context.Context) *graphql.Response {
		if from == nil {
			return nil
		}
		var r *run
		var c *Column
		happened := from.next(ctx, func() *Column {
			r = e.pool.Get().(*run)
			r.begin(ctx, oc, p)
			c = r.eventColumn()
			return c
		})
		if !happened {
			return nil
		}
		for _, g := range c.groups {
			r.open(g)
		}
		r.level()          //nolint:contextcheck // the run has the event's context
		return e.finish(r) //nolint:contextcheck // the same
	}
}

// openStream calls the resolver of a subscription. It returns nil after an error. The resolver's loads wait
// for their timers, since nothing else happens meanwhile.
func (e *Engine) openStream(ctx context.Context, oc *graphql.OperationContext, p *plan) (from events) {
	r := e.pool.Get().(*run)
	r.begin(ctx, oc, p)
	c := r.eventColumn()
	// The resolver may keep its context as long as the stream is open.
	fc := r.describe(c.field, c.group, 0)
	field := graphql.WithFieldContext(graphql.WithFieldContext(ctx, r.describeObject(c.group, 0)), fc)
	defer func() {
		if v := recover(); v != nil {
			oc.Error(field, oc.Recover(field, v))
			from = nil
		}
		if r.end() {
			e.pool.Put(r)
		}
	}()
	call := Call{State: r.state}
	if c.field.spec.Args != nil {
		var err error
		if call.Args, err = c.decode(field); err != nil {
			oc.Error(field, err)
			return nil
		}
		fc.Args = call.Args
	}
	from, err := c.field.spec.Stream.open(field, &call)
	if err != nil {
		oc.Error(field, graphql.AddFieldLocationToError(field, err))
		return nil
	}
	return from
}

// eventColumn returns the column of the only field of a subscription.
func (r *run) eventColumn() *Column {
	c := r.columns.get()
	c.run, c.field, c.group = r, r.root.sel.fields[0], r.root
	r.root.columns = append(r.root.columns, c)
	c.starts = append(c.starts, 0)
	return c
}

// event writes the answer of an event. In gqlgen's, a null that must not be does not remove the answer, and
// the field is not on the path of errors.
func (w *Writer) event() {
	c := w.run.root.columns[0]
	w.buf = append(append(w.buf, '{'), c.field.key[1:]...)
	if _, null := w.node(c, 0, 0, 0); null {
		w.buf = append(w.buf, "null"...)
	}
	w.buf = append(w.buf, '}')
}
