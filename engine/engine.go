package engine

import (
	"context"
	"reflect"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
)

// Loads joins the engine with the loaders of a program. Without it loaders work by their own
// timers.
type Loads interface {
	// Attach gives a context in which a load calls wait when it is about to block. wait says
	// whether it is to: if so, all loads of the response have been flushed when wait returns, or
	// nothing had to be waited for. If not, the load gives up with an error of its own: the call
	// that it belongs to is made again when what was asked for has been read.
	Attach(ctx context.Context, wait func() bool) context.Context
	// Flush reads what the loaders of the response have gathered, and returns when all of it has
	// been read or has failed. The context is the response's, not one that Attach gave.
	Flush(ctx context.Context)
}

// Option changes how an Engine works.
type Option func(*Engine)

// OnStock calls a function for each operation that is left to the stock executor, with one of
// the Stock reasons; a program counts them.
func OnStock(f func(ctx context.Context, reason string)) Option {
	return func(e *Engine) { e.onStock = f }
}

// Engine is an executable schema in front of gqlgen's own.
// It is safe for concurrent use; nothing but surveys and the pools changes after New.
type Engine struct {
	stock   graphql.ExecutableSchema
	schema  *ast.Schema
	table   *Table
	loads   Loads
	onStock func(context.Context, string)

	keys    keys
	query   int
	numbers map[string]int
	// stockFields are "Type.field", for interfaces too when one of their types has it.
	stockFields map[string]bool
	// plainMiddleware is the code of gqlgen's middleware when no extension wraps fields.
	plainMiddleware uintptr
	surveys         surveys
	pool            sync.Pool
	buffers         [bufferClasses]sync.Pool // of *[]byte that Recycle was given
	flaw            flaw
}

// New puts the engine in front of a stock executable schema that the table describes.
// loads may be nil. The table must be of the same schema as stock, as generated code sees to.
func New(stock graphql.ExecutableSchema, table *Table, loads Loads, options ...Option) graphql.ExecutableSchema {
	e := &Engine{
		stock: stock, schema: stock.Schema(), table: table, loads: loads, keys: learn(),
		onStock: func(context.Context, string) {}, numbers: map[string]int{}, stockFields: map[string]bool{},
	}
	for i := range table.Objects {
		o := &table.Objects[i]
		e.numbers[o.Name] = i
		if o.Root {
			e.query = i
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
	e.plainMiddleware = middlewareOf(stock)
	e.pool.New = func() any { return &run{engine: e} }
	for _, o := range options {
		o(e)
	}
	if events, ok := stock.(graphql.ExecutableSchemaWithEventContext); ok {
		return &eventEngine{Engine: e, events: events}
	}
	return e
}

// middlewareOf finds the code of the field middleware that does nothing: gqlgen offers no
// other way to learn that no extension wraps fields, and calling it costs an allocation each.
func middlewareOf(stock graphql.ExecutableSchema) uintptr {
	oc, errs := executor.New(stock).CreateOperationContext(
		graphql.StartOperationTrace(context.Background()), &graphql.RawParams{Query: "{__typename}"})
	if errs != nil {
		return 0
	}
	return code(oc.ResolverMiddleware)
}

// Plain says whether a field middleware is known to do nothing: then resolvers are called
// directly, and what they return is not boxed for it.
func (e *Engine) Plain(m graphql.FieldMiddleware) bool {
	return m == nil || code(m) == e.plainMiddleware
}

// code tells functions apart by where their code is, which Go does not promise but every compiler
// does.
func code(m graphql.FieldMiddleware) uintptr { return reflect.ValueOf(m).Pointer() }

// Schema is the schema.
func (e *Engine) Schema() *ast.Schema { return e.schema }

// Complexity is what the stock executor says.
func (e *Engine) Complexity(ctx context.Context, typeName, field string, child int, args map[string]any) (int, bool) {
	return e.stock.Complexity(ctx, typeName, field, child, args)
}

// Exec executes a query, or has the stock executor execute what is no query of the engine's.
// The handler gives one response and then nil, as gqlgen's own does for a query.
func (e *Engine) Exec(ctx context.Context) graphql.ResponseHandler {
	oc := graphql.GetOperationContext(ctx)
	p, reason := e.plan(oc)
	if p == nil {
		e.onStock(ctx, reason)
		return e.stock.Exec(ctx)
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

// room is left behind an answer's data, so that a server can end the answer there without
// copying it: what servers add, such as a price, takes some hundred bytes.
const room = 256

// Buffers are kept in classes, each four times as large as the one before, so that small answers do
// not use up the room of large ones. Those beyond the last are not kept: a hundred cards take some 70 KB.
const (
	smallBuffer   = 4 << 10
	bufferClasses = 4
)

// class is that of the buffers which are as large, and maybe larger; bufferClasses for none.
func class(size int) (c int) {
	for bound := smallBuffer; c < bufferClasses && size > bound; bound *= 4 {
		c++
	}
	return c
}

// Recycle takes the data of an answer back when nobody reads it any more: the next answer is written
// in its place. A server that never calls it leaves the data to the garbage collector. It is not for
// the data of a subscription's events, which gqlgen itself uses again.
func (e *Engine) Recycle(data []byte) {
	if c := class(cap(data)); c < bufferClasses && cap(data) >= room {
		data = data[:0]
		e.buffers[c].Put(&data)
	}
}

// buffer gives room for an answer of some size.
func (e *Engine) buffer(size int) []byte {
	if c := class(size); c < bufferClasses {
		if kept, ok := e.buffers[c].Get().(*[]byte); ok && cap(*kept) >= size {
			return *kept
		}
	}
	return make([]byte, 0, size)
}

// respond runs a plan. The data is the caller's. So is a panic on the way, which loses the pooled run.
func (e *Engine) respond(ctx context.Context, oc *graphql.OperationContext, p *plan) *graphql.Response {
	r := e.pool.Get().(*run)
	r.begin(ctx, oc, p)
	r.level() //nolint:contextcheck // the run has the response's context
	r.w.buf = e.buffer(int(p.size.Load()))
	data := r.write() //nolint:contextcheck // the same
	p.size.Store(int64(len(data) + room))
	if r.end() {
		e.pool.Put(r)
	}
	// Errors are in the response context, where the executor collects them.
	return &graphql.Response{Data: data}
}

// eventEngine keeps the way on which subscriptions carry a context per event.
type eventEngine struct {
	*Engine

	events graphql.ExecutableSchemaWithEventContext
}

// ExecWithEventContext is called for subscriptions only, which are the stock executor's.
func (e *eventEngine) ExecWithEventContext(ctx context.Context) graphql.ResponseHandlerWithContext {
	e.onStock(ctx, StockOperation)
	return e.events.ExecWithEventContext(ctx)
}
