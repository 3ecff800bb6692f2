package engine

import (
	"context"
	"fmt"
	"sort"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

// What stands on a tape besides the length of a list (zero or more, below the innermost level)
// and the two cells of an object (its group and its place there).
const (
	// tapeNull is a Go nil: an error where the schema forbids null.
	tapeNull = -1 - iota
	// tapeGone is a null of which nothing more is said.
	tapeGone
	// tapeRaw is followed by the place of a marshaler.
	tapeRaw
	// tapeFault is followed by the place of a fault.
	tapeFault
)

// The state of one call.
const (
	callValue = iota
	// callNull came back without a value.
	callNull
	// callGone is a null that needs no error.
	callGone
	// callLocated failed in the resolver; the error gets the place in the document.
	callLocated
	// callFailed failed around the resolver: arguments or a panic.
	callFailed
	// callRaw was answered by a middleware in its own words.
	callRaw
	// callRequired is null, and a middleware has said that it must not be.
	callRequired
)

// Column holds the values of one planned field for all parents of a group, in their order.
//
// Three parents whose lists of nodes are [a, b], null and [c, null], where a and c are of the
// first type met and b is of the second, stand on the tape as
//
//	2  0 0  1 0    -1    2  0 1  -1
//
// with starts 0, 5 and 6: lengths, then for each object its group and its place in it. The
// objects themselves stand in the groups, one per concrete type, so that the fields of all
// objects of a type are resolved together whatever parent they belong to.
type Column struct {
	run   *run
	field *planned
	group *group
	// tape holds the values one after the other; starts[i] is where parent i's value begins.
	tape   []int32
	starts []int32
	// groups are the objects among the values, by concrete type.
	groups []*group
	last   *group
	raws   []graphql.Marshaler
	faults []fault

	// What follows is used by called fields only.
	results results
	state   []uint8
	errs    []error
	answers map[int]graphql.Marshaler
	// contexts are not pooled: whoever was called may keep its own beyond the response.
	contexts []callContext
	site     atomic.Pointer[site]
	args     map[string]any
	// badArgs makes each call decode for itself, so that each gets the error at its own path.
	badArgs bool
	next    int
	left    int
}

// fault is a value that could not be put: an error, or what a panic was called with.
type fault struct {
	err   error
	value any
}

// group is the objects of one concrete type at one place, with the columns of their fields.
type group struct {
	sel     *selection
	ordinal int32
	objs    []any
	// from is the column the objects stand in and at where on its tape each of them does.
	from    *Column
	at      []int32
	columns []*Column
}

// List begins a list; its elements follow.
func (c *Column) List(n int) { c.tape = append(c.tape, int32(n)) } //nolint:gosec // a list of two billion does not fit memory

// Null is a Go nil.
func (c *Column) Null() { c.tape = append(c.tape, tapeNull) }

// Gone is a null that needs no error even where the schema forbids null.
func (c *Column) Gone() { c.tape = append(c.tape, tapeGone) }

// Raw is a value that writes itself.
func (c *Column) Raw(m graphql.Marshaler) {
	c.tape = append(c.tape, tapeRaw, int32(len(c.raws))) //nolint:gosec // bounded by the tape
	c.raws = append(c.raws, m)
}

// Object is an object of the type with that number.
// Objects of one type often follow each other, so the last group is tried first.
func (c *Column) Object(number int, obj any) {
	g := c.last
	if g == nil || g.sel.number != number {
		g = c.groupOf(number)
	}
	g.at = append(g.at, int32(len(c.tape)))                //nolint:gosec // bounded by memory
	c.tape = append(c.tape, g.ordinal, int32(len(g.objs))) //nolint:gosec // bounded by memory
	g.objs = append(g.objs, obj)
}

// Other is a value that is none of the types of an interface.
func (c *Column) Other(v any, of string) {
	if m, ok := v.(graphql.Marshaler); ok {
		c.Raw(m)
		return
	}
	c.fault(fault{value: fmt.Errorf("unexpected type %T; non-generated variants of %s must implement graphql.Marshaler", v, of)})
}

// fault is told when the value is written, with the path that it then has.
func (c *Column) fault(f fault) {
	c.tape = append(c.tape, tapeFault, int32(len(c.faults))) //nolint:gosec // bounded by the tape
	c.faults = append(c.faults, f)
}

// groupOf finds or makes the group of a type. There are as many as concrete types turn up, which is
// few, so a list will do.
func (c *Column) groupOf(number int) *group {
	for _, g := range c.groups {
		if g.sel.number == number {
			c.last = g
			return g
		}
	}
	g := c.run.groups.get()
	g.sel, g.from, g.ordinal = c.field.selection(c.run, number), c, int32(len(c.groups)) //nolint:gosec // as many as types
	c.groups = append(c.groups, g)
	c.last = g
	return g
}

// fill puts the values of the parents from one on and returns where it stopped: at the end, or
// behind a parent whose getter panicked.
// A panic costs the parent whose getter it was and nobody else; the caller goes on behind it.
func (c *Column) fill(i int) (next int) {
	defer func() {
		if p := recover(); p != nil {
			ctx := c.context(i)
			c.tape = c.tape[:c.starts[i]]
			c.fault(fault{err: c.run.oc.Recover(ctx, p)})
			next = i + 1
		}
	}()
	for ; i < len(c.group.objs); i++ {
		c.starts[i] = int32(len(c.tape)) //nolint:gosec // bounded by memory
		if put := c.field.spec.Put; put != nil {
			put(c, c.group.objs[i])
		} else if c.state[i] == callValue {
			c.results.put(c, i)
		}
	}
	return i
}

// parent tells which parent's value stands at a place of the tape.
// starts grows, so it is a binary search. It is needed for paths only, which errors and contexts
// ask for.
func (c *Column) parent(at int32) int {
	return sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > at }) - 1
}

