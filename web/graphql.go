package web

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/content"
)

// call is one admitted operation with everything it runs with.
// It belongs to one request, or to the run that several requests joined; the operation in it is
// shared and read-only.
type call struct {
	op     *operation
	vars   map[string]any
	cost   Cost
	price  int64 // what its bucket is charged
	viewer Viewer
	bucket string
	event  string            // Last-Event-ID
	sum    [sha256.Size]byte // names what is asked, whoever asks; see answers.sum
	params *params
}

// graphQL serves /graphql over HTTP.
// Everything that can be refused without the body is refused before it is read. What is decided
// here is how a request travels; what it asks for is admit's.
func (s *Server) graphQL(w http.ResponseWriter, r *http.Request) {
	w.Header()["Cache-Control"] = s.private
	// The Accept header is read first, since even a refusal needs a media type.
	media := negotiate(r.Header["Accept"])
	events := acceptsEvents(r.Header["Accept"])
	if refused := s.preconditions(r, media, events); refused != nil {
		s.refuse(w, r, or(media, mediaJSON), refused)
		return
	}
	// A socket has no Accept header of its own; its messages carry the requests.
	if isUpgrade(r) {
		s.serveSocket(w, r)
		return
	}
	var p *params
	var refused *refusal
	switch {
	case r.Method == http.MethodPost:
		p, refused = s.readPost(w, r)
	// A remembered URL needs no reading; single finds it again.
	case events || s.urls.find(r) == nil:
		p, refused = s.readGet(r)
	}
	// Nobody reads the body of a GET. net/http would, before the answer unless the connection
	// closes and after it unless its time is over, and wait for a body that never comes.
	if r.Method != http.MethodPost && r.ContentLength != 0 {
		w.Header()["Connection"] = []string{"close"}
		defer func() { _ = http.NewResponseController(w).SetReadDeadline(time.Now()) }()
	}
	if refused != nil {
		if refused.unread {
			// Else net/http would wait for the rest of the body before it answers.
			w.Header()["Connection"] = []string{"close"}
		}
		s.refuse(w, r, or(media, mediaJSON), refused)
		return
	}
	if events || r.Method == http.MethodPost {
		unhurried(w)
	}
	if events {
		s.serveEvents(w, r, media, p)
		return
	}
	s.single(w, r, media, p)
}

