package engine_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/engine"
	"patternhub/engine/testdata/odd"
)

// small is a schema with a table written by hand: items with a field that a test decides.
type small struct {
	schema *ast.Schema
	// value resolves Item.value for the item with that number.
	value func(ctx context.Context, item int) (int, error)
}

func newSmall(t testing.TB, value func(ctx context.Context, item int) (int, error)) *small {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: `type Query { items(n: Int!): [Item!]! } type Item { value: Int items: [Item!]! }`})
	if err != nil {
		t.Fatal(err)
	}
	return &small{schema: schema, value: value}
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
				Call: engine.NodeCall(func(_ context.Context, c *engine.Call) ([]*item, error) {
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

// gate is loaders of a kind: a load blocks until it is flushed.
type gate struct {
	mu      sync.Mutex
	waiting []chan struct{}
	flushes []int
	hands   int
}

func (g *gate) Attach(ctx context.Context, wait func()) context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hands++
	return context.WithValue(ctx, waitKey{}, wait)
}

func (g *gate) Flush(context.Context) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.flushes = append(g.flushes, len(g.waiting))
	for _, c := range g.waiting {
		close(c)
	}
	g.waiting = nil
}

func (g *gate) load(ctx context.Context) {
	c := make(chan struct{})
	g.mu.Lock()
	g.waiting = append(g.waiting, c)
	g.mu.Unlock()
	ctx.Value(waitKey{}).(func())()
	<-c
}

type waitKey struct{}

const nested = `{ items(n: 3) { value items { value items { value } } } }`

// TestLevels: calls of all depths meet in one flush when nothing stands between them, and
// nobody goes on before it.
func TestLevels(t *testing.T) {
	g := &gate{}
	var running atomic.Int32
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		running.Add(1)
		g.load(ctx)
		if n%7 == 0 {
			g.load(ctx)
		}
		return n, nil
	})
	e := s.engine(g)
	r := execute(t.Context(), e, parsed(t, s.schema, nested), nil)
	if len(r.Errors) > 0 || running.Load() != 3+6+12 {
		t.Errorf("errors %v, %d calls", r.Errors, running.Load())
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
	if g.hands != 21 {
		t.Errorf("%d hands for 21 loads that block", g.hands)
	}
}

// TestHits: as long as no load blocks there is one hand and no flush.
func TestHits(t *testing.T) {
	g := &gate{}
	s := newSmall(t, func(_ context.Context, n int) (int, error) { return n, nil })
	execute(t.Context(), s.engine(g), parsed(t, s.schema, nested), nil)
	if g.hands != 1 || len(g.flushes) != 0 {
		t.Errorf("%d hands, %d flushes", g.hands, len(g.flushes))
	}
}

// TestGoroutines: a resolver that loads from goroutines of its own neither hangs nor upsets
// the count, whether it waits for them or not.
func TestGoroutines(t *testing.T) {
	g := &gate{}
	var left sync.WaitGroup
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		if n%2 == 0 {
			left.Go(func() { ctx.Value(waitKey{}).(func())() })
			return n, nil
		}
		var own sync.WaitGroup
		for range 3 {
			own.Go(func() { ctx.Value(waitKey{}).(func())() })
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

// TestCancel: no call is made after the request is cancelled, and all hands end.
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
		g.load(ctx)
		return n, nil
	})
	r := execute(ctx, s.engine(g), parsed(t, s.schema, nested), nil)
	if calls.Load() != 3 {
		t.Errorf("%d calls", calls.Load())
	}
	if len(r.Errors) != 21-2 || !errors.Is(r.Errors[0], context.Canceled) {
		t.Errorf("%d errors, first %v", len(r.Errors), r.Errors[0])
	}
}

// TestDetached: a context that is kept beyond its response still knows its field and values,
// and no longer where it stood.
func TestDetached(t *testing.T) {
	var kept []context.Context
	var early *graphql.FieldContext
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		if len(kept) == 2 {
			early = graphql.GetFieldContext(ctx)
		}
		kept = append(kept, ctx)
		return n, nil
	})
	e := s.engine(nil)
	doc := parsed(t, s.schema, nested)
	type key struct{}
	execute(context.WithValue(t.Context(), key{}, "value"), e, doc, nil)
	late := kept[1]
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

// TestBatches: the number of batches depends neither on the number of processors nor on what
// else is going on.
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

// TestDeadline: a response whose loads hang ends with its deadline when the loads do.
func TestDeadline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	g := &gate{}
	s := newSmall(t, func(ctx context.Context, _ int) (int, error) {
		g.load(ctx)
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
