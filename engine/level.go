package engine

import (
	"context"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

// hand makes calls, one after the other. There is one per response, unless a load blocks: then
// another takes over what is left.
type hand struct {
	run  *run
	ctx  context.Context //nolint:containedctx // the hand's own, of one response
	call Call
	// at is the call that is being made.
	at place
	// busy is set during a call, blocked while its load waits for the flush.
	busy, blocked bool
	// again is set when the call is to be made once more, and what came of it is worth nothing.
	again atomic.Bool
}

// place is one call of a column.
type place struct {
	column *Column
	index  int
	// tries is how often the call has been made before.
	tries int
}

// patience is how often a call is made again before its loads block instead. A resolver that loads
// one thing after the other is called once for each; one that asks for something else each time
// would be called for ever.
const patience = 8

// A load that misses does not block as a rule: its call is given up and made again when what it
// asked for has been read. That costs a call more, and blocking a goroutine with its stack, which
// is several times as much. A call of a root field blocks, since much can depend on it, such as a
// search, and so does one inside the field middleware of an extension, which is to see each call
// once.
//
// Three rules keep the count of hands right. Who waits goes on only after all loaders have
// been flushed, else one type's loads would be sent in two batches. A hand that has run out of
// calls is not counted, for it cannot block anybody. And a load's own timer stays as a net
// under resolvers that start goroutines, of which the engine knows nothing.

// level runs all calls, those too that their results lead to. Between two flushes everything
// is called that can be, however deep it stands, so that loads meet in as few batches as
// possible.
func (r *run) level() {
	if len(r.queue) == 0 {
		return
	}
	r.active = 1
	r.hand().work()
	r.mu.Lock()
	if r.finished {
		r.mu.Unlock()
		return
	}
	r.done = make(chan struct{})
	r.mu.Unlock()
	<-r.done
}

// hand makes one whose loads know whom to tell when they block.
func (r *run) hand() *hand {
	h := &hand{run: r, ctx: r.ctx}
	h.call.State = r.state
	if r.engine.loads != nil {
		h.ctx = r.engine.loads.Attach(r.ctx, h.wait)
	}
	return h
}

// take gives the next call, one that is made again first; false when there is none. The lock is
// held.
func (r *run) take() (place, bool) {
	if !r.pending() {
		return place{}, false
	}
	if r.first < len(r.ready) {
		r.first++
		return r.ready[r.first-1], true
	}
	c := r.queue[r.head]
	c.next++
	return place{column: c, index: c.next - 1}, true
}

// pending says whether a call is left to be taken. The lock is held.
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

// work makes calls until there are none left, and sees to it that the response goes on.
func (h *hand) work() {
	r := h.run
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
		h.at, h.busy = p, true
		r.mu.Unlock()
		p.column.invoke(h, p.index)
		r.mu.Lock()
		h.busy = false
		if h.blocked {
			r.recall(h)
		}
		if h.again.Swap(false) {
			p.column.forget(p.index)
			p.tries++
			r.again = append(r.again, p)
			continue
		}
		if p.column.left--; p.column.left == 0 {
			r.settle(p.column)
		}
	}
}

