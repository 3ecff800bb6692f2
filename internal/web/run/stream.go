package run

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Event is one result for a subscriber: the answer's bytes and its id, if any.
type Event struct {
	ID   string
	Body []byte
	Errs gqlerror.List // of an operation that could not begin, or broke
}

// Results runs an admitted call for a transport that may send many results. After a refusal nothing
// runs; otherwise the caller must read the results, in the goroutine that needs them, so that an
// idle subscription has one stack and not two. They end with ctx. A subscription that cannot begin
// yields one event with errors, since gqlgen reports that only when it is asked for the first
// event.
func (r *Runner) Results(ctx context.Context, c *Call) (iter.Seq[Event], *operation.Refusal) {
	// Queries and mutations over a stream have the same limits as over POST.
	if c.Operation.Def.Operation != ast.Subscription {
		resp, rate, refusal := r.Perform(ctx, c, nil)
		if refusal != nil {
			return nil, refusal
		}
		return func(yield func(Event) bool) { yield(Event{Body: slices.Concat(Body(resp, c, rate))}) }, nil
	}
	prepared, exec := r.operationContext(c)
	if refusal := oneStream(prepared); refusal != nil {
		return nil, refusal
	}
	// A subscription pays once: the subscriber does not cause the changes.
	rate, refusal := r.Charge(c, c.Price.Charge)
	if refusal != nil {
		return nil, refusal
	}
	ctx, end := r.observe(ctx, c)
	// The resolver of the subscription itself runs during the dispatch, the fields of an event when the
	// event is asked for.
	ctx = r.o.Attach(ctx, Request{ID: VisitOf(ctx).ID, LastEventID: c.LastEventID, Rate: rate})
	next, ctx := exec.DispatchOperation(ctx, prepared)
	return func(yield func(Event) bool) {
		defer end(&graphql.Response{})
		for resp := r.next(ctx, c, rate, next); resp != nil; resp = r.next(ctx, c, rate, next) {
			r.o.Metrics.events.Inc()
			e := Event{ID: eventID(c, resp.Data), Body: slices.Concat(Body(resp, nil, content.RateLimit{}))}
			if len(resp.Data) == 0 {
				e.Errs = resp.Errors
			}
			// gqlgen returns the same errors forever if a subscription could not begin.
			if !yield(e) || e.Errs != nil {
				return
			}
		}
	}, nil
}

// next waits for the next event with a fresh context for its loaders. A panic ends the stream. nil
// means that the subscription is over.
func (r *Runner) next(ctx context.Context, c *Call, rate content.RateLimit, next graphql.ResponseHandler) (resp *graphql.Response) {
	defer func() {
		if p := recover(); p != nil {
			err := r.present(ctx, r.Recovered(ctx, p))
			resp = &graphql.Response{Errors: gqlerror.List{err}}
		}
	}()
	return next(r.o.Attach(ctx, Request{ID: VisitOf(ctx).ID, LastEventID: c.LastEventID, Rate: rate}))
}

// eventID returns the value of the id field in an event's data. An event without the field, or with
// a value that is not a string, has no id.
func eventID(c *Call, data json.RawMessage) string {
	if c.Operation.EventKey == "" {
		return ""
	}
	// A subscription has one root field, so there is one object.
	var root map[string]map[string]any
	if json.Unmarshal(data, &root) != nil {
		return ""
	}
	for _, object := range root {
		if id, ok := object[c.Operation.EventKey].(string); ok {
			return id
		}
	}
	return ""
}

// oneStream refuses a subscription whose only field its directives leave out, over which gqlgen
// would panic.
func oneStream(op *graphql.OperationContext) *operation.Refusal {
	if len(graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})) == 1 {
		return nil
	}
	refusal := operation.Refuse(content.BadUserInput, "A subscription follows one field; its directives leave none.")
	refusal.WellFormed = true
	return refusal
}
