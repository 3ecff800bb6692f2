package resolvers

import (
	"context"

	"patternhub/content"
)

// rateLimitKey keys the value in a context; its type keeps other packages from touching it.
type rateLimitKey struct{}

// WithRateLimit gives a context that tells the field rateLimit what the operation costs. The
// surface knows it before anything is resolved.
// All fields of one operation tell the same, also where it has the field several times.
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
