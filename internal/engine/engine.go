package engine

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Loads connects the engine with the loaders of a program. Without it loaders send their batches
// by their own timers.
type Loads interface {
	// Attach returns a context in which a load calls wait before it blocks. When wait returns, all loads
	// of the response have been flushed, or the load is none of a call's own and has to end by itself.
	Attach(ctx context.Context, wait func()) context.Context
	// Flush reads what the loaders of the response have gathered, and returns when every read has
	// succeeded or failed. The context is the response's, not one that Attach returned.
	Flush(ctx context.Context)
}

// Option changes how an Engine works.
type Option func(*Engine)

// OnStock makes the engine call f for each operation that it leaves to the stock executor, with
// one of the Stock reasons, so that a program can count them.
func OnStock(f func(ctx context.Context, reason string)) Option {
	return func(e *Engine) { e.onStock = f }
}

// OnCall makes the engine call f before each call of a resolver or a method, with the call's context, so
// that a program can count them.
func OnCall(f func(ctx context.Context)) Option {
	return func(e *Engine) { e.onCall = f }
}

// Engine is an executable schema in front of gqlgen's own.
// It is safe for concurrent use; after New only the surveys and the pools change.
type Engine struct {
	stock   graphql.ExecutableSchema
	schema  *ast.Schema
	table   *Table
	loads   Loads
	onStock func(context.Context, string)
	onCall  func(context.Context) // may be nil

	roots   map[ast.Operation]int
	numbers map[string]int
	// stockFields holds "Type.field", and "Interface.field" if a type of the interface has it.
	stockFields map[string]bool
	surveys     surveys
	pool        sync.Pool
	buffers     [bufferClasses]sync.Pool // of *[]byte that Recycle received
}

// New returns the engine in front of a stock executable schema. The table must describe the same
// schema; generated code ensures that. loads may be nil.
func New(stock graphql.ExecutableSchema, table *Table, loads Loads, options ...Option) graphql.ExecutableSchema {
	e := &Engine{
		stock: stock, schema: stock.Schema(), table: table, loads: loads,
		onStock: func(context.Context, string) {}, roots: map[ast.Operation]int{}, numbers: map[string]int{}, stockFields: map[string]bool{},
	}
	schema := e.schema
	operations := map[*ast.Definition]ast.Operation{schema.Query: ast.Query, schema.Mutation: ast.Mutation, schema.Subscription: ast.Subscription}
	for i := range table.Objects {
		o := &table.Objects[i]
		e.numbers[o.Name] = i
		if o.Root {
			e.roots[operations[schema.Types[o.Name]]] = i
		}
		for _, f := range o.Fields {
			if !f.Stock {
				continue
			}
			for _, name := range o.Satisfies {
				e.stockFields[name+"."+f.Name] = true
			}
		}
	}
	e.pool.New = func() any { return &run{engine: e} }
	for _, o := range options {
		o(e)
	}
	if events, ok := stock.(graphql.ExecutableSchemaWithEventContext); ok {
		return &eventEngine{Engine: e, events: events}
	}
	return e
}

// Stock returns gqlgen's own executor, for requests that need the field middleware of an extension.
// The engine does not call it: a field that is read without a call has nothing to wrap. Operations that it
// executes are counted like those that the engine leaves to it.
func (e *Engine) Stock() graphql.ExecutableSchema { return wrapped{e.stock, e.onStock} }

// wrapped is the stock executor of requests with field middleware.
type wrapped struct {
	graphql.ExecutableSchema

	onStock func(context.Context, string)
}

// Exec executes an operation.
func (w wrapped) Exec(ctx context.Context) graphql.ResponseHandler {
	w.onStock(ctx, StockMiddleware)
	return w.ExecutableSchema.Exec(ctx)
}

// Schema returns the schema.
func (e *Engine) Schema() *ast.Schema { return e.schema }

// Complexity returns the complexity that the stock executor computes.
func (e *Engine) Complexity(ctx context.Context, typeName, field string, child int, args map[string]any) (int, bool) {
	return e.stock.Complexity(ctx, typeName, field, child, args)
}

// Exec executes an operation, or has the stock executor execute what the engine does not support.
// The handler returns the responses one after the other and then nil, as gqlgen's own does.
func (e *Engine) Exec(ctx context.Context) graphql.ResponseHandler {
	oc := graphql.GetOperationContext(ctx)
	p, reason := e.plan(oc)
	if p == nil {
		e.onStock(ctx, reason)
		return e.stock.Exec(ctx)
	}
	if p.operation == ast.Subscription {
		return e.subscribe(ctx, oc, p)
	}
	done := false
	return func(ctx context.Context) *graphql.Response {
		if done {
			return nil
		}
		done = true
		return e.respond(ctx, oc, p)
	}
}

// spare is the free capacity behind an answer's data, so that a server can append the end of the
// answer without a copy: what servers add, such as the cost, takes some hundred bytes.
const spare = 256

// Buffers are pooled by class, each four times as large as the one before, so that small answers
// do not use up large buffers. Larger ones are not pooled: a hundred cards take some 70 KB.
const (
	smallBuffer   = 4 << 10
	bufferClasses = 4
)

// class returns the first class whose buffers hold size bytes, or bufferClasses if there is none.
func class(size int) (c int) {
	for bound := smallBuffer; c < bufferClasses && size > bound; bound *= 4 {
		c++
	}
	return c
}

// Recycle returns the data of an answer to the pool when no reader needs it any more: a later
// answer overwrites it. A server that never calls Recycle leaves the data to the garbage collector.
// It must not be called for the events of a subscription, whose data gqlgen's own executor reuses.
func (e *Engine) Recycle(data []byte) {
	if c := class(cap(data)); c < bufferClasses && cap(data) >= spare {
		data = data[:0]
		e.buffers[c].Put(&data)
	}
}

// buffer returns an empty buffer for an answer of that many bytes.
func (e *Engine) buffer(size int) []byte {
	if c := class(size); c < bufferClasses {
		if pooled, ok := e.buffers[c].Get().(*[]byte); ok && cap(*pooled) >= size {
			return *pooled
		}
	}
	return make([]byte, 0, size)
}

// respond runs a plan. The caller owns the data. A panic passes on to the caller and drops the
// pooled run.
func (e *Engine) respond(ctx context.Context, oc *graphql.OperationContext, p *plan) *graphql.Response {
	r := e.pool.Get().(*run)
	r.begin(ctx, oc, p)
	r.open(r.root)
	r.level()          //nolint:contextcheck // the run has the response's context
	return e.finish(r) //nolint:contextcheck // the same
}

// finish writes the answer of a run and returns the run to the pool.
func (e *Engine) finish(r *run) *graphql.Response {
	p := r.plan
	r.w.buf = e.buffer(int(p.size.Load()))
	data := r.write()
	p.size.Store(int64(len(data) + spare))
	if r.end() {
		e.pool.Put(r)
	}
	// Errors are in the response context, where the executor collects them.
	return &graphql.Response{Data: data}
}

// eventEngine adds the method by which subscriptions carry a context for each event.
type eventEngine struct {
	*Engine

	events graphql.ExecutableSchemaWithEventContext
}

// ExecWithEventContext is called for subscriptions only. Where their events have contexts of their own, the
// stock executor executes them.
func (e *eventEngine) ExecWithEventContext(ctx context.Context) graphql.ResponseHandlerWithContext {
	e.onStock(ctx, StockEvents)
	return e.events.ExecWithEventContext(ctx)
}
