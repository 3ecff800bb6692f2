package resolvers

import (
	"context"

	"patternhub/internal/content"
)

// rateLimitKey is the context key of the rate limit. Its type is private to this package.
type rateLimitKey struct{}

// WithRateLimit returns a context from which the field rateLimit reads what the operation costs.
// The server computes the cost before anything is resolved, so all fields of one operation return
// the same figures.
func WithRateLimit(ctx context.Context, r *content.RateLimit) context.Context {
	return context.WithValue(ctx, rateLimitKey{}, r)
}

// rateLimit returns the figures of WithRateLimit, or zeros if no server limits the rate.
func rateLimit(ctx context.Context) *content.RateLimit {
	if r, ok := ctx.Value(rateLimitKey{}).(*content.RateLimit); ok {
		return r
	}
	return &content.RateLimit{}
}
