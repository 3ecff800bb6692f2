package engine

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// run is one execution of a plan. Runs are pooled; between responses they hold room and no
// value.
type run struct {
	engine *Engine
	plan   *plan
	oc     *graphql.OperationContext
	state  any
	ctx    context.Context //nolint:containedctx // a run is one response's and ends with it
	life   *life
	// plain says that no extension wraps fields.
	plain bool

	columns pile[Column, *Column]
	groups  pile[group, *group]
	root    *group
	w       Writer

	// mu guards what follows, and the building of columns while several hands work.
	mu    sync.Mutex
	queue []*Column
	head  int
	// again are the calls that loads have given up since the last flush; ready those of before,
	// of which the ones from first on are still to be made.
	again, ready []place
	first        int
	active       int
	waiting      []*hand
	gate         chan struct{}
	finished     bool
	done         chan struct{}
}

// begin opens the root.
func (r *run) begin(ctx context.Context, oc *graphql.OperationContext, p *plan) {
	r.oc, r.plan, r.state = oc, p, r.engine.table.State(oc)
	r.life = &life{run: r}
	r.plain = r.engine.Plain(oc.ResolverMiddleware)
	r.ctx = ctx
	if inputs, state := r.engine.table.Inputs, r.state; inputs != nil {
		r.ctx = graphql.WithLazyInputUnmarshalerIndex(ctx, func() *graphql.InputUnmarshalerIndex { return inputs(state) })
	}
	r.root = r.groups.get()
	r.root.sel = p.root
	r.root.objs = append(r.root.objs, nil)
	r.open(r.root) //nolint:contextcheck // the run has the context
}

// end lets go of all values and says whether the run is small enough to be kept.
// What is large goes to the garbage collector, so that one huge answer does not hold its memory for
// ever.
func (r *run) end() bool {
	r.life.end()
	small := r.columns.reset()+r.groups.reset() <= keep
	clear(r.queue)
	clear(r.waiting)
	r.plan, r.oc, r.state, r.ctx, r.life, r.root = nil, nil, nil, nil, nil, nil
	clear(r.again[:cap(r.again)])
	clear(r.ready[:cap(r.ready)])
	r.queue, r.head, r.waiting = r.queue[:0], 0, r.waiting[:0]
	r.again, r.ready, r.first = r.again[:0], r.ready[:0], 0
	r.active, r.gate, r.finished, r.done = 0, nil, false, nil
	r.w.end()
	return small
}

// open makes the columns of a group: those of plain fields at once, those of calls for the
// hands.
// The order is that of the document, in which calls are then taken.
func (r *run) open(g *group) {
	for _, f := range g.sel.columns {
		c := r.columns.get()
		c.run, c.field, c.group = r, f, g
		g.columns = append(g.columns, c)
	}
	for _, c := range g.columns {
		n := len(g.objs)
		if c.field.spec.Call == nil {
			c.starts = grown(c.starts, n)
			r.settle(c)
			continue
		}
		c.results = c.field.spec.Call.results(n)
		c.state = grown(c.state, n)
		clear(c.state)
		c.contexts = make([]callContext, n)
		c.left = n
		c.prepare()
		r.queue = append(r.queue, c)
	}
}

// settle puts the values of a column and opens the groups among them.
func (r *run) settle(c *Column) {
	if call := c.field.spec.Call; call != nil {
		if call.leaf() {
			return
		}
		c.starts = grown(c.starts, len(c.group.objs))
	}
	for i := 0; i < len(c.group.objs); {
		i = c.fill(i)
	}
	for _, g := range c.groups {
		r.open(g)
	}
}

// grown gives room for n values, whose content is whatever was there.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// pooled is what a pile keeps.
type pooled[T any] interface {
	*T
	reset()
	size() int
}

// Columns and groups are taken from a pile in the order of need, so that an operation which is
// executed again finds each with the room that it needed the last time.

// pile hands out values that keep their room from one response to the next.
type pile[T any, P pooled[T]] struct {
	all  []P
	used int
}

// get hands out the next one, made when there are not enough.
func (p *pile[T, P]) get() P {
	if p.used == len(p.all) {
		p.all = append(p.all, P(new(T)))
	}
	p.used++
	return p.all[p.used-1]
}

// reset empties what was used and returns the room that all of it keeps.
func (p *pile[T, P]) reset() int {
	for _, v := range p.all[:p.used] {
		v.reset()
	}
	p.used = 0
	room := 0
	for _, v := range p.all {
		room += 1 + v.size()
	}
	return room
}
