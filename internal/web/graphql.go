package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/live"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// endpoint serves /graphql: it reads requests, refuses those that are invalid as HTTP, and passes the
// others to the package that answers them.
type endpoint struct {
	limits  Limits
	origins *origins
	runner  *run.Runner
	answers *answer.Answers
	live    *live.Connections
	texts   *texts // nil caches nothing
	limited func(limit string)
}

// ServeHTTP serves /graphql over HTTP. What can be refused without the body is refused before it is
// read. Decisions about the transport are made here; package run decides about the operation.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer.Private(w.Header())
	// The Accept header is read first, since even a refusal needs a media type.
	as := answer.Accepts(r.Header["Accept"])
	if refusal := e.preconditions(w.Header(), r, as); refusal != nil {
		e.answers.Refuse(w, r, as.Refusal(), refusal)
		return
	}
	// A socket has no Accept header of its own; its messages carry the requests.
	if live.IsUpgrade(r) {
		e.serveSocket(w, r)
		return
	}
	in, refusal := e.read(w, r)
	// The body of a GET is not read. net/http would read it, before the answer unless the connection
	// closes and after it unless its time is over, and wait for a body that may never come.
	if r.Method != http.MethodPost && r.ContentLength != 0 {
		w.Header()["Connection"] = []string{"close"}
		defer func() { _ = http.NewResponseController(w).SetReadDeadline(time.Now()) }()
	}
	if refusal != nil {
		e.answers.Refuse(w, r, as.Refusal(), refusal)
		return
	}
	if r.Method == http.MethodPost {
		answer.AwaitNothing(w)
	}
	if in.batch != nil {
		e.serveBatch(w, r, as, in.batch)
		return
	}
	e.single(w, r, as, in)
}

// preconditions checks what can be checked before anything is read.
func (e *endpoint) preconditions(h http.Header, r *http.Request, as answer.Accepted) *operation.Refusal {
	if len(r.RequestURI) > e.limits.URLBytes {
		return refuse(http.StatusRequestURITooLong, content.LimitExceeded, fmt.Sprintf("The URL is longer than %d bytes.", e.limits.URLBytes))
	}
	// Before the method, so that another site learns nothing from the difference.
	if refusal := e.origins.crossSite(r); refusal != nil {
		return refusal
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodPost {
		h.Set("Allow", "GET, HEAD, POST, OPTIONS")
		return refuse(http.StatusMethodNotAllowed, content.BadUserInput, "Only GET and POST are served.")
	}
	if as.Media == "" && !as.Events && !live.IsUpgrade(r) {
		return refuse(http.StatusNotAcceptable, content.BadUserInput,
			"Answers are application/graphql-response+json, application/json or text/event-stream.")
	}
	return nil
}

// single serves one operation.
func (e *endpoint) single(w http.ResponseWriter, r *http.Request, as answer.Accepted, in input) {
	ctx := r.Context()
	who, refusal := credentials(r)
	if refusal != nil {
		e.answers.Refuse(w, r, as.Refusal(), refusal)
		return
	}
	if who != (Credentials{}) {
		// A key is looked up in the store. Anonymous requests get their deadline when they run, since
		// most are answered before.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, e.limits.Deadline)
		defer cancel()
	}
	ctx, viewer, refusal := e.runner.Authenticate(ctx, who)
	if refusal != nil {
		e.answers.Refuse(w, r, as.Refusal(), refusal)
		return
	}
	// Nothing is charged before the request is certain to be answered.
	c, refusal := e.asked(ctx, r, in, viewer)
	if refusal == nil {
		refusal = onlyOnce(c, as)
	}
	if refusal == nil && c.Operation.Def.Operation == ast.Mutation && r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		refusal = refuse(http.StatusMethodNotAllowed, content.BadUserInput, "A mutation needs POST.")
	}
	if refusal == nil {
		refusal = e.runner.Begin(ctx, c, answer.Header(r, "X-After"))
	}
	if refusal == nil && as.Streams(c.Operation.Def.Operation) {
		if refusal = e.live.ServeEvents(ctx, w, r, c); refusal == nil {
			return
		}
	}
	switch {
	case refusal == nil:
		e.answers.Answer(ctx, w, r, c, as.Media)
	// Limits and rates answer with their status, so that a client backs off. An EventSource cannot
	// read the body of an error, so a client that accepts only streams gets a faulty document's
	// errors as an event.
	case refusal.WellFormed && as.Media == "":
		e.live.RefuseEvents(w, refusal)
	default:
		e.answers.Refuse(w, r, as.Refusal(), refusal)
	}
}

// asked returns the call of a request.
func (e *endpoint) asked(ctx context.Context, r *http.Request, in input, viewer Viewer) (*run.Call, *operation.Refusal) {
	if in.known != nil {
		return in.known.For(ctx, viewer), nil
	}
	c, refusal := e.runner.Admit(ctx, in.params, viewer)
	if refusal == nil {
		c.Sum = e.answers.Sum(c)
		e.texts.store(r, in.text, c)
	}
	return c, refusal
}

// onlyOnce refuses an operation that a single answer cannot carry.
func onlyOnce(c *run.Call, as answer.Accepted) *operation.Refusal {
	if c.Operation.Def.Operation == ast.Subscription && !as.Events {
		return operation.Refuse(content.BadUserInput, "A subscription needs text/event-stream or a WebSocket.")
	}
	return nil
}

// serveSocket opens a socket with the credentials of its handshake.
func (e *endpoint) serveSocket(w http.ResponseWriter, r *http.Request) {
	who, refusal := credentials(r)
	if refusal != nil {
		e.answers.Refuse(w, r, answer.MediaJSON, refusal)
		return
	}
	e.live.ServeSocket(w, r, who)
}
