package run

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"go.opentelemetry.io/otel/trace"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Limits are the bounds of running operations. All of them must be set.
type Limits struct {
	Bucket, Restore int64 // a bucket's size, and what a second restores
	BucketKeys      int   // clients with a bucket
	Concurrent      int
	Deadline        time.Duration
	WaitAfter       time.Duration
}

// Options configures a Runner. Revisions, Root and Tracer may be nil, see web.Options.
type Options struct {
	Schema     graphql.ExecutableSchema
	Operations *operation.Preparer
	Documents  *operation.Documents
	Limits     Limits
	// MeasureOnly counts what exceeds a budget without refusing it.
	MeasureOnly  bool
	Authenticate Authenticate
	Attach       func(ctx context.Context, r Request) context.Context
	Root         func(ctx context.Context, object, field string) (context.Context, error)
	Revisions    Revisions
	Log          *slog.Logger
	Metrics      *Metrics
	Tracer       trace.Tracer
	Now          func() time.Time
	NewID        func() string
}

// Revisions returns the generations of the graph; each answer belongs to one. Now is called for every
// answer, so it must not block.
type Revisions interface {
	// Now returns the newest generation. current reports whether it includes this replica's own writes.
	Now() (g Generation, current bool)
	// Wait returns when the newest generation includes this replica's own writes and the write that a
	// token names, if there is a token, or with ctx's error.
	Wait(ctx context.Context, token string) error
	// Next returns a generation after g, for an answer that g can no longer provide.
	Next(ctx context.Context, g Generation) (Generation, error)
}

// Generation is one state of the graph.
type Generation interface {
	// Of returns a number that changes whenever one of the named GraphQL types is published, and
	// that is equal on all replicas; no types at all means the whole graph.
	Of(types []string) uint64
}

// Request holds what a response's context may need to know about its request.
type Request struct {
	ID          string // the request id
	LastEventID string // the event after which a stream resumes, or empty
	// Rate is the cost of the operation, and the bucket after it was charged.
	Rate content.RateLimit
	// Touch adds an entry that the answer contains ("pattern:circuit-breaker") to its
	// Surrogate-Key. It is safe for concurrent use, and nil if the answer is not cached.
	Touch func(tag string)
	// Generation is the one that the answer must belong to; nil means the newest when the answer is
	// made, as for the events of a subscription.
	Generation Generation
}

// Runner runs operations. It is safe for concurrent use.
type Runner struct {
	o    Options
	exec *executor.Executor
	// checked runs the operations whose fields have to be checked one by one, see operationContext.
	checked *executor.Executor
	buckets *buckets
	running chan struct{} // semaphore of running operations
	writes  chan struct{} // semaphore of running mutations
}

// writeShare is the part of the running operations that may be mutations, as one in so many. One
// write runs at a time and takes some milliseconds, so a quarter of 64 already waits for a tenth of
// a second.
const writeShare = 4

// New returns a Runner. It starts no goroutine.
func New(o Options) *Runner {
	r := &Runner{
		o: o, buckets: newBuckets(o.Limits, o.Now),
		running: make(chan struct{}, o.Limits.Concurrent),
		writes:  make(chan struct{}, max(1, o.Limits.Concurrent/writeShare)),
	}
	r.exec = r.executor(o.Schema)
	r.checked = r.exec
	// The engine does not call the middleware of fields.
	if s, ok := o.Schema.(interface {
		Stock() graphql.ExecutableSchema
	}); ok {
		r.checked = r.executor(s.Stock())
	}
	return r
}

// executor returns an executor whose errors are presented.
func (r *Runner) executor(s graphql.ExecutableSchema) *executor.Executor {
	exec := executor.New(s)
	exec.SetErrorPresenter(r.present)
	exec.SetRecoverFunc(r.Recovered)
	return exec
}

// Running returns how many operations run now.
func (r *Runner) Running() int { return len(r.running) }

// Perform charges and runs a query or a mutation within the concurrency limit, and refunds what it
// did not use. It calls touch, unless nil, with each entry in the answer. A run that fails is not
// refunded: the store has done the work.
func (r *Runner) Perform(ctx context.Context, c *Call, touch func(string)) (*graphql.Response, content.RateLimit, *operation.Refusal) {
	// A call over a stream or a socket has no generation yet.
	if c.Generation == nil {
		if refusal := r.Begin(ctx, c, ""); refusal != nil {
			return nil, content.RateLimit{}, refusal
		}
	}
	// The bucket pays first and is refunded later, so that two concurrent requests cannot spend the
	// same units.
	rate, refusal := r.Charge(c, c.Price.Charge)
	if refusal != nil {
		return nil, rate, refusal
	}
	// The semaphore limits runs, not answers from the cache, so hits are served under overload.
	release, refusal := r.acquire(c.Operation.Def.Operation)
	if refusal != nil {
		r.buckets.refund(c.Bucket, c.Price.Charge)
		return nil, rate, refusal
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, r.o.Limits.Deadline)
	defer cancel()
	// A resolver that ignored its context would hold the semaphore; none does.
	resp := r.execute(ctx, c, rate, touch)
	if resp == nil || ctx.Err() == context.DeadlineExceeded {
		r.o.Metrics.Limited("deadline")
		return nil, rate, operation.Refuse(content.Timeout, "The request took too long.")
	}
	// A request whose answer was lost is not refunded: the work was done.
	actual := c.Operation.ActualCost(resp.Data, c.Price.Charge)
	if refusal := lost(resp); refusal != nil {
		return nil, rate, refusal
	}
	r.buckets.refund(c.Bucket, c.Price.Charge-actual)
	rate.Actual = int(actual)
	rate.Remaining = min(rate.Limit, rate.Remaining+max(0, int(c.Price.Charge-actual)))
	return resp, rate, nil
}

