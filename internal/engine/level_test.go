package engine_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/engine"
	"patternhub/internal/engine/testdata/odd"
)

// small is a schema with a table written by hand: items with a field whose resolver the test supplies.
type small struct {
	schema *ast.Schema
	// value resolves Item.value for the item with that number.
	value func(ctx context.Context, item int) (int, error)
	// list is called by the root field.
	list func(ctx context.Context) error
}

func newSmall(t testing.TB, value func(ctx context.Context, item int) (int, error)) *small {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: `type Query { items(n: Int!): [Item!]! } type Item { value: Int items: [Item!]! }`})
	if err != nil {
		t.Fatal(err)
	}
	return &small{schema: schema, value: value, list: func(context.Context) error { return nil }}
}

func (s *small) Schema() *ast.Schema { return s.schema }

func (s *small) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

func (s *small) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: []byte(`"stock"`)})
}

type item struct{ n int }

func putItems(c *engine.Column, items []*item) {
	c.List(len(items))
	for _, i := range items {
		c.Object(1, i)
	}
}

func (s *small) engine(loads engine.Loads) graphql.ExecutableSchema {
	return engine.New(s, &engine.Table{
		State: func(*graphql.OperationContext) any { return nil },
		Objects: []engine.Object{
			{Name: "Query", Satisfies: []string{"Query"}, Root: true, Fields: []engine.Field{{
				Name: "items", Resolver: true,
				Args: func(_ any, _ context.Context, raw map[string]any) (map[string]any, error) { return raw, nil },
				Call: engine.NodeCall(func(ctx context.Context, c *engine.Call) ([]*item, error) {
					if err := s.list(ctx); err != nil {
						return nil, err
					}
					items := make([]*item, c.Args["n"].(int64))
					for i := range items {
						items[i] = &item{i}
					}
					return items, nil
				}, putItems),
			}}},
			{Name: "Item", Satisfies: []string{"Item"}, Fields: []engine.Field{
				{Name: "value", Resolver: true, Call: engine.LeafCall(func(ctx context.Context, c *engine.Call) (int, error) {
					return s.value(ctx, c.Object.(*item).n)
				}, func(w *engine.Writer, v int) { w.Int(int64(v)) })},
				{Name: "items", Put: func(c *engine.Column, obj any) { putItems(c, []*item{{obj.(*item).n * 10}, {obj.(*item).n*10 + 1}}) }},
			}},
		},
	}, loads)
}

// gate stands in for loaders: what a call asks for is loaded by the next flush.
type gate struct {
	mu           sync.Mutex
	asked, there map[string]bool
	// flushes holds the number of things that each flush loaded.
	flushes []int
	workers int
}

func (g *gate) Attach(ctx context.Context, wait func() bool) context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.workers++
	return context.WithValue(ctx, waitKey{}, wait)
}

func (g *gate) Flush(context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flushes = append(g.flushes, len(g.asked))
	if g.there == nil {
		g.there = map[string]bool{}
	}
	for name := range g.asked {
		g.there[name] = true
	}
	clear(g.asked)
}

// loaded reports whether something is loaded, and asks for it if not.
func (g *gate) loaded(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.there[name] {
		if g.asked == nil {
			g.asked = map[string]bool{}
		}
		g.asked[name] = true
	}
	return g.there[name]
}

var (
	errAgain = errors.New("again")
	errEarly = errors.New("went on before the flush")
)

// load asks for something that no other call asks for.
func (g *gate) load(ctx context.Context, what string) error {
	name := graphql.GetFieldContext(ctx).Path().String() + " " + what
	switch {
	case g.loaded(name):
		return nil
	case !wait(ctx):
		return errAgain
	case !g.loaded(name):
		return errEarly
	}
	return nil
}

// wait calls the engine's wait function, as a load does before it blocks.
func wait(ctx context.Context) bool { return ctx.Value(waitKey{}).(func() bool)() }

type waitKey struct{}

const nested = `{ items(n: 3) { value items { value items { value } } } }`

