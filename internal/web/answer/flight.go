package answer

import (
	"context"
	"encoding/binary"
	"runtime"

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

// miss runs a call once for all equal concurrent requests. The run outlives the client that started it,
// because others may wait for it.
func (a *Answers) miss(ctx context.Context, c *run.Call, key answerKey) result {
	a.metrics.waiting.Inc()
	defer a.metrics.waiting.Dec()
	first := false
	done := a.runs.DoChan(key.flight(), func() (any, error) {
		first = true
		growStack()
		// The first request's values stay (its id is in the log); its cancellation must not end the
		// run.
		return a.run(context.WithoutCancel(ctx), c, key), nil
	})
	select {
	case ran := <-done:
		if ctx.Err() != nil {
			break
		}
		out := ran.Val.(result) //nolint:forcetypeassert // run returns a result
		out.own = out.own && !ran.Shared
		if !first && out.refusal == nil {
			// A request that shares a run pays like a hit.
			out.rate, out.refusal = a.o.Runner.Charge(c, 1)
		}
		return out
	// Only this client has left or timed out; the run continues for the others.
	case <-ctx.Done():
	}
	return result{refusal: a.o.Runner.Refusal(ctx, ctx.Err())}
}

// growStack makes the stack of a new goroutine large enough for a run while there is little on it to copy.
// Otherwise it is doubled and copied four times on the way down.
//
//go:noinline
func growStack() {
	var space [12 << 10]byte
	runtime.KeepAlive(&space)
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
