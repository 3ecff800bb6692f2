package engine

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

// worker makes calls, one after the other. There is one per response, unless a load blocks: then
// another worker takes over the calls that are left.
type worker struct {
	run  *run
	ctx  context.Context //nolint:containedctx // a worker lives for one response
	call Call
	// at is the call that the worker is making.
	at callRef
	// busy is set during a call, blocked while its load waits for the flush.
	busy, blocked bool
	// retry is set when the call is to be made once more; its outcome is then dropped.
	retry atomic.Bool
}

// callRef identifies one call of a column.
type callRef struct {
	column *Column
	index  int
	// tries is the number of earlier attempts of the call.
	tries int
}

// maxTries is the number of retries of a call before its loads block instead. A resolver that loads
// one thing after the other is called once for each; without a bound, one that asks for something
// new each time would be called forever.
const maxTries = 8

// A load that misses does not block as a rule: its call is abandoned and retried when what it
// asked for has been read. That costs one call more; blocking a goroutine with its stack costs
// several times as much. A call of a root field blocks instead, since it may do much work before
// its load, such as a search, and so does a call inside the field middleware of an extension,
// which must see each call once.
//
// Three rules keep the count of active workers right. A waiting worker continues only after all
// loaders have been flushed; otherwise one type's loads would be sent in two batches. A worker without
// calls is not counted, for it cannot block the others. And a load's own timer remains as a safety
// net for resolvers that start goroutines, which the engine does not see.

// level runs all calls, and those that their results require. Between two flushes it makes every
// call that is possible, at any depth, so that loads share as few batches as possible.
func (r *run) level() {
	if len(r.queue) == 0 {
		return
	}
	r.active = 1
	r.worker().work()
	r.mu.Lock()
	if r.finished {
		r.mu.Unlock()
		return
	}
	r.done = make(chan struct{})
	r.mu.Unlock()
	<-r.done
}

// worker returns a worker whose loads call its wait method before they block.
func (r *run) worker() *worker {
	w := &worker{run: r, ctx: r.ctx}
	w.call.State = r.state
	if r.engine.loads != nil {
		w.ctx = r.engine.loads.Attach(r.ctx, w.wait)
	}
	return w
}

// take returns the next call, retries first, and false when there is none. The caller holds r.mu.
func (r *run) take() (callRef, bool) {
	if !r.pending() {
		return callRef{}, false
	}
	if r.first < len(r.ready) {
		r.first++
		return r.ready[r.first-1], true
	}
	c := r.queue[r.head]
	c.next++
	return callRef{column: c, index: c.next - 1}, true
}

// pending reports whether a call is left to take. The caller holds r.mu.
func (r *run) pending() bool {
	if r.first < len(r.ready) {
		return true
	}
	for r.head < len(r.queue) {
		if c := r.queue[r.head]; c.next < len(c.group.objs) {
			return true
		}
		r.head++
	}
	return false
}

// work makes calls until none is left. The last active worker flushes the loads or ends the run.
func (w *worker) work() {
	r := w.run
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		p, ok := r.take()
		if !ok {
			if r.active--; r.active > 0 || !r.idle() {
				return
			}
			r.active++
			continue
		}
		w.at, w.busy = p, true
		r.mu.Unlock()
		p.column.invoke(w, p.index)
		r.mu.Lock()
		w.busy = false
		if w.blocked {
			r.recount(w)
		}
		if w.retry.Swap(false) {
			p.column.forget(p.index)
			p.tries++
			r.retry = append(r.retry, p)
			continue
		}
		if p.column.left--; p.column.left == 0 {
			r.expand(p.column)
		}
	}
}

// idle is called when no worker is active: it flushes the loads that calls wait for, or ends the
// run if there are none. It reports whether calls are left for the caller to make. The caller holds r.mu.
func (r *run) idle() bool {
	if len(r.waiting) > 0 || len(r.retry) > 0 {
		return r.flush()
	}
	// A goroutine that a resolver left behind may still be waiting.
	r.release()
	r.finished = true
	if r.done != nil {
		close(r.done)
	}
	return false
}

// recount counts a blocked worker as active again: its call has returned although a goroutine of
// the resolver still waits.
func (r *run) recount(w *worker) {
	w.blocked = false
	for i, other := range r.waiting {
		if other == w {
			r.waiting = append(r.waiting[:i], r.waiting[i+1:]...)
			break
		}
	}
	r.active++
}

// wait is called by a load that is about to block, and reports whether the load is to block. If
// so, wait returns after all possible calls have been made and all loads have been flushed.
func (w *worker) wait() bool {
	r := w.run
	r.mu.Lock()
	// The load runs in a goroutine of the resolver; the loader's timer sends it.
	if !w.busy || w.blocked {
		r.mu.Unlock()
		return true
	}
	if r.plain && !w.at.column.group.sel.object.Root && w.at.tries < maxTries {
		w.retry.Store(true)
		r.mu.Unlock()
		return false
	}
	if r.gate == nil {
		r.gate = make(chan struct{})
	}
	gate := r.gate
	w.blocked = true
	r.waiting = append(r.waiting, w)
	r.active--
	if r.pending() || r.active == 0 && r.idle() {
		r.active++
		go r.worker().work()
	}
	r.mu.Unlock()
	<-gate
	return true
}

