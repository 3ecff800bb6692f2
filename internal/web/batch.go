package web

import (
	"context"
	"fmt"
	"net/http"

	"patternhub/internal/content"
	"patternhub/internal/web/answer"
	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// item is one request of a batch, or its refusal.
type item struct {
	params  *operation.Params
	refusal *operation.Refusal
}

// batch reads an array of requests. An element that is not a request refuses the whole batch before
// anything runs; an invalid request is refused in its own answer.
func (e *endpoint) batch(list []any) ([]item, *operation.Refusal) {
	switch limit := e.limits.Batch; {
	case len(list) == 0:
		return nil, operation.Refuse(content.BadUserInput, "The batch has no requests.")
	case limit == 1:
		return nil, operation.Refuse(content.LimitExceeded, "Batches are not served here: send one request at a time.")
	case len(list) > limit:
		e.limited("batch")
		return nil, operation.Refuse(content.LimitExceeded,
			fmt.Sprintf("The batch has %d requests, at most %d are served: send several batches.", len(list), limit))
	}
	items := make([]item, len(list))
	for i, value := range list {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, operation.Refuse(content.BadUserInput, fmt.Sprintf("Request %d of the batch is not a JSON object.", i+1))
		}
		items[i].params, items[i].refusal = operation.ParamsOf(object)
	}
	return items, nil
}

// serveBatch answers the requests of a batch in their order, as an array. They run one after the other:
// mutations see the writes of those before them, and a batch counts as one running operation. Each is
// admitted and charged as if it had come alone; they share one deadline.
func (e *endpoint) serveBatch(w http.ResponseWriter, r *http.Request, as answer.Accepted, items []item) {
	if as.Media == "" {
		e.answers.Refuse(w, r, answer.MediaJSON, refuse(http.StatusNotAcceptable, content.BadUserInput,
			"A batch is answered in JSON and not in an event stream."))
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), e.limits.Deadline)
	defer cancel()
	who, refusal := e.credentials(r)
	viewer := Viewer{}
	if refusal == nil {
		ctx, viewer, refusal = e.runner.Authenticate(ctx, who)
	}
	e.private(r, &viewer)
	if refusal != nil {
		e.forget(w, who, refusal)
		e.answers.Refuse(w, r, as.Media, refusal)
		return
	}
	parts, visit, cost := make([]answer.Part, len(items)), run.VisitOf(ctx), int64(0)
	for i, in := range items {
		visit.Cost.Store(0)
		if c, refusal := e.admitPart(ctx, r, in, viewer); refusal != nil {
			parts[i] = answer.Refused(refusal)
		} else {
			parts[i] = e.answers.Part(ctx, w, c)
		}
		cost += visit.Cost.Load()
	}
	visit.Batch = len(items)
	visit.Cost.Store(cost)
	e.answers.Batch(w, r, as.Media, parts)
}

// admitPart returns the call of one request of a batch.
func (e *endpoint) admitPart(ctx context.Context, r *http.Request, in item, viewer Viewer) (*run.Call, *operation.Refusal) {
	if in.refusal != nil {
		return nil, in.refusal
	}
	if ctx.Err() != nil {
		return nil, e.runner.Refusal(ctx, ctx.Err())
	}
	c, refusal := e.runner.Admit(ctx, in.params, viewer)
	if refusal == nil {
		refusal = onlyOnce(c, answer.Accepted{})
	}
	if refusal == nil {
		refusal = e.runner.Begin(ctx, c, answer.Header(r, "X-After"))
	}
	return c, refusal
}
