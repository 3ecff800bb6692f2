// Package enginetest compares the engine with gqlgen's own executor: it generates random
// operations for a schema and compares the answers of both. The caller supplies the schema.
package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// ErrInvalid reports that an operation did not pass validation, so that there is nothing to
// compare.
var ErrInvalid = errors.New("the operation is not valid")

// Pair holds the two executors of one schema.
type Pair struct {
	Stock, Engine *executor.Executor
	// StockContext and EngineContext return the context of one response, with loaders of its own.
	StockContext, EngineContext func(context.Context) context.Context
}

// NewPair returns executors that share parsed operations and report panics by their value. They
// must not be used concurrently.
func NewPair(stock, engine graphql.ExecutableSchema) *Pair {
	same := func(ctx context.Context) context.Context { return ctx }
	p := &Pair{Stock: executor.New(stock), Engine: executor.New(engine), StockContext: same, EngineContext: same}
	docs := &latest{}
	for _, e := range []*executor.Executor{p.Stock, p.Engine} {
		e.SetQueryCache(docs)
		e.SetRecoverFunc(func(_ context.Context, v any) error { return gqlerror.Errorf("panic: %v", v) })
	}
	return p
}

// latest caches one parsed operation, because both executors run the same one in turn.
type latest struct {
	text string
	doc  *ast.QueryDocument
}

// Get returns the document if the text is the latest one.
func (l *latest) Get(_ context.Context, text string) (*ast.QueryDocument, bool) {
	return l.doc, l.doc != nil && l.text == text
}

// Add replaces the cached document.
func (l *latest) Add(_ context.Context, text string, doc *ast.QueryDocument) {
	l.text, l.doc = text, doc
}

// Run executes an operation and returns its first response.
func Run(ctx context.Context, e *executor.Executor, text string, variables map[string]any) (*graphql.Response, error) {
	ctx = graphql.StartOperationTrace(ctx)
	oc, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: text, Variables: variables})
	if errs != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, errs)
	}
	handler, ctx := e.DispatchOperation(ctx, oc)
	return handler(ctx), nil
}

// maxEvents bounds the events of a subscription that are compared.
const maxEvents = 20

// all executes an operation and returns its responses: one, or the events of a subscription, each within a
// context of its own, as a server answers them.
func all(ctx context.Context, within func(context.Context) context.Context, e *executor.Executor, text string, variables map[string]any) ([]*graphql.Response, error) {
	ctx = graphql.StartOperationTrace(within(ctx))
	oc, errs := e.CreateOperationContext(ctx, &graphql.RawParams{Query: text, Variables: variables})
	if errs != nil {
		return nil, fmt.Errorf("%w: %w", ErrInvalid, errs)
	}
	handler, ctx := e.DispatchOperation(ctx, oc)
	var out []*graphql.Response
	for range maxEvents {
		if oc.Operation.Operation == ast.Subscription {
			ctx = within(ctx) //nolint:fatcontext // gqlgen adds up the events in the same way
		}
		r := handler(ctx)
		if r != nil {
			// gqlgen uses the bytes of an event again.
			r.Data = slices.Clone(r.Data)
		}
		out = append(out, r)
		if r == nil || oc.Operation.Operation != ast.Subscription {
			break
		}
	}
	return out, nil
}

// Compare executes an operation on both executors and returns the engine's last answer. The error
// describes the first difference in the data's bytes or in the sets of errors (message, path,
// locations, extensions), in any of the events of a subscription.
func (p *Pair) Compare(ctx context.Context, text string, variables map[string]any) (*graphql.Response, error) {
	want, err := all(ctx, p.StockContext, p.Stock, text, variables)
	if err != nil {
		return nil, err
	}
	got, err := all(ctx, p.EngineContext, p.Engine, text, variables)
	if err != nil {
		return nil, err
	}
	last := &graphql.Response{} // of a stream without events
	for i, g := range got {
		if i >= len(want) {
			return g, fmt.Errorf("the engine sends more than %d events", len(want))
		}
		if err := same(g, want[i]); err != nil {
			return g, err
		}
		if g != nil {
			last = g
		}
	}
	if len(got) < len(want) {
		return last, fmt.Errorf("the engine sends %d of %d events", len(got), len(want))
	}
	return last, nil
}

// same compares two answers.
func same(got, want *graphql.Response) error {
	switch {
	case got == nil || want == nil:
		if got != want {
			return fmt.Errorf("one of the answers is nil: engine %v, stock %v", got, want)
		}
	case !bytes.Equal(got.Data, want.Data):
		return fmt.Errorf("data differ at byte %d:\n engine %s\n stock  %s", differ(got.Data, want.Data), got.Data, want.Data)
	default:
		if g, w := Errors(got), Errors(want); !slices.Equal(g, w) && !slices.Equal(g, once(w, g)) {
			return fmt.Errorf("errors differ:\n engine\n  %s\n stock\n  %s", strings.Join(g, "\n  "), strings.Join(w, "\n  "))
		}
	}
	return nil
}

// Errors describes the errors of an answer, sorted.
func Errors(r *graphql.Response) []string {
	out := make([]string, len(r.Errors))
	for i, e := range r.Errors {
		text, err := json.Marshal(e)
		if err != nil {
			text = []byte(err.Error())
		}
		out[i] = string(text)
	}
	slices.Sort(out)
	return out
}

// once removes from stock's errors the second copies of a null error that the engine reports once.
// When a response name stands for two fields of unrelated interfaces, stock executes both
// concurrently, and each checks for the other's error before it adds its own, so that sometimes
// both are added (1 % of 20,000 executions).
func once(stock, engine []string) []string {
	var out []string
	for i, e := range stock {
		second := i > 0 && stock[i-1] == e && strings.Contains(e, "cannot return null for non-null")
		if at, _ := slices.BinarySearch(engine, e); second && (at+1 >= len(engine) || engine[at+1] != e) {
			continue
		}
		out = append(out, e)
	}
	return out
}

// differ returns the position of the first byte in which two texts differ.
func differ(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
