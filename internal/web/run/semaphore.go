package run

import (
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// acquire takes a slot for a running operation, or refuses immediately: a queue would only delay every
// request. Mutations take turns in the store and wait there. They may hold only a share of the
// slots, so that queries continue.
func (r *Runner) acquire(kind ast.Operation) (release func(), refusal *operation.Refusal) {
	if kind != ast.Mutation {
		return r.enter(r.running, "concurrency", "The service is busy.")
	}
	queued, refusal := r.enter(r.writes, "writes", "Too many writes are waiting. Try again in a moment.")
	if refusal != nil {
		return nil, refusal
	}
	running, refusal := r.enter(r.running, "concurrency", "The service is busy.")
	if refusal != nil {
		queued()
		return nil, refusal
	}
	return func() { running(); queued() }, nil
}

// enter takes a slot of a semaphore, or refuses and counts that under the name of the limit.
func (r *Runner) enter(slots chan struct{}, limit, message string) (leave func(), refusal *operation.Refusal) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	default:
		r.o.Metrics.Limited(limit)
		refusal := operation.Refuse(content.Unavailable, message)
		refusal.RetryAfter = time.Second
		return nil, refusal
	}
}
