package run

import (
	"context"
	"strings"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Authenticate turns the credentials of one request into a viewer. The operation runs in the returned
// context. The client sees the code of an error.
type Authenticate func(ctx context.Context, c Credentials) (context.Context, Viewer, error)

// Credentials are what a client sent to identify itself.
type Credentials struct {
	Token       string // the bearer token, empty without one
	Perspective string // the header X-Perspective, empty for the published graph
	Preview     string // the preview token of a header or of the URL
	Session     string // the secret in the cookie of a session, empty unless it counts
	Ticket      string // the ticket of a session, empty unless a page of the hub sent it
}

// Anonymous reports whether the client sent nothing that identifies it.
func (c Credentials) Anonymous() bool { return c == Credentials{Perspective: c.Perspective} }

// KeyPrefix begins every key of the hub; a misplaced key is recognised by it.
const KeyPrefix = "phk_"

// Bearer returns the token in an Authorization header; ok is false if the header has another form.
// An empty header counts as absent, since clients without a key send it.
func Bearer(header string) (token string, ok bool) {
	header = strings.TrimSpace(header)
	if header == "" {
		return "", true
	}
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	return token, strings.EqualFold(scheme, "bearer") && token != "" && !strings.ContainsAny(token, " \t,")
}

// Viewer holds what the server needs to know about the viewer.
type Viewer struct {
	// Scope partitions the cache: viewers of one scope see the same answers. The anonymous reader
	// of the published graph has the empty scope; only its answers are public.
	Scope string
	// Key is the bucket charged for the operations; empty means the client's address.
	Key string
	// NoStore forbids caching answers, for example those of drafts.
	NoStore bool
	// AnyDocument exempts the viewer from the enforcement of trusted documents.
	AnyDocument bool
	// Check is called again while a socket or a stream is open, so that a revoked key ends it; nil for
	// viewers without a key.
	Check func(ctx context.Context) error
}

// failedAuthCost is charged to the address for each rejected key, from a separate bucket. It equals
// the cost of a small query, since a look-up costs as much. The default limits allow a burst of two
// thousand, then a hundred a second.
const failedAuthCost = 10

// Authenticate turns the credentials of a request into a viewer. A wrong key is refused and never
// served as anonymous, since its owner would not notice. It costs a look-up in the store, so an
// address that has sent too many wrong keys gets no look-up for a while, even with a right one.
// Requests without credentials, and those of other addresses, are not affected.
func (r *Runner) Authenticate(ctx context.Context, c Credentials) (context.Context, Viewer, *operation.Refusal) {
	bucket := "" // empty: nothing is charged
	if !c.Anonymous() {
		bucket = "wrong keys of " + VisitOf(ctx).Address
		if wait := r.buckets.wait(bucket, failedAuthCost); wait > 0 {
			if refusal := r.rateLimited(wait, "Too many wrong keys came from this address."); refusal != nil {
				return ctx, Viewer{}, refusal
			}
		}
	}
	ctx, viewer, err := r.o.Authenticate(ctx, c)
	if err == nil {
		return ctx, viewer, nil
	}
	if bucket != "" && content.CodeOf(err) == content.Unauthenticated {
		r.buckets.take(bucket, failedAuthCost)
	}
	return ctx, viewer, r.Refusal(ctx, err)
}

// Recheck refuses a viewer whose access was revoked.
func (r *Runner) Recheck(ctx context.Context, viewer Viewer) *operation.Refusal {
	if viewer.Check == nil {
		return nil
	}
	if err := viewer.Check(ctx); err != nil {
		return r.Refusal(ctx, err)
	}
	return nil
}
