package resolvers

import (
	"context"

	"patternhub/content"
)

type rateLimitKey struct{}

// WithRateLimit gives a context that tells the field rateLimit what the operation costs. The
// surface knows it before anything is resolved.
func WithRateLimit(ctx context.Context, r *content.RateLimit) context.Context {
	return context.WithValue(ctx, rateLimitKey{}, r)
}

// rateLimit is what the surface told; where no surface counts, nothing is limited.
func rateLimit(ctx context.Context) *content.RateLimit {
	if r, ok := ctx.Value(rateLimitKey{}).(*content.RateLimit); ok {
		return r
	}
	return &content.RateLimit{}
}