// flush reads the pending loads, then releases the waiting workers and readies the calls to be
// retried. It reports whether the caller is to make them. The caller holds r.mu, and no worker is
// active. The flush counts as active itself: a worker whose call only a goroutine of a resolver
// blocks may return and finish during the flush, and must not end the run.
func (r *run) flush() bool {
	ctx := r.ctx
	r.active++
	r.mu.Unlock()
	r.engine.loads.Flush(ctx)
	r.mu.Lock()
	r.active--
	for _, w := range r.waiting {
		w.blocked = false
	}
	r.active += len(r.waiting)
	clear(r.waiting)
	r.waiting = r.waiting[:0]
	// A flush happens only after all ready calls have been made.
	r.ready, r.retry, r.first = r.retry, r.ready[:0], 0
	r.release()
	if r.active == 0 && !r.pending() {
		return r.idle()
	}
	return r.pending()
}

// release lets all waiters at the gate continue.
func (r *run) release() {
	if r.gate != nil {
		close(r.gate)
		r.gate = nil
	}
}

// prepare decodes the arguments that all calls of the column share: variables are the same for
// every parent. After a failure each call decodes again, because its error needs its parent's path.
func (c *Column) prepare() {
	f := c.field
	if f.spec.Args == nil {
		return
	}
	if cached := f.args.Load(); cached != nil && f.fixed {
		c.args = *cached
		return
	}
	defer func() {
		if recover() != nil {
			c.badArgs = true
		}
	}()
	args, err := c.decode(c.run.fieldContext(f, c.group, 0))
	if err != nil {
		c.badArgs = true
		return
	}
	c.args = args
	if f.fixed {
		f.args.Store(&args)
	}
}

// decode decodes the arguments of the field once more.
func (c *Column) decode(ctx context.Context) (map[string]any, error) {
	return c.field.spec.Args(c.run.state, ctx, c.field.collected.ArgumentMap(c.run.oc.Variables))
}

// invoke makes one call and stores how it ended. The writing pass reports the errors, because it
// visits every call once and in the order of the document. After the request is cancelled, no call
// is made.
func (c *Column) invoke(w *worker, i int) {
	ctx := &c.contexts[i]
	if here := c.siteOf(w); ctx.site != here {
		if ctx.site != nil {
			// A goroutine of the call before may still read that context.
			ctx = new(callContext)
		}
		ctx.site, ctx.index = here, i
	}
	if err := w.ctx.Err(); err != nil {
		c.fail(i, callLocated, err)
		return
	}
	w.call.Object, w.call.Args = c.group.objs[i], c.args
	if c.group.sel.object.Root {
		c.invokeRoot(w, ctx, i)
	} else {
		c.guarded(ctx, w, i)
	}
	w.call.Object = nil
}

// siteOf returns what the contexts of a worker's calls share. Several workers may make a column's
// calls.
func (c *Column) siteOf(w *worker) *site {
	if at := c.site.Load(); at != nil && at.worker == w {
		return at
	}
	at := &site{Context: w.ctx, worker: w, engine: c.run.engine, life: c.run.life, field: c.field, group: c.group}
	c.site.Store(at)
	return at
}

// guarded makes the call and stores its failure. A panic is reported from the goroutine that
// panicked, so that its stack can be logged.
func (c *Column) guarded(ctx context.Context, w *worker, i int) {
	defer func() {
		if p := recover(); p != nil && !w.retry.Load() {
			c.fail(i, callFailed, c.run.oc.Recover(ctx, p))
		}
	}()
	if c.badArgs {
		args, err := c.decode(ctx)
		if err != nil {
			c.fail(i, callFailed, err)
			return
		}
		w.call.Args = args
	}
	var err error
	if c.run.plain {
		err = c.results.call(ctx, &w.call, i)
	} else {
		err = c.wrapped(ctx, w, i)
	}
	if err != nil && !w.retry.Load() {
		c.fail(i, callLocated, err)
	}
}

// wrapped makes the call inside the field middleware of the server's extensions.
func (c *Column) wrapped(ctx context.Context, w *worker, i int) error {
	value, err := c.run.oc.ResolverMiddleware(ctx, func(ctx context.Context) (any, error) {
		return c.results.boxed(ctx, &w.call)
	})
	if err != nil {
		return err
	}
	if value == nil {
		c.state[i] = callNull
		if fc := graphql.GetFieldContext(ctx); fc != nil && fc.NonNull {
			c.state[i] = callRequired
		}
		return nil
	}
	if c.results.set(i, value) {
		return nil
	}
	if m, ok := value.(graphql.Marshaler); ok {
		c.answer(i, m)
		return nil
	}
	c.fail(i, callFailed, wrongType(value, c.results.zero()))
	return nil
}
