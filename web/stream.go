package web

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"patternhub/content"
)

// event is one result on its way to a subscriber: the answer's bytes and its id, if it has one.
type event struct {
	id   string
	body []byte
	errs gqlerror.List // the operation failed before it began, or broke
}

// results runs an admitted call for a transport that may send many results. The refusal says
// that nothing runs; otherwise the results must be read, in the goroutine that wants them: a
// subscription that stands idle for hours then has one stack and not two. They end with ctx. A
// subscription that cannot begin gives one event with errors, since gqlgen tells that only when
// it is asked for the first event.
func (s *Server) results(ctx context.Context, c *call) (iter.Seq[event], *refusal) {
	// Queries and mutations over a stream are what they are over POST, with the same limits.
	if c.op.def.Operation != ast.Subscription {
		resp, rate, refused := s.perform(ctx, c, nil)
		if refused != nil {
			return nil, refused
		}
		return func(yield func(event) bool) { yield(event{body: slices.Concat(body(resp, c, rate))}) }, nil
	}
	prepared := s.operationContext(c)
	if refused := oneStream(prepared); refused != nil {
		return nil, refused
	}
	// A subscription pays once: how often the graph changes is not the subscriber's doing.
	rate, refused := s.charge(c, c.price)
	if refused != nil {
		return nil, refused
	}
	ctx, end := s.observe(ctx, c)
	// The resolver of the subscription itself runs while it is dispatched, the fields of an
	// event when the event is asked for.
	ctx = s.opts.Attach(ctx, Request{ID: requestID(ctx), LastEventID: c.event, Cost: c.cost, Rate: rate})
	next, ctx := s.exec.DispatchOperation(ctx, prepared)
	return func(yield func(event) bool) {
		defer end(&graphql.Response{})
		for resp := s.next(ctx, c, rate, next); resp != nil; resp = s.next(ctx, c, rate, next) {
			s.metrics.events.Inc()
			e := event{id: eventID(c, resp.Data), body: slices.Concat(body(resp, nil, Rate{}))}
			if len(resp.Data) == 0 {
				e.errs = resp.Errors
			}
			// gqlgen gives the same errors for ever when a subscription could not begin.
			if !yield(e) || e.errs != nil {
				return
			}
		}
	}, nil
}

// stream is results for a transport that has something else to wait for as well: a channel
// that closes when the operation is over. The goroutine behind it ends with ctx.
func (s *Server) stream(ctx context.Context, c *call) (<-chan event, *refusal) {
	results, refused := s.results(ctx, c)
	if refused != nil {
		return nil, refused
	}
	// Unbuffered: a reader that does not read stops the operation and not the memory.
	out := make(chan event)
	go func() {
		defer close(out)
		for e := range results {
			select {
			case out <- e:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out, nil
}

// next waits for the next event with a fresh context for its loaders. A panic ends the stream.
// nil means that the subscription is over.
func (s *Server) next(ctx context.Context, c *call, rate Rate, next graphql.ResponseHandler) (resp *graphql.Response) {
	defer func() {
		if p := recover(); p != nil {
			err := s.present(ctx, s.recovered(ctx, p))
			resp = &graphql.Response{Errors: gqlerror.List{err}}
		}
	}()
	return next(s.opts.Attach(ctx, Request{ID: requestID(ctx), LastEventID: c.event, Cost: c.cost, Rate: rate}))
}

// eventID finds the value of the id field in an event's data.
// An event without the field, or with one that is no string, has no id.
func eventID(c *call, data json.RawMessage) string {
	if c.op.eventKey == "" {
		return ""
	}
	// A subscription has one root field, so there is one object.
	var root map[string]map[string]any
	if json.Unmarshal(data, &root) != nil {
		return ""
	}
	for _, object := range root {
		if id, ok := object[c.op.eventKey].(string); ok {
			return id
		}
	}
	return ""
}

// eventKey gives the name under which an operation selects the id field, or "".
// The last one selected counts where there are several.
func eventKey(info *schemaInfo, op *operation, name string) string {
	key := ""
	each(info, op, func(_ *ast.Definition, f *ast.Field, _ *fieldInfo) {
		if f.Name == name {
			key = f.Alias
		}
	})
	return key
}

// tooMany refuses a socket or a stream of an address that has enough of them.
func (s *Server) tooMany() *refusal {
	s.metrics.limited.WithLabelValues("sockets").Inc()
	refused := refuse(http.StatusTooManyRequests, content.RateLimited,
		fmt.Sprintf("An address may have %d sockets and streams open, a key %d.", s.limits.Sockets, keySockets*s.limits.Sockets))
	refused.retryAfter = s.limits.PingEvery
	return refused
}