// unhurried takes the server's read deadline away, which was for the body: left on, it would end
// the request when it passes, because net/http goes on reading to notice a client that leaves.
// A GET that is answered from memory is over before, and saves the call.
func unhurried(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// header gives a request's header by its canonical name, without the work of finding that out.
func header(r *http.Request, name string) string {
	if v := r.Header[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// preconditions checks what can be checked before anything is read.
func (s *Server) preconditions(r *http.Request, media string, events bool) *refusal {
	if len(r.RequestURI) > s.limits.URLBytes {
		return refuse(http.StatusRequestURITooLong, content.LimitExceeded, fmt.Sprintf("The URL is longer than %d bytes.", s.limits.URLBytes))
	}
	// Before the method, so that another site learns nothing from the difference.
	if refused := s.crossSite(r); refused != nil {
		return refused
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		refused := refuse(http.StatusMethodNotAllowed, content.BadUserInput, "Only GET and POST are served.")
		refused.allow = "GET, HEAD, POST, OPTIONS"
		return refused
	}
	if media == "" && !events && !isUpgrade(r) {
		return refuse(http.StatusNotAcceptable, content.BadUserInput,
			"Answers are application/graphql-response+json, application/json or text/event-stream.")
	}
	return nil
}

// single serves one query or mutation.
func (s *Server) single(w http.ResponseWriter, r *http.Request, media string, p *params) {
	ctx, who := r.Context(), credentials(r)
	if who != (Credentials{}) {
		// A key is looked up in the store. Anonymous requests get their deadline where they run:
		// most are answered before.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.limits.Deadline)
		defer cancel()
	}
	ctx, viewer, refused := s.authenticate(ctx, who)
	if refused != nil {
		s.refuse(w, r, media, refused)
		return
	}
	// Nothing is charged until the request is known to be one that will be answered.
	c, refused := s.asked(ctx, r, p, viewer)
	if refused == nil {
		refused = onlyOnce(c, r.Method)
	}
	if refused == nil {
		refused = s.after(ctx, header(r, "X-After"))
	}
	if refused != nil {
		s.refuse(w, r, media, refused)
		return
	}
	s.answer(ctx, w, r, c, media)
}

// asked gives the call of a request: p is nil where its URL is remembered.
func (s *Server) asked(ctx context.Context, r *http.Request, p *params, viewer Viewer) (*call, *refusal) {
	if p == nil {
		if from := s.urls.find(r); from != nil {
			return s.renew(r, from, viewer), nil
		}
		var refused *refusal
		if p, refused = s.readGet(r); refused != nil {
			return nil, refused
		}
	}
	c, refused := s.admit(ctx, p, viewer)
	if refused == nil {
		c.sum = s.answers.sum(c)
		s.urls.remember(s, r, c)
	}
	return c, refused
}

// onlyOnce refuses what a single answer cannot carry or a GET may not do.
func onlyOnce(c *call, method string) *refusal {
	switch {
	case c.op.def.Operation == ast.Subscription:
		return refuse(http.StatusBadRequest, content.BadUserInput,
			"A subscription needs text/event-stream or a WebSocket.")
	case c.op.def.Operation == ast.Mutation && method != http.MethodPost:
		refused := refuse(http.StatusMethodNotAllowed, content.BadUserInput, "A mutation needs POST.")
		refused.allow = http.MethodPost
		return refused
	}
	return nil
}

// credentials reads who asks from a request's headers and URL.
func credentials(r *http.Request) Credentials {
	c := Credentials{Perspective: header(r, "X-Perspective"), Preview: header(r, "X-Preview-Token")}
	if authorization := header(r, "Authorization"); authorization != "" {
		c.Token = bearer(authorization)
	}
	if c.Preview == "" && strings.Contains(r.URL.RawQuery, "preview=") {
		c.Preview = r.URL.Query().Get("preview")
	}
	return c
}

// admit finds the operation of a request, coerces its variables and prices it.
// Nothing is charged and nothing runs. The measure with the real variables is looked at once more,
// as a page size in a variable may be larger than the least that was assumed.
func (s *Server) admit(ctx context.Context, p *params, viewer Viewer) (*call, *refusal) {
	// The steps stand in the order of their price.
	text, refused := s.persisted.resolve(ctx, s, p)
	if refused != nil {
		return nil, refused
	}
	op, refused := s.operations.find(text, p.operationName)
	if refused != nil {
		return nil, refused
	}
	visitOf(ctx).operation.Store(op)
	// A document that failed a limit or a rule never gets here.
	s.persisted.remember(p, text)
	vars, refused := s.coerce(op.def, p.variables)
	if refused != nil {
		return nil, refused
	}
	if op.dry != nil && dryRun(op, vars) {
		op = op.dry
	}
	// Sizes and conditions in variables are known now.
	m := s.measured(op, vars)
	if m.variable {
		if refused := s.limit("cost", s.operations.dear(m)); refused != nil {
			return nil, refused
		}
	}
	c := &call{op: op, vars: vars, viewer: viewer, params: p, cost: Cost{Requested: m.cost, Nodes: m.nodes}}
	c.price = m.cost
	if op.dryOf != nil {
		// It tells the price of the whole and pays only for itself.
		whole := s.measured(op.dryOf, vars)
		c.cost = Cost{Requested: whole.cost, Nodes: whole.nodes}
	}
	c.bucket = viewer.Key
	if c.bucket == "" {
		c.bucket = visitOf(ctx).address
	}
	visitOf(ctx).cost.Store(m.cost)
	return c, nil
}

// measured gives the measure of an operation under its variables.
func (s *Server) measured(op *operation, vars map[string]any) measure {
	if !op.measure.variable {
		return op.measure
	}
	return newWalk(s.info, op.doc, vars).run(op.def)
}

// perform charges and runs a query or a mutation within the concurrency limit, and refunds
// what it did not use.
// touch is told of each entry in the answer; nil where nobody keeps it. A run that fails keeps what
// it was charged: the store has done the work.
func (s *Server) perform(ctx context.Context, c *call, touch func(string)) (*graphql.Response, Rate, *refusal) {
	// The bucket pays first and gets back what was not used: two requests at once cannot spend
	// the same units.
	rate, refused := s.charge(c, c.price)
	if refused != nil {
		return nil, rate, refused
	}
	// A place is for running, not for answering from memory, so hits are served under overload.
	release, refused := s.place()
	if refused != nil {
		s.buckets.refund(c.bucket, c.price)
		return nil, rate, refused
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, s.limits.Deadline)
	defer cancel()
	// A resolver that ignores its context would hold its place; none of ours does.
	resp := s.execute(ctx, c, rate, touch)
	if resp == nil || ctx.Err() == context.DeadlineExceeded {
		s.metrics.limited.WithLabelValues("deadline").Inc()
		return nil, rate, refuse(http.StatusGatewayTimeout, content.Timeout, "The request took too long.")
	}
	// A request whose answer was lost is not refunded: the work was done.
	c.cost.Actual = actualCost(c, resp.Data)
	if refused := lost(resp); refused != nil {
		return nil, rate, refused
	}
	s.buckets.refund(c.bucket, c.price-c.cost.Actual)
	rate.Remaining = min(rate.Limit, rate.Remaining+max(0, c.price-c.cost.Actual))
	return resp, rate, nil
}

// execute runs an operation that answers once.
func (s *Server) execute(ctx context.Context, c *call, rate Rate, touch func(string)) *graphql.Response {
	ctx, end := s.observe(ctx, c)
	// gqlgen wants the operation in the context and gives the function that runs it.
	next, ctx := s.exec.DispatchOperation(ctx, s.operationContext(c))
	resp := next(s.opts.Attach(ctx, Request{ID: requestID(ctx), Cost: c.cost, Rate: rate, Touch: touch}))
	end(resp)
	return resp
}

// observe starts the span and the clock of an operation.
// The function that it gives has to be called once, with the answer or nil.
func (s *Server) observe(ctx context.Context, c *call) (context.Context, func(*graphql.Response)) {
	start := s.now()
	ctx, span := s.tracer.operation(ctx, c)
	s.metrics.cost.Observe(float64(c.cost.Requested))
	return ctx, func(resp *graphql.Response) {
		outcome := "ok"
		if resp == nil || len(resp.Errors) > 0 {
			outcome = "error"
		}
		s.metrics.operations.WithLabelValues(string(c.op.def.Operation), outcome).Observe(s.now().Sub(start).Seconds())
		span(resp)
	}
}

// operationContext builds what gqlgen's executor needs. It is built here and not by the
// executor because parsing, rules, limits and coercion are ours.
func (s *Server) operationContext(c *call) *graphql.OperationContext {
	return &graphql.OperationContext{
		RawQuery:               c.op.text,
		Variables:              c.vars,
		OperationName:          c.op.def.Name,
		Doc:                    c.op.doc,
		Operation:              c.op.def,
		Extensions:             c.params.extensions,
		RecoverFunc:            s.recovered,
		ResolverMiddleware:     s.fields,
		RootResolverMiddleware: s.root,
		Stats:                  graphql.Stats{OperationStart: time.Now()},
	}
}

// fieldMiddleware gives what an executor has around its fields. A function of ours that only
// hands on would do the same, but the engine calls resolvers directly only where it knows the
// middleware for the executor's own, which does nothing.
func fieldMiddleware(exec *executor.Executor) (graphql.FieldMiddleware, error) {
	ctx := graphql.StartOperationTrace(context.Background())
	oc, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: "{__typename}"})
	if len(errs) > 0 {
		return nil, fmt.Errorf("prepare the executor: %w", errs)
	}
	return oc.ResolverMiddleware, nil
}

// root runs a root field if its viewer may.
// A refusal is an error at the field, with its path, and the other root fields go on.
func (s *Server) root(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	field := graphql.GetRootFieldContext(ctx)
	if s.opts.Root == nil || field == nil || field.Field.ObjectDefinition == nil {
		return next(ctx)
	}
	inner, err := s.opts.Root(ctx, field.Field.ObjectDefinition.Name, field.Field.Name)
	if err != nil {
		presented := s.present(ctx, err)
		presented.Path = ast.Path{ast.PathName(field.Field.Alias)}
		if at := field.Field.Position; at != nil {
			presented.Locations = []gqlerror.Location{{Line: at.Line, Column: at.Column}}
		}
		graphql.AddError(ctx, presented)
		return graphql.Null
	}
	return next(inner)
}

// place takes one of the places for running operations, or refuses at once: a queue would only
// make every request late.
func (s *Server) place() (release func(), refused *refusal) {
	select {
	case s.places <- struct{}{}:
		return func() { <-s.places }, nil
	default:
		s.metrics.limited.WithLabelValues("concurrency").Inc()
		refused := refuse(http.StatusServiceUnavailable, content.Unavailable, "The service is busy.")
		refused.retryAfter = time.Second
		return nil, refused
	}
}