// TestLevels checks that calls of all depths share one flush when no load is between them, that no
// call continues before it, and that loads that miss cost one call more and no worker.
func TestLevels(t *testing.T) {
	g := &gate{}
	calls := 0
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		calls++
		if err := g.load(ctx, "first"); err != nil {
			return 0, err
		}
		if n%7 == 0 {
			return n, g.load(ctx, "second")
		}
		return n, nil
	})
	e := s.engine(g)
	r := execute(t.Context(), e, parsed(t, s.schema, nested), nil)
	if len(r.Errors) > 0 {
		t.Errorf("errors %v", r.Errors)
	}
	// 0, 7, 70, 21 and the like load twice.
	want := []int{21, 0}
	for _, n := range []int{0, 1, 2, 0, 1, 10, 11, 20, 21, 0, 1, 10, 11, 100, 101, 110, 111, 200, 201, 210, 211} {
		if n%7 == 0 {
			want[1]++
		}
	}
	if d := cmp.Diff(want, g.flushes); d != "" {
		t.Errorf("flushes: %s", d)
	}
	if g.workers != 1 || calls != 21+want[0]+want[1] {
		t.Errorf("%d workers, %d calls", g.workers, calls)
	}
}

// TestRootLoadsBlock checks that a call of a root field is made once, whatever it loads, and that
// a second one runs while it waits.
func TestRootLoadsBlock(t *testing.T) {
	g := &gate{}
	s := newSmall(t, func(ctx context.Context, n int) (int, error) { return n, g.load(ctx, "value") })
	var calls atomic.Int32
	s.list = func(ctx context.Context) error {
		calls.Add(1)
		if err := g.load(ctx, "first"); err != nil {
			return err
		}
		return g.load(ctx, "second")
	}
	r := execute(t.Context(), s.engine(g), parsed(t, s.schema, `{ a: items(n: 2) { value } b: items(n: 3) { value } }`), nil)
	if d := cmp.Diff([]int{2, 2, 5}, g.flushes); d != "" || len(r.Errors) > 0 {
		t.Errorf("errors %v, flushes %s", r.Errors, d)
	}
	if calls.Load() != 2 || g.workers < 2 {
		t.Errorf("%d calls of 2 root fields, %d workers", calls.Load(), g.workers)
	}
}

// TestWrappedLoadsBlock checks that field middleware sees each call once.
func TestWrappedLoadsBlock(t *testing.T) {
	g := &gate{}
	s := newSmall(t, func(ctx context.Context, n int) (int, error) { return n, g.load(ctx, "value") })
	seen := 0
	var mu sync.Mutex
	oc := func(oc *graphql.OperationContext) {
		inner := oc.ResolverMiddleware
		oc.ResolverMiddleware = func(ctx context.Context, next graphql.Resolver) (any, error) {
			v, err := inner(ctx, next)
			mu.Lock()
			defer mu.Unlock()
			if seen++; err != nil {
				t.Errorf("the middleware sees %v", err)
			}
			return v, err
		}
	}
	r := execute(t.Context(), s.engine(g), parsed(t, s.schema, nested), nil, oc)
	if len(r.Errors) > 0 || seen != 21+1 || g.workers != 21 {
		t.Errorf("errors %v, %d calls seen, %d workers", r.Errors, seen, g.workers)
	}
}

// TestRetriesAreBounded checks that a call that asks for something else each time ends.
func TestRetriesAreBounded(t *testing.T) {
	g := &gate{}
	calls := 0
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		calls++
		return n, g.load(ctx, strconv.Itoa(calls))
	})
	r := execute(t.Context(), s.engine(g), parsed(t, s.schema, `{ items(n: 1) { value } }`), nil)
	if len(r.Errors) > 0 || calls < 2 || calls > 20 {
		t.Errorf("errors %v after %d calls", r.Errors, calls)
	}
}

// TestRetryDropsOutcome checks that what a retried call returned or did before does not count,
// not even a panic.
func TestRetryDropsOutcome(t *testing.T) {
	g := &gate{}
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		if err := g.load(ctx, "value"); err != nil {
			if n%2 == 0 {
				panic(err)
			}
			return -1, nil
		}
		return n, nil
	})
	r := execute(t.Context(), s.engine(g), parsed(t, s.schema, `{ items(n: 4) { value } }`), nil)
	want := `{"items":[{"value":0},{"value":1},{"value":2},{"value":3}]}`
	if string(r.Data) != want || len(r.Errors) > 0 {
		t.Errorf("%s, %v", r.Data, r.Errors)
	}
}

// TestHits checks that one worker and no flush suffice while no load blocks.
func TestHits(t *testing.T) {
	g := &gate{}
	s := newSmall(t, func(_ context.Context, n int) (int, error) { return n, nil })
	execute(t.Context(), s.engine(g), parsed(t, s.schema, nested), nil)
	if g.workers != 1 || len(g.flushes) != 0 {
		t.Errorf("%d workers, %d flushes", g.workers, len(g.flushes))
	}
}

