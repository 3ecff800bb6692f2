package run

import (
	"context"
	"sync/atomic"

	"patternhub/internal/web/operation"
)

// Visit records one request for its access log and its span. A socket's operations share the visit
// of its handshake.
type Visit struct {
	ID        string
	Address   string
	Operation atomic.Pointer[operation.Operation] // sockets run several concurrently
	Cost      atomic.Int64
	Commands  atomic.Int64 // of the database
	Batch     int          // the number of requests in a batch; 0 for none
	Cache     string       // hit or miss of the response cache

	values [5]string
}

// Value is the index of a header's value in a visit.
type Value int

// The headers that most answers have.
const (
	ValueID Value = iota
	ValueETag
	ValueLimit
	ValueRemaining
	ValueReset
)

// Value stores the only value of a header, so that it needs no allocation.
func (v *Visit) Value(at Value, value string) []string {
	v.values[at] = value
	return v.values[at : at+1 : at+1]
}

type visitKey struct{}

// WithVisit returns a context with the visit of a request.
func WithVisit(ctx context.Context, v *Visit) context.Context {
	return context.WithValue(ctx, visitKey{}, v)
}

// VisitOf returns the visit of the request in ctx. Without a request it returns an empty one, which
// nothing reads, so callers need not check.
func VisitOf(ctx context.Context) *Visit {
	if v, ok := ctx.Value(visitKey{}).(*Visit); ok {
		return v
	}
	return &Visit{}
}
