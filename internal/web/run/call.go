package run

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Call is one admitted operation with everything that running it needs. It belongs to one request,
// or to several that share one run; the operation in it is shared and read-only.
type Call struct {
	Operation *operation.Operation
	Vars      map[string]any
	Params    *operation.Params
	Viewer    Viewer
	Price     operation.Price
	// Bucket is the rate-limit bucket charged for the operation.
	Bucket string
	// LastEventID is the event after which an event stream resumes.
	LastEventID string
	// Generation is the generation Begin chose. Inconsistent reports that a read left it, see
	// content.Left.
	Generation   Generation
	Inconsistent bool
	// Sum identifies the operation and its variables, without the viewer, for the response cache.
	Sum [sha256.Size]byte
}

// Public reports whether the answer is the same for every client, so that any cache may store it.
func (c *Call) Public() bool {
	return c.Operation.Public && c.Viewer.Scope == "" && !c.Viewer.NoStore
}

// For returns a copy of c for another request and viewer. Like Admit, it records the operation and
// its cost in the visit.
func (c *Call) For(ctx context.Context, viewer Viewer) *Call {
	copied, v := *c, VisitOf(ctx)
	copied.Viewer, copied.Bucket = viewer, bucketOf(v, viewer)
	v.Operation.Store(c.Operation)
	v.Cost.Store(c.Price.Charge)
	return &copied
}

// bucketOf returns the name of the bucket charged for a viewer's operations.
func bucketOf(v *Visit, viewer Viewer) string {
	if viewer.Key != "" {
		return viewer.Key
	}
	return v.Address
}

// Admit finds the operation of a request, coerces its variables and prices it. It does not
// charge or run it. Cheap checks come first.
func (r *Runner) Admit(ctx context.Context, p *operation.Params, viewer Viewer) (*Call, *operation.Refusal) {
	v := VisitOf(ctx)
	text, refusal := r.o.Documents.Resolve(ctx, p, viewer.AnyDocument)
	if refusal != nil {
		return nil, refusal
	}
	op, refusal := r.o.Operations.Find(text, p.OperationName)
	if refusal != nil {
		return nil, refusal
	}
	// The access log has the operation even if its variables are wrong.
	v.Operation.Store(op)
	// Only valid documents are stored.
	r.o.Documents.Store(p, text, viewer.AnyDocument)
	vars, refusal := r.o.Operations.Coerce(op, p.Variables)
	if refusal != nil {
		return nil, refusal
	}
	price, refusal := r.o.Operations.Price(op, vars)
	if refusal != nil {
		return nil, refusal
	}
	v.Cost.Store(price.Charge)
	return &Call{Operation: price.Run, Vars: vars, Params: p, Price: price, Viewer: viewer, Bucket: bucketOf(v, viewer)}, nil
}

// Begin chooses the generation that a call is answered from. It waits up to
// Limits.WaitAfter until the newest generation includes this replica's own writes and the write of
// the token. Without a token a request waits only right after a write. An invalid token is rejected;
// ignoring it would silently show an old state.
func (r *Runner) Begin(ctx context.Context, c *Call, token string) *operation.Refusal {
	if r.o.Revisions == nil {
		return nil
	}
	g, current := r.o.Revisions.Now()
	if c.Generation = g; current && token == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, r.o.Limits.WaitAfter)
	defer cancel()
	err := r.o.Revisions.Wait(ctx, token)
	switch {
	case err == nil:
		c.Generation, _ = r.o.Revisions.Now()
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		message := "The write named by X-After has not arrived here yet."
		if token == "" {
			message = "Recent writes are not yet readable on this replica. Try again in a moment."
		}
		refusal := operation.Refuse(content.Unavailable, message)
		refusal.RetryAfter = time.Second
		return refusal
	}
	return r.Refusal(ctx, err)
}
