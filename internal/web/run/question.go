package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/web/operation"
)

// Question is a query of the program itself that is answered for readers without a key, such as the
// document of a page. It passes the limits of documents once. It is safe for concurrent use.
type Question struct {
	runner *Runner
	call   Call
}

// Question admits a query with its variables. It need not be a trusted document, since it is the
// program's own. Its error is BadUserInput, for example if a variable has the wrong form.
func (r *Runner) Question(query string, vars map[string]any) (*Question, error) {
	sent, err := asSent(vars)
	if err != nil {
		return nil, err
	}
	c, err := r.inner(query, sent)
	if err != nil {
		return nil, err
	}
	if !c.Operation.Public {
		return nil, content.Fault(content.BadUserInput, "The answer of this query differs by viewer or moment.")
	}
	price, refusal := r.o.Operations.Price(c.Operation, c.Vars)
	if refusal != nil {
		return nil, refused(refusal)
	}
	c.Operation, c.Price = price.Run, price
	return &Question{r, *c}, nil
}

// asSent returns variables in the form in which they are read from a request, where numbers are texts.
func asSent(vars map[string]any) (map[string]any, error) {
	raw, err := json.Marshal(vars)
	if err != nil {
		return nil, fmt.Errorf("write variables: %w", err)
	}
	sent := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&sent); err != nil {
		return nil, fmt.Errorf("read variables: %w", err)
	}
	return sent, nil
}

// Preview admits the holder of a preview token. Questions that are opened in the returned context are
// answered for them. It fails for a token that is not valid, and is limited like requests with one.
func (r *Runner) Preview(ctx context.Context, token string) (context.Context, error) {
	// Without a token the viewer would be any reader.
	if token == "" {
		return nil, content.Fault(content.Unauthenticated, "The preview token is empty.")
	}
	ctx, viewer, refusal := r.Authenticate(ctx, Credentials{Preview: token})
	if refusal != nil {
		return nil, refused(refusal)
	}
	return context.WithValue(ctx, previewKey{}, &viewer), nil
}

type previewKey struct{}

// Open begins to answer a question for one request, from the newest generation. It fails where readers
// need a key. The visit of the request is in ctx. Preview says who else may ask.
func (q *Question) Open(ctx context.Context) (*Reading, error) {
	viewer, ok := ctx.Value(previewKey{}).(*Viewer)
	if !ok {
		within, reader, refusal := q.runner.Authenticate(ctx, Credentials{})
		if refusal != nil {
			return nil, refused(refusal)
		}
		ctx, viewer = within, &reader
	}
	c := q.call.For(ctx, *viewer)
	if refusal := q.runner.Begin(ctx, c, ""); refusal != nil {
		return nil, refused(refusal)
	}
	return &Reading{q.runner, ctx, c}, nil
}

// Reading is the answer to a question for one request.
type Reading struct {
	runner *Runner
	ctx    context.Context //nolint:containedctx // it holds the viewer and ends with the request
	call   *Call
}

// Revision returns a number that changes whenever something is published that the answer depends on. It
// is 0 if the graph has no generations, so that the answer's age is unknown.
func (r *Reading) Revision() uint64 {
	if r.call.Generation == nil {
		return 0
	}
	return r.call.Generation.Of(r.call.Operation.Types)
}

// Charge charges for an answer that the program has kept, as much as for one from the response cache.
func (r *Reading) Charge() error {
	_, refusal := r.runner.Charge(r.call, 1)
	return refused(refusal)
}

// Run runs the query and returns its data. An answer with errors is an error, with the code of the
// first. Afterwards Revision is that of the answer; kept reports whether it may be kept for later,
// which it never may if it was made for a preview.
// The run outlives the request, since others may wait for its answer.
func (r *Reading) Run() (data json.RawMessage, kept bool, err error) {
	resp, _, refusal := r.runner.Perform(context.WithoutCancel(r.ctx), r.call, nil)
	if refusal != nil {
		return nil, false, refused(refusal)
	}
	if len(resp.Errors) > 0 {
		return nil, false, refused(&operation.Refusal{Code: codeOf(resp.Errors[0].Extensions), Errs: resp.Errors[:1]})
	}
	return resp.Data, !r.call.Inconsistent && r.call.Generation != nil && !r.call.Viewer.NoStore, nil
}

// codeOf returns the code in an error's extensions.
func codeOf(extensions map[string]any) content.Code {
	code, _ := extensions["code"].(string)
	return content.Code(code)
}

// refused returns a refusal as an error of its code, nil for nil.
func refused(refusal *operation.Refusal) error {
	if refusal == nil {
		return nil
	}
	message := ""
	if len(refusal.Errs) > 0 {
		message = refusal.Errs[0].Message
	}
	fault := content.Fault(refusal.Code, message)
	if refusal.RetryAfter == 0 {
		return fault
	}
	return &later{fault, refusal.RetryAfter}
}

// later is an error that may not occur again after a time.
type later struct {
	error
	after time.Duration
}

// Unwrap returns the error with the code.
func (l *later) Unwrap() error { return l.error }

// RetryAfter returns the time to wait.
func (l *later) RetryAfter() time.Duration { return l.after }
