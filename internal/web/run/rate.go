package run

import (
	"time"

	"golang.org/x/time/rate"

	"patternhub/internal/bounded"
	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// buckets holds one bucket of cost for each key or address. The least used are evicted first; a new
// one is full, like one that was not used for a while. golang.org/x/time/rate does the arithmetic;
// a refund is a negative charge, capped by the bucket's size.
type buckets struct {
	limits Limits
	now    func() time.Time
	held   bounded.Cache[string, rate.Limiter]
}

// newBuckets returns no buckets yet; each is full when it is made.
func newBuckets(l Limits, now func() time.Time) *buckets {
	return &buckets{limits: l, now: now, held: bounded.Items[string, rate.Limiter](l.BucketKeys)}
}

// of returns the bucket of a name, a full one if it is new.
func (b *buckets) of(name string) *rate.Limiter {
	if l := b.held.Get(name); l != nil {
		return l
	}
	return b.held.GetOrSet(name, rate.NewLimiter(rate.Limit(b.limits.Restore), int(b.limits.Bucket)))
}

// take charges a bucket, or returns how long until it can pay. With a wait nothing was charged. The
// state is that after the charge.
func (b *buckets) take(name string, cost int64) (content.RateLimit, time.Duration) {
	l, now := b.of(name), b.now()
	// A cost above the bucket is possible only if its limit is set above it; it empties the bucket.
	if l.AllowN(now, int(min(cost, b.limits.Bucket))) {
		return b.state(l, now), 0
	}
	return b.state(l, now), b.until(l, now, cost)
}

// wait returns how long until a bucket can pay, without charging it. A missing bucket counts as
// full and is not made.
func (b *buckets) wait(name string, cost int64) time.Duration {
	l := b.held.Get(name)
	if l == nil {
		return 0
	}
	return b.until(l, b.now(), cost)
}

// until returns how long the missing amount takes to be restored, at a steady rate. It is exact
// unless other requests spend during that time.
func (b *buckets) until(l *rate.Limiter, now time.Time, cost int64) time.Duration {
	missing := float64(min(cost, b.limits.Bucket)) - l.TokensAt(now)
	return time.Duration(max(0, missing) / float64(b.limits.Restore) * float64(time.Second))
}

// refund returns to a bucket what an operation did not use.
func (b *buckets) refund(name string, cost int64) {
	if cost > 0 {
		b.of(name).AllowN(b.now(), -int(cost))
	}
}

// state returns the content of a bucket.
func (b *buckets) state(l *rate.Limiter, now time.Time) content.RateLimit {
	remaining := max(0, int64(l.TokensAt(now)))
	return content.RateLimit{
		Limit: int(b.limits.Bucket), Remaining: int(remaining), Restore: int(b.limits.Restore),
		ResetAt: now.Add(time.Duration(b.limits.Bucket-remaining) * time.Second / time.Duration(b.limits.Restore)),
	}
}

// Charge takes a price from the bucket of a call.
func (r *Runner) Charge(c *Call, price int64) (content.RateLimit, *operation.Refusal) {
	rate, wait := r.buckets.take(c.Bucket, price)
	rate.Cost, rate.NodeCount = int(c.Price.Cost), int(c.Price.Nodes)
	if wait <= 0 {
		return rate, nil
	}
	return rate, r.rateLimited(wait, "Too many requests: the budget is spent.")
}

// rateLimited returns the refusal of a request that its bucket cannot pay for yet, or nil if limits
// are only measured.
func (r *Runner) rateLimited(wait time.Duration, message string) *operation.Refusal {
	// Counted in both modes, so that a limit can be tried before it is enforced.
	r.o.Metrics.Limited("rate")
	if r.o.MeasureOnly {
		return nil
	}
	refusal := operation.Refuse(content.RateLimited, message)
	refusal.RetryAfter = wait
	return refusal
}
