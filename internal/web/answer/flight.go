package answer

import (
	"context"
	"encoding/binary"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// result is the answer to a call, or the refusal.
type result struct {
	*stored

	rate    content.RateLimit
	refusal *operation.Refusal
	// own reports that the answer is for one request only: it is neither cached nor shared.
	own bool
}

// flight returns the key in the form of a single flight. It includes the revision, so a shared
// answer is never older than the graph that its request asked for.
func (k answerKey) flight() string {
	return string(binary.BigEndian.AppendUint64(k.sum[:], k.revision))
}

// miss runs a call once for all equal concurrent requests, on the goroutine of the first: one of its own
// would cost a tenth of a small answer. The run does not end with that request's client, because others may
// wait for it. A request whose client has left stays until the run ends, at its deadline at the latest.
func (a *Answers) miss(ctx context.Context, c *run.Call, key answerKey) result {
	a.metrics.waiting.Inc()
	defer a.metrics.waiting.Dec()
	first := false
	ran, _, shared := a.runs.Do(key.flight(), func() (any, error) {
		first = true
		// The first request's values stay: its id is in the log.
		return a.run(context.WithoutCancel(ctx), c, key), nil
	})
	if ctx.Err() != nil {
		return result{refusal: a.o.Runner.Refusal(ctx, ctx.Err())}
	}
	out := ran.(result) //nolint:forcetypeassert // run returns a result
	out.own = out.own && !shared
	if !first && out.refusal == nil {
		// A request that shares a run pays like a hit.
		out.rate, out.refusal = a.o.Runner.Charge(c, 1)
	}
	return out
}

// run runs a call for all requests that share the run. It turns a panic into an answer, so that the
// others do not wait forever.
func (a *Answers) run(ctx context.Context, c *run.Call, key answerKey) (out result) {
	defer func() {
		if p := recover(); p != nil {
			out.refusal = a.o.Runner.Refusal(ctx, a.o.Runner.Recovered(ctx, p))
		}
	}()
	tags := newTagSet()
	resp, rate, refusal := a.o.Runner.Perform(ctx, c, tags.add)
	if out.rate, out.refusal = rate, refusal; refusal != nil {
		return out
	}
	made := answerKey{sum: key.sum, revision: c.Generation.Of(c.Operation.Types)}
	k := &stored{tags: noStore, revision: made.revision}
	k.head, k.rest = run.Body(resp, c, rate)
	out.stored, out.own = k, true
	if len(resp.Errors) == 0 && !c.Inconsistent {
		k.tags = tags.list(c.Operation.Tags)
		out.own = !a.store(made, k)
	}
	return out
}