// generations is the maximum number of runs of a query. One is usually enough. It is repeated if
// the database was restarted or got another index, or if the index that a search uses changed
// during the run.
const generations = 4

// execute runs an operation that answers once. It repeats a query whose answer does not belong to one
// generation, in the next generation.
func (r *Runner) execute(ctx context.Context, c *Call, rate content.RateLimit, touch func(string)) *graphql.Response {
	ctx, end := r.observe(ctx, c)
	for try := 1; ; try++ {
		// gqlgen expects the operation in the context and returns the function that runs it.
		next, within := r.dispatch(ctx, c)
		within = r.o.Attach(within, Request{ID: VisitOf(ctx).ID, Rate: rate, Touch: touch, Generation: c.Generation})
		resp := next(within)
		c.Inconsistent = content.Left(within)
		if c.Inconsistent && c.Operation.Def.Operation == ast.Query && try < generations && r.o.Revisions != nil {
			if g, err := r.o.Revisions.Next(ctx, c.Generation); err == nil {
				c.Generation = g
				continue
			}
		}
		end(resp)
		return resp
	}
}

// observe starts the span and the clock of an operation. The caller must call the returned function
// once, with the answer or nil.
func (r *Runner) observe(ctx context.Context, c *Call) (context.Context, func(*graphql.Response)) {
	start := r.o.Now()
	ctx, span := r.trace(ctx, c)
	r.o.Metrics.cost.Observe(float64(c.Price.Cost))
	return ctx, func(resp *graphql.Response) {
		outcome := "ok"
		if resp == nil || len(resp.Errors) > 0 {
			outcome = "error"
		}
		r.o.Metrics.operations.WithLabelValues(string(c.Operation.Def.Operation), outcome).Observe(r.o.Now().Sub(start).Seconds())
		span(resp)
	}
}

// dispatch returns the function that runs an operation, and the context that it needs.
func (r *Runner) dispatch(ctx context.Context, c *Call) (graphql.ResponseHandler, context.Context) {
	oc, exec := r.operationContext(c)
	return exec.DispatchOperation(ctx, oc)
}

// operationContext returns what gqlgen's executor needs, and the executor. The executor itself does not build
// it, because parsing, rules, limits and coercion are our own. Only a request with a null that a field must
// refuse pays for a check of each of its fields.
func (r *Runner) operationContext(c *Call) (*graphql.OperationContext, *executor.Executor) {
	oc := &graphql.OperationContext{
		RawQuery:               c.Operation.Text,
		Variables:              c.Vars,
		OperationName:          c.Operation.Def.Name,
		Doc:                    c.Operation.Doc,
		Operation:              c.Operation.Def,
		Extensions:             c.Params.Extensions,
		RecoverFunc:            r.Recovered,
		ResolverMiddleware:     func(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) },
		RootResolverMiddleware: r.root,
		Stats:                  graphql.Stats{OperationStart: time.Now()},
	}
	if !c.Operation.SendsNull(c.Vars) {
		return oc, r.exec
	}
	oc.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
		if what := operation.NullArgument(graphql.GetFieldContext(ctx).Field.Arguments, c.Vars); what != "" {
			return nil, content.Fault(content.BadUserInput, what)
		}
		return next(ctx)
	}
	return oc, r.checked
}

// root runs a root field if its viewer may. A refusal is an error at the field, with its path, and
// the other root fields run.
func (r *Runner) root(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	field := graphql.GetRootFieldContext(ctx)
	if r.o.Root == nil || field == nil || field.Field.ObjectDefinition == nil {
		return next(ctx)
	}
	inner, err := r.o.Root(ctx, field.Field.ObjectDefinition.Name, field.Field.Name)
	if err != nil {
		presented := r.present(ctx, err)
		presented.Path = ast.Path{ast.PathName(field.Field.Alias)}
		if at := field.Field.Position; at != nil {
			presented.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
		}
		graphql.AddError(ctx, presented)
		return graphql.Null
	}
	return next(inner)
}