// TestGoroutines checks that a resolver that loads from its own goroutines neither hangs nor
// upsets the count of workers, whether it waits for them or not.
func TestGoroutines(t *testing.T) {
	g := &gate{}
	var left sync.WaitGroup
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		if n%2 == 0 {
			left.Go(func() { wait(ctx) })
			return n, nil
		}
		var own sync.WaitGroup
		for range 3 {
			own.Go(func() { wait(ctx) })
		}
		own.Wait()
		return n, nil
	})
	e := s.engine(g)
	doc := parsed(t, s.schema, nested)
	first := string(execute(t.Context(), e, doc, nil).Data)
	for range 200 {
		if got := string(execute(t.Context(), e, doc, nil).Data); got != first {
			t.Fatalf("answer %s, was %s", got, first)
		}
	}
	left.Wait()
}

// TestCancel checks that no call is made after the request is cancelled, and that all workers end.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	g := &gate{}
	var calls atomic.Int32
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		if calls.Add(1) == 3 {
			cancel()
			return 0, ctx.Err()
		}
		return n, g.load(ctx, "value")
	})
	r := execute(ctx, s.engine(g), parsed(t, s.schema, nested), nil)
	if calls.Load() != 3 {
		t.Errorf("%d calls", calls.Load())
	}
	// The first two calls were abandoned and are not retried.
	if len(r.Errors) != 21 || !errors.Is(r.Errors[0], context.Canceled) {
		t.Errorf("%d errors, first %v", len(r.Errors), r.Errors[0])
	}
}

// TestDetached checks that a context used after its response still has its field and values,
// but not its position.
func TestDetached(t *testing.T) {
	var retained []context.Context
	var early *graphql.FieldContext
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		if len(retained) == 2 {
			early = graphql.GetFieldContext(ctx)
		}
		retained = append(retained, ctx)
		return n, nil
	})
	e := s.engine(nil)
	doc := parsed(t, s.schema, nested)
	type key struct{}
	execute(context.WithValue(t.Context(), key{}, "value"), e, doc, nil)
	late := retained[1]
	for range 3 {
		execute(t.Context(), e, parsed(t, s.schema, `{ a: items(n: 9) { b: value } }`), nil)
	}
	fc := graphql.GetFieldContext(late)
	if fc.Field.Alias != "value" || fc.Parent != nil || graphql.GetRootFieldContext(late) != nil {
		t.Errorf("detached context says %s below %v", fc.Field.Alias, fc.Parent)
	}
	if late.Value(key{}) != "value" {
		t.Error("the values are gone")
	}
	if got := early.Path().String(); got != "items[2].value" {
		t.Errorf("path %s", got)
	}
}

// TestBatches checks that the number of batches depends neither on the number of processors nor on
// other work at the same time.
func TestBatches(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	program := odd.New()
	e := newEngine(program.Config())
	doc := parsed(t, e.Schema(), `{
		nodes(ids: ["b0", "d1", "c2", "b4"]) { ... on Box { owner { best { best { id } } } pets { id } related(first: 3) { nodes { strictOwner { id } } } } ... on Cat { rival { best { id } } } }
		connection(first: 4) { edges { node { owner { best { id } } } } totalCount }
	}`)
	run := func() (int64, string) {
		ctx, loads := program.With(t.Context(), never)
		r := execute(ctx, e, doc, nil)
		return loads.Batches.Load(), fmt.Sprint(string(r.Data), r.Errors)
	}
	want, answer := run()
	for _, procs := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(procs)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 12 {
					if got, text := run(); got != want || text != answer {
						t.Errorf("%d batches, want %d: %s", got, want, text)
						return
					}
				}
			})
		}
		wg.Wait()
	}
	if want != 7 {
		t.Errorf("%d batches", want)
	}
}

// TestDeadline checks that a response whose loads hang ends when its deadline ends the loads.
func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	g := &gate{}
	s := newSmall(t, func(ctx context.Context, _ int) (int, error) {
		if err := g.load(ctx, "value"); err != nil {
			return 0, err
		}
		<-ctx.Done()
		return 0, ctx.Err()
	})
	r := execute(ctx, s.engine(g), parsed(t, s.schema, nested), nil)
	messages := make([]string, len(r.Errors))
	for i, e := range r.Errors {
		messages[i] = e.Message
	}
	slices.Sort(messages)
	if m := slices.Compact(messages); len(m) != 1 || m[0] != context.DeadlineExceeded.Error() || len(r.Errors) != 21 {
		t.Errorf("%d errors: %v", len(r.Errors), m)
	}
}
