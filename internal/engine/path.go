package engine

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// A call's context computes gqlgen's field context when it is asked for, since it is rarely read. What a key
// asks for is seen by asking a context that has marks in the places of gqlgen's values.
var (
	fieldMark = &graphql.FieldContext{}
	rootMark  = &graphql.RootFieldContext{}
	marked    = graphql.WithRootFieldContext(graphql.WithFieldContext(context.Background(), fieldMark), rootMark)
)

// life holds what the contexts of a response's calls share. When the response is written they are
// detached: they still have their field, but not their position. mu guards run, which is nil then.
type life struct {
	mu  sync.RWMutex
	run *run
}

// end detaches the contexts. It waits for those that are being described.
func (l *life) end() {
	l.mu.Lock()
	l.run = nil
	l.mu.Unlock()
}

// callContext is the context of one call. There is one for each call of an answer, so it is small.
type callContext struct {
	*site

	index int
	made  atomic.Pointer[graphql.FieldContext]
}

// site holds what the contexts of a column's calls share while one worker makes them.
type site struct {
	context.Context //nolint:containedctx // it is a context

	worker *worker
	engine *Engine
	life   *life
	field  *planned
	group  *group
}

// Value answers what gqlgen asks for itself and passes the others to its parent context.
func (c *callContext) Value(key any) any {
	switch marked.Value(key) {
	case fieldMark:
		return c.fieldContext()
	case rootMark:
		if root := c.rootContext(); root != nil {
			return root
		}
	}
	return c.Context.Value(key)
}

// Derived returns what of returns for the field of the call. It is computed once for each plan, so it must
// follow from the field's selection and from the variables of @skip and @include alone. All callers of a
// program pass the same function.
func (c *callContext) Derived(of func(graphql.CollectedField) any) any {
	f := c.field
	if known := f.derived.Load(); known != nil {
		return *known
	}
	v := of(f.collected)
	f.derived.Store(&v)
	return v
}

// fieldContext returns the field context. The first call makes it; all callers get the same one.
func (c *callContext) fieldContext() *graphql.FieldContext {
	if fc := c.made.Load(); fc != nil {
		return fc
	}
	c.life.mu.RLock()
	defer c.life.mu.RUnlock()
	if c.life.run == nil {
		return &graphql.FieldContext{Field: c.field.collected}
	}
	fc := c.life.run.describe(c.field, c.group, c.index)
	if c.made.CompareAndSwap(nil, fc) {
		return fc
	}
	return c.made.Load()
}

// rootContext describes the root field that the call is below.
func (c *callContext) rootContext() *graphql.RootFieldContext {
	c.life.mu.RLock()
	defer c.life.mu.RUnlock()
	if c.life.run == nil {
		return nil
	}
	field, g := c.field, c.group
	for !g.sel.object.Root {
		field, g = g.from.field, g.from.group
	}
	if c.life.run.eventful(g) {
		return nil
	}
	return &graphql.RootFieldContext{Object: field.collected.Name, Field: field.collected}
}

// fieldContext returns a context for a position without a call. That of an event's own field is the event's.
func (r *run) fieldContext(f *planned, g *group, i int) context.Context {
	if r.eventful(g) {
		return r.ctx
	}
	return &callContext{site: &site{Context: r.ctx, engine: r.engine, life: r.life, field: f, group: g}, index: i}
}

// eventful reports whether a group is the root of an event.
func (r *run) eventful(g *group) bool { return g == r.root && r.plan.operation == ast.Subscription }

// describe returns gqlgen's description of a field and of its ancestors. It equals the stock
// executor's, except that Result is empty: a column does not store values with their positions.
func (r *run) describe(f *planned, g *group, i int) *graphql.FieldContext {
	fc := &graphql.FieldContext{
		Parent: r.describeObject(g, i), Object: g.sel.object.Name, Field: f.collected,
		IsMethod: f.spec.Method || f.spec.Resolver, IsResolver: f.spec.Resolver, Child: r.child(f),
	}
	if f.spec.Args != nil {
		fc.Args = g.columns[f.column].args
	}
	return fc
}

// describeObject walks up from an object to the field and the list that hold it, one step a level.
func (r *run) describeObject(g *group, i int) *graphql.FieldContext {
	var fc *graphql.FieldContext
	if c := g.from; c != nil {
		at := g.at[i]
		parent := c.parent(at)
		if !r.eventful(c.group) {
			fc = r.describe(c.field, c.group, parent)
		}
		indices, _, _ := c.trail(nil, c.starts[parent], at, 0)
		for _, n := range indices {
			fc = &graphql.FieldContext{Index: &n, Parent: fc}
		}
	}
	if g.sel.object.Root {
		fc = &graphql.FieldContext{Object: g.sel.object.Name, Parent: fc}
	}
	return fc
}

// child implements gqlgen's FieldContext.Child for code that collects fields itself, with gqlgen's
// error messages.
func (r *run) child(f *planned) func(context.Context, graphql.CollectedField) (*graphql.FieldContext, error) {
	name := f.collected.Definition.Type.Name()
	kind, engine, state := r.engine.schema.Types[name].Kind, r.engine, r.state
	return func(ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error) {
		if kind == ast.Scalar || kind == ast.Enum {
			return nil, errors.New("field of type " + name + " does not have child fields")
		}
		number, ok := engine.numbers[name]
		if kind != ast.Object || !ok || engine.table.Objects[number].Child == nil {
			return nil, fmt.Errorf("FieldContext.Child cannot be called on type %s", kind)
		}
		return engine.table.Objects[number].Child(state, ctx, field)
	}
}
