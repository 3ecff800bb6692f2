package engine

import "context"

// worker makes calls, one after the other. There is one per response, unless a load blocks: then
// another worker takes over the calls that are left.
type worker struct {
	run  *run
	ctx  context.Context //nolint:containedctx // a worker lives for one response
	call Call
	// busy is set during a call, blocked while its load waits for the flush.
	busy, blocked bool
}

// callRef identifies one call of a column, or the column of a row.
type callRef struct {
	column *Column
	index  int
	// asks is how often the call or the row has asked for what it needs.
	asks int
}

// maxAsks is how often a call asks for what it needs before it is made anyway. Nothing in a program asks
// more than a few times, but one that asks for something new each time would do so forever.
const maxAsks = 8

// Every call is made once. Rows, and calls that can ask, state what they need before a flush and go on after
// it, which costs no goroutine. The load of any other call blocks when it misses, and another worker takes
// over the calls that are left.
//
// Three rules keep the count of active workers right. A waiting worker continues only after all
// loaders have been flushed; otherwise one type's loads would be sent in two batches. A worker without
// calls is not counted, for it cannot block the others. And a load's own timer remains as a safety
// net for resolvers that start goroutines, which the engine does not see.

// level runs all calls, and those that their results require. Between two flushes it makes every
// call that is possible, at any depth, so that loads share as few batches as possible.
func (r *run) level() {
	r.mu.Lock()
	work := r.pending()
	r.active, r.finished, r.done = 1, false, nil
	r.mu.Unlock()
	if !work {
		return
	}
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

// take returns the next call, those that waited first, and false when there is none. The caller holds r.mu.
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
		if c := r.queue[r.head]; c.next < c.calls {
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
		w.busy = true
		r.mu.Unlock()
		done := p.column.attempt(w, p)
		r.mu.Lock()
		w.busy = false
		if w.blocked {
			r.recount(w)
		}
		if !done {
			p.asks++
			r.asking = append(r.asking, p)
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
	if len(r.waiting) > 0 || len(r.asking) > 0 {
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

// wait is called by a load that is about to block. It returns after all possible calls have been made and
// all loads have been flushed.
func (w *worker) wait() {
	r := w.run
	r.mu.Lock()
	// The load runs in a goroutine of the resolver; the loader's timer sends it.
	if !w.busy || w.blocked {
		r.mu.Unlock()
		return
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
}

// flush reads the pending loads, then releases the waiting workers and readies what waited to be asked
// again. It reports whether the caller is to make them. The caller holds r.mu, and no worker is
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
	r.ready, r.asking, r.first = r.asking, r.ready[:0], 0
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

// attempt makes a call or reads a row. It returns false if the next flush has to read something first.
func (c *Column) attempt(w *worker, p callRef) (done bool) {
	last := p.asks >= maxAsks || c.run.engine.loads == nil
	if c.field.spec.Row != nil {
		return c.read(w, last)
	}
	ctx := c.enter(w, p.index)
	if !last && !c.ready(ctx, w) {
		return false
	}
	c.invoke(ctx, w, p.index)
	w.call.Object = nil
	return true
}

// ready asks for what the current call will load. A call that cannot ask is ready, and so is one that panics
// while it asks: it will panic again.
func (c *Column) ready(ctx context.Context, w *worker) (ready bool) {
	if !c.field.spec.Asks || c.badArgs || w.ctx.Err() != nil {
		return true
	}
	defer func() {
		if recover() != nil {
			ready = true
		}
	}()
	return w.call.Object.(Asker).Ask(ctx, c.field.spec.Name, w.call.Args)
}

// enter returns the context of a call and makes it the worker's current one.
func (c *Column) enter(w *worker, i int) *callContext {
	ctx := &c.contexts[i]
	if here := c.siteOf(w); ctx.site != here {
		if ctx.site != nil {
			// A goroutine of the worker that asked before may still read that context.
			ctx = new(callContext)
		}
		ctx.site, ctx.index = here, i
	}
	w.call.Object, w.call.Args = c.group.objs[i], c.args
	return ctx
}

// invoke makes one call and stores how it ended. The writing pass reports the errors, because it
// visits every call once and in the order of the document. After the request is cancelled, no call
// is made.
func (c *Column) invoke(ctx *callContext, w *worker, i int) {
	if err := w.ctx.Err(); err != nil {
		c.fail(i, callLocated, err)
		return
	}
	if c.group.sel.object.Root {
		c.invokeRoot(w, ctx, i)
	} else {
		c.guarded(ctx, w, i)
	}
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
		if p := recover(); p != nil {
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
	if f := c.run.engine.onCall; f != nil {
		f(ctx)
	}
	if err := c.results.call(ctx, &w.call, i); err != nil {
		c.fail(i, callLocated, err)
	}
}