// idle goes on when nobody works: with the loads that are waited for, else with the end. It tells
// whether calls are left for the caller to make. The lock is held.
func (r *run) idle() bool {
	if len(r.waiting) > 0 || len(r.again) > 0 {
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

// recall counts a hand again whose call came back although a goroutine of the resolver's is
// still waiting.
func (r *run) recall(h *hand) {
	h.blocked = false
	for i, w := range r.waiting {
		if w == h {
			r.waiting = append(r.waiting[:i], r.waiting[i+1:]...)
			break
		}
	}
	r.active++
}

// wait is called by a load that is about to block, and tells whether it is to. Then it returns
// when everything that could be called has been and all loads have been flushed.
func (h *hand) wait() bool {
	r := h.run
	r.mu.Lock()
	// A goroutine of the resolver's own: the loader's timer is its net.
	if !h.busy || h.blocked {
		r.mu.Unlock()
		return true
	}
	if r.plain && !h.at.column.group.sel.object.Root && h.at.tries < patience {
		h.again.Store(true)
		r.mu.Unlock()
		return false
	}
	if r.gate == nil {
		r.gate = make(chan struct{})
	}
	gate := r.gate
	h.blocked = true
	r.waiting = append(r.waiting, h)
	r.active--
	if r.pending() || r.active == 0 && r.idle() {
		r.active++
		go r.hand().work()
	}
	r.mu.Unlock()
	<-gate
	return true
}

// flush starts the loads and then lets all go on who wait, and has those calls made again that
// were given up. It tells whether the caller is to make them. The lock is held; nobody works. The
// flush counts as work itself: the hand of a call that a resolver's goroutine waited for may
// come back and finish meanwhile, and must not end the run under it.
func (r *run) flush() bool {
	ctx := r.ctx
	r.active++
	r.mu.Unlock()
	r.engine.loads.Flush(ctx)
	r.mu.Lock()
	r.active--
	for _, h := range r.waiting {
		h.blocked = false
	}
	r.active += len(r.waiting)
	clear(r.waiting)
	r.waiting = r.waiting[:0]
	// All that was ready has been made, or nobody would flush.
	r.ready, r.again, r.first = r.again, r.ready[:0], 0
	r.release()
	if r.active == 0 && !r.pending() {
		return r.idle()
	}
	return r.pending()
}

// release lets everybody go on who stands at the gate.
func (r *run) release() {
	if r.gate != nil {
		close(r.gate)
		r.gate = nil
	}
}

// prepare decodes the arguments that all calls of the column share: variables are the same for
// every parent. What fails here fails again for each parent, whose path its error needs.
func (c *Column) prepare() {
	f := c.field
	if f.spec.Args == nil {
		return
	}
	fixed := f.fixed || c.run.engine.flaw == flawArgument
	if known := f.args.Load(); known != nil && fixed {
		c.args = *known
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
	if fixed {
		f.args.Store(&args)
	}
}

// decode decodes the arguments of the field anew.
func (c *Column) decode(ctx context.Context) (map[string]any, error) {
	return c.field.spec.Args(c.run.state, ctx, c.field.collected.ArgumentMap(c.run.oc.Variables))
}

// invoke makes one call and notes how it ended; errors are told by the writing pass, which
// meets every call exactly once and in the order of the document. Once the request is cancelled no more are made.
func (c *Column) invoke(h *hand, i int) {
	ctx := &c.contexts[i]
	if here := c.siteOf(h); ctx.site != here {
		if ctx.site != nil {
			// Whoever was left behind by the call before may still read its context.
			ctx = new(callContext)
		}
		ctx.site, ctx.index = here, i
	}
	if err := h.ctx.Err(); err != nil {
		c.fail(i, callLocated, err)
		return
	}
	at := i
	if c.run.engine.flaw == flawParents {
		at = (i + 1) % len(c.group.objs)
	}
	h.call.Object, h.call.Args = c.group.objs[at], c.args
	if c.group.sel.object.Root {
		c.invokeRoot(h, ctx, i)
	} else {
		c.guarded(ctx, h, i)
	}
	h.call.Object = nil
}

// siteOf gives what the contexts of a hand's calls share. Several hands may make a column's calls.
func (c *Column) siteOf(h *hand) *site {
	if at := c.site.Load(); at != nil && at.hand == h {
		return at
	}
	at := &site{Context: h.ctx, hand: h, engine: c.run.engine, life: c.run.life, field: c.field, group: c.group}
	c.site.Store(at)
	return at
}

// guarded makes the call and notes how it failed. A panic is reported where it happened, so
// that its stack can be logged.
func (c *Column) guarded(ctx context.Context, h *hand, i int) {
	defer func() {
		if p := recover(); p != nil && !h.again.Load() {
			c.fail(i, callFailed, c.run.oc.Recover(ctx, p))
		}
	}()
	if c.badArgs {
		args, err := c.decode(ctx)
		if err != nil {
			c.fail(i, callFailed, err)
			return
		}
		h.call.Args = args
	}
	var err error
	if c.run.plain {
		err = c.results.call(ctx, &h.call, i)
	} else {
		err = c.wrapped(ctx, h, i)
	}
	if err != nil && !h.again.Load() {
		c.fail(i, callLocated, err)
	}
}

// wrapped makes the call inside the field middleware of the server's extensions.
func (c *Column) wrapped(ctx context.Context, h *hand, i int) error {
	value, err := c.run.oc.ResolverMiddleware(ctx, func(ctx context.Context) (any, error) {
		return c.results.boxed(ctx, &h.call)
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
