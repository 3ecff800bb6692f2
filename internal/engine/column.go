package engine

import (
	"context"
	"fmt"
	"sort"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
)

// The cells of a tape that are not the length of a list (zero or more, above the innermost level)
// and not one of the two cells of an object (its group and its index there).
const (
	// tapeNull is a Go nil: an error where the schema forbids null.
	tapeNull = -1 - iota
	// tapeGone is a null that needs no error.
	tapeGone
	// tapeRaw is followed by the index of a marshaler.
	tapeRaw
	// tapeFault is followed by the index of a fault.
	tapeFault
)

// The state of one call.
const (
	callValue = iota
	// callGone returned a null that needs no error.
	callGone
	// callLocated failed in the resolver; the error gets its location in the document.
	callLocated
	// callFailed failed outside the resolver: in the arguments or by a panic.
	callFailed
	// callRaw was answered by a root middleware with a marshaler of its own.
	callRaw
)

// Column holds the values of one planned field for all parents of a group, in the parents' order.
//
// Three parents whose lists of nodes are [a, b], null and [c, null], where a and c are of the
// first type that occurs and b is of the second, are on the tape as
//
//	2  0 0  1 0    -1    2  0 1  -1
//
// with starts 0, 5 and 6: lengths, then for each object its group and its index there. The
// objects themselves are in the groups, one per concrete type, so that the fields of all
// objects of a type are resolved together, whatever their parents are.
type Column struct {
	run   *run
	field *planned
	group *group
	// tape holds the values in sequence; starts[i] is where the value of parent i begins.
	tape   []int32
	starts []int32
	// groups holds the objects among the values, by concrete type.
	groups []*group
	last   *group
	raws   []graphql.Marshaler
	faults []fault

	// state says how the value of each parent was found, and errs has the errors. Both are used by fields
	// that are not read from their parent.
	state []uint8
	errs  []error

	// The fields below are used by called fields only.
	results results
	answers map[int]graphql.Marshaler
	// contexts is not pooled: a resolver may use its context after the response.
	contexts []callContext
	site     atomic.Pointer[site]
	args     map[string]any
	// badArgs makes each call decode the arguments itself, so that each gets the error at its own path.
	badArgs bool
	// calls is the number of calls, next the first that has not begun, and left how many have not ended. A
	// row counts as one.
	calls, next, left int

	// The fields below are used by rows only: the keys of all parents, where those of each end, and the
	// objects.
	keys   []string
	ends   []int32
	values []any
}

// fault is a value that could not be put: an error, or the argument of a panic.
type fault struct {
	err   error
	value any
}

// group holds the objects of one concrete type in one column, with the columns of their fields.
type group struct {
	sel     *selection
	ordinal int32
	objs    []any
	// from is the column that holds the objects, at[i] the position of object i on its tape.
	from    *Column
	at      []int32
	columns []*Column
}

// List begins a list of n elements, which follow.
func (c *Column) List(n int) { c.tape = append(c.tape, int32(n)) } //nolint:gosec // two billion elements do not fit memory

// Null puts a Go nil.
func (c *Column) Null() { c.tape = append(c.tape, tapeNull) }

// Gone puts a null that needs no error even where the schema forbids null.
func (c *Column) Gone() { c.tape = append(c.tape, tapeGone) }

// Raw puts a value that writes itself.
func (c *Column) Raw(m graphql.Marshaler) {
	c.tape = append(c.tape, tapeRaw, int32(len(c.raws))) //nolint:gosec // bounded by the tape
	c.raws = append(c.raws, m)
}

// Object puts an object of the type with that number. It tries the last group first, because
// objects of one type often follow each other.
func (c *Column) Object(number int, obj any) {
	g := c.last
	if g == nil || g.sel.number != number {
		g = c.groupOf(number)
	}
	g.at = append(g.at, int32(len(c.tape)))                //nolint:gosec // bounded by memory
	c.tape = append(c.tape, g.ordinal, int32(len(g.objs))) //nolint:gosec // bounded by memory
	g.objs = append(g.objs, obj)
}

// Other puts a value whose type is not in the schema's list for the interface or union.
func (c *Column) Other(v any, of string) {
	if m, ok := v.(graphql.Marshaler); ok {
		c.Raw(m)
		return
	}
	c.fault(fault{value: fmt.Errorf("unexpected type %T; non-generated variants of %s must implement graphql.Marshaler", v, of)})
}

// fault puts an error, which is reported when the value is written and its path is complete.
func (c *Column) fault(f fault) {
	c.tape = append(c.tape, tapeFault, int32(len(c.faults))) //nolint:gosec // bounded by the tape
	c.faults = append(c.faults, f)
}

// groupOf returns the group of a type and makes it if needed. It searches a list, since few
// concrete types occur in one column.
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

// fill puts the values of the parents from i on and returns the index at which it stopped: the
// number of parents, or the one after a parent whose getter panicked. A panic becomes the fault of
// that parent alone; the caller continues after it.
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
		switch spec := c.field.spec; {
		case spec.direct():
			spec.Put(c, c.group.objs[i])
		case c.state[i] != callValue:
		case spec.Row != nil:
			c.putRow(i)
		default:
			c.results.put(c, i)
		}
	}
	return i
}

// parent returns the index of the parent whose value covers a position of the tape, by binary
// search in starts, which ascends. Only paths need it, for errors and contexts.
func (c *Column) parent(at int32) int {
	return sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > at }) - 1
}

// trail appends the list indices on the path from one position of the tape to a later one.
// It returns the position after the value it walked and whether that value covers the later one.
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

// fail stores the error of a call; the writing pass reports it.
func (c *Column) fail(i int, state uint8, err error) {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	if c.errs == nil {
		c.errs = make([]error, len(c.group.objs))
	}
	c.state[i], c.errs[i] = state, err
}

// answer stores the marshaler that a middleware returned instead of a value.
func (c *Column) answer(i int, m graphql.Marshaler) {
	c.run.mu.Lock()
	defer c.run.mu.Unlock()
	if c.answers == nil {
		c.answers = map[int]graphql.Marshaler{}
	}
	c.state[i], c.answers[i] = callRaw, m
}

// context returns the context of the field for one parent.
func (c *Column) context(i int) context.Context {
	if c.contexts != nil && c.contexts[i].site != nil {
		return &c.contexts[i]
	}
	return c.run.fieldContext(c.field, c.group, i)
}

// reset drops all values and keeps the storage for the next response.
func (c *Column) reset() {
	if c.results != nil {
		c.results.free()
	}
	clear(c.groups)
	clear(c.raws)
	clear(c.keys)
	clear(c.values)
	*c = Column{
		tape: c.tape[:0], starts: c.starts[:0], groups: c.groups[:0], state: c.state[:0],
		keys: c.keys[:0], ends: c.ends[:0], values: c.values[:0],
	}
}

// size returns the capacity of the storage that reset keeps, in elements.
func (c *Column) size() int { return cap(c.tape) + cap(c.starts) + cap(c.state) + cap(c.values) }

// reset empties a group, which keeps its memory for the next response.
func (g *group) reset() {
	clear(g.objs)
	clear(g.columns)
	*g = group{objs: g.objs[:0], at: g.at[:0], columns: g.columns[:0]}
}

// size returns how many places the group holds memory for.
func (g *group) size() int { return cap(g.objs) + cap(g.at) }
