package engine

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// run is one execution of a plan. Runs are pooled; between responses they hold storage and no
// values.
type run struct {
	engine *Engine
	plan   *plan
	oc     *graphql.OperationContext
	state  any
	ctx    context.Context //nolint:containedctx // a run lives for one response
	life   *life

	columns arena[Column, *Column]
	groups  arena[group, *group]
	root    *group
	w       Writer

	// mu guards the fields below, and the columns that several workers build.
	mu    sync.Mutex
	queue []*Column
	head  int
	// asking holds the calls and rows that wait for the next flush, and ready those that waited for the
	// last one; the ones from first on are still to be taken.
	asking, ready []callRef
	first         int
	active        int
	waiting       []*worker
	gate          chan struct{}
	finished      bool
	done          chan struct{}
}

// begin prepares a pooled run for an operation.
func (r *run) begin(ctx context.Context, oc *graphql.OperationContext, p *plan) {
	r.oc, r.plan, r.state = oc, p, r.engine.table.State(oc)
	r.life = &life{run: r}
	r.ctx = ctx
	if inputs, state := r.engine.table.Inputs, r.state; inputs != nil {
		r.ctx = graphql.WithLazyInputUnmarshalerIndex(ctx, func() *graphql.InputUnmarshalerIndex { return inputs(state) })
	}
	r.root = r.groups.get()
	r.root.sel = p.root
	r.root.objs = append(r.root.objs, nil)
}

// end drops all values and reports whether the run is small enough for the pool. A large one goes
// to the garbage collector, so that one huge answer does not hold its memory indefinitely.
func (r *run) end() bool {
	r.life.end()
	small := r.columns.reset()+r.groups.reset() <= maxPooled
	clear(r.queue)
	clear(r.waiting)
	r.plan, r.oc, r.state, r.ctx, r.life, r.root = nil, nil, nil, nil, nil, nil
	clear(r.asking[:cap(r.asking)])
	clear(r.ready[:cap(r.ready)])
	r.queue, r.head, r.waiting = r.queue[:0], 0, r.waiting[:0]
	r.asking, r.ready, r.first = r.asking[:0], r.ready[:0], 0
	r.active, r.gate, r.finished, r.done = 0, nil, false, nil
	r.w.end()
	return small
}

// open makes the columns of a group and starts them, in the order of the document. Those of a mutation
// start one after the other, each when all before it are written.
func (r *run) open(g *group) {
	for _, f := range g.sel.columns {
		c := r.columns.get()
		c.run, c.field, c.group = r, f, g
		g.columns = append(g.columns, c)
	}
	if r.inSeries(g) {
		return
	}
	for _, c := range g.columns {
		r.start(c)
	}
}

// inSeries reports whether the fields of a group are executed one after the other.
func (r *run) inSeries(g *group) bool { return g == r.root && r.plan.operation == ast.Mutation }

// start sets the values of the column of a plain field, and queues the calls or the row of any other.
func (r *run) start(c *Column) {
	n, spec := len(c.group.objs), c.field.spec
	if spec.direct() {
		r.expand(c)
		return
	}
	c.state = grown(c.state, n)
	clear(c.state)
	c.calls = 1
	if spec.Call != nil {
		c.results = spec.Call.results(n)
		c.contexts = make([]callContext, n)
		c.calls = n
		c.prepare()
	}
	c.left = c.calls
	r.queue = append(r.queue, c)
}

// alone executes a column of a mutation and all that is below it. It flushes the loads first, so that an error
// that an earlier field has reported is not taken for one of this field.
func (r *run) alone(c *Column) {
	if r.engine.loads != nil {
		r.engine.loads.Flush(r.ctx)
	}
	r.start(c)
	r.level()
}

// expand puts the values of a column and opens the groups among them.
func (r *run) expand(c *Column) {
	if c.field.spec.leaf() {
		return
	}
	c.starts = grown(c.starts, len(c.group.objs))
	for i := 0; i < len(c.group.objs); {
		i = c.fill(i)
	}
	for _, g := range c.groups {
		r.open(g)
	}
}

// grown returns a slice of length n, reusing s if it fits. The elements are not cleared.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// pooled is an element of an arena.
type pooled[T any] interface {
	*T
	reset()
	size() int
}

// Columns and groups are taken from their arenas in the order of need, so that each gets the
// storage that it needed when the operation was last executed.

// arena hands out values that keep their storage from one response to the next.
type arena[T any, P pooled[T]] struct {
	all  []P
	used int
}

// get returns the next value, a new one if all are in use.
func (a *arena[T, P]) get() P {
	if a.used == len(a.all) {
		a.all = append(a.all, P(new(T)))
	}
	a.used++
	return a.all[a.used-1]
}

// reset resets the used values and returns the capacity that all values keep.
func (a *arena[T, P]) reset() int {
	for _, v := range a.all[:a.used] {
		v.reset()
	}
	a.used = 0
	size := 0
	for _, v := range a.all {
		size += 1 + v.size()
	}
	return size
}