// trail appends the list indices that lead from a place on the tape to another one behind it.
// It returns the place after the value it went through and whether it met the other one.
func (c *Column) trail(path []int, from, to int32, depth int) (indices []int, next int32, met bool) {
	if from == to {
		return path, from, true
	}
	n := c.tape[from]
	switch {
	case n == tapeNull || n == tapeGone:
		return path, from + 1, false
	case n < 0 || depth == len(c.field.levels)-1:
		return path, from + 2, false
	}
	next = from + 1
	for i := range int(n) {
		if indices, next, met = c.trail(append(path, i), next, to, depth+1); met {
			return indices, next, true
		}
	}
	return path, next, false
}

// fail notes an error; the writing pass tells it.
func (c *Column) fail(i int, state uint8, err error) {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	if c.errs == nil {
		c.errs = make([]error, len(c.group.objs))
	}
	c.state[i], c.errs[i] = state, err
}

// forget takes back what is noted of a call.
func (c *Column) forget(i int) {
	c.state[i] = callValue
	if c.errs != nil {
		c.errs[i] = nil
	}
}

// answer notes what a middleware answered instead.
func (c *Column) answer(i int, m graphql.Marshaler) {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	if c.answers == nil {
		c.answers = map[int]graphql.Marshaler{}
	}
	c.state[i], c.answers[i] = callRaw, m
}

// context is the context of the field for one parent.
func (c *Column) context(i int) context.Context {
	if c.contexts != nil && c.contexts[i].site != nil {
		return &c.contexts[i]
	}
	return c.run.fieldContext(c.field, c.group, i)
}

// reset lets go of all values and keeps the room.
func (c *Column) reset() {
	if c.results != nil {
		c.results.free()
	}
	clear(c.groups)
	clear(c.raws)
	*c = Column{tape: c.tape[:0], starts: c.starts[:0], groups: c.groups[:0], state: c.state[:0]}
}

// size is the room that is kept, in places.
func (c *Column) size() int { return cap(c.tape) + cap(c.starts) + cap(c.state) }

func (g *group) reset() {
	clear(g.objs)
	clear(g.columns)
	*g = group{objs: g.objs[:0], at: g.at[:0], columns: g.columns[:0]}
}

func (g *group) size() int { return cap(g.objs) + cap(g.at) }
