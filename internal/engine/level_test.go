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

	"patternhub/internal/engine"
	"patternhub/internal/engine/testdata/odd"
)

// small is a schema with a table written by hand: items with a field whose resolver the test supplies.
type small struct {
	schema *ast.Schema
	// value resolves Item.value for the item with that number.
	value func(ctx context.Context, item int) (int, error)
	// ask, if not nil, asks for what value loads.
	ask func(ctx context.Context, item int) bool
	// list is called by the root field.
	list func(ctx context.Context) error
}

func newSmall(t testing.TB, value func(ctx context.Context, item int) (int, error)) *small {
	t.Helper()
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: `
		type Query { items(n: Int!): [Item!]! }
		type Item { value: Int items: [Item!]! next: Item odd: [Item!] even: [Item!]! text: String! }`})
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

type item struct {
	n  int
	of *small
}

// Ask asks for what the only field that is called loads.
func (i *item) Ask(ctx context.Context, field string, args map[string]any) bool {
	if field != "value" || args != nil {
		panic("asked for " + field)
	}
	return i.of.ask(ctx, i.n)
}

func putItems(c *engine.Column, items []*item) {
	c.List(len(items))
	for _, i := range items {
		c.Object(1, i)
	}
}

// item n refers to item n+1, to its multiples and by text to itself, through a shelf.
func (s *small) engine(loads engine.Loads) graphql.ExecutableSchema {
	row := func(one func(any) string, many func(any) []string) *engine.Row {
		return &engine.Row{From: shelf{s}, Number: 1, One: one, Many: many}
	}
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
						items[i] = &item{i, s}
					}
					return items, nil
				}, putItems),
			}}},
			{Name: "Item", Satisfies: []string{"Item"}, Fields: []engine.Field{
				{Name: "value", Resolver: true, Asks: s.ask != nil, Call: engine.LeafCall(func(ctx context.Context, c *engine.Call) (int, error) {
					return s.value(ctx, c.Object.(*item).n)
				}, func(w *engine.Writer, v int) { w.Int(int64(v)) })},
				{Name: "items", Put: func(c *engine.Column, obj any) {
					putItems(c, []*item{{obj.(*item).n * 10, s}, {obj.(*item).n*10 + 1, s}})
				}},
				{Name: "next", Resolver: true, Row: row(func(obj any) string { return key(obj.(*item).n + 1) }, nil)},
				{Name: "odd", Resolver: true, Row: row(nil, func(obj any) []string { return multiples(obj, 1) })},
				{Name: "even", Resolver: true, Row: row(nil, func(obj any) []string { return multiples(obj, 0) })},
				{Name: "text", Resolver: true, Row: row(nil, nil), Leaf: func(w *engine.Writer, obj any) {
					if obj == nil {
						w.String("")
						return
					}
					w.String("item " + key(obj.(*item).n))
				}},
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

func (g *gate) Attach(ctx context.Context, wait func()) context.Context {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.workers++
	return context.WithValue(context.WithValue(ctx, waitKey{}, wait), gateKey{}, g)
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

var errEarly = errors.New("went on before the flush")

// place returns a name that no other call has.
func place(ctx context.Context, what string) string {
	return graphql.GetFieldContext(ctx).Path().String() + " " + what
}

// ask asks for something that no other call asks for.
func (g *gate) ask(ctx context.Context, what string) bool { return g.loaded(place(ctx, what)) }

// load loads what ask asks for. It waits if it is not there.
func (g *gate) load(ctx context.Context, what string) error {
	name := place(ctx, what)
	if g.loaded(name) {
		return nil
	}
	wait(ctx)
	if !g.loaded(name) {
		return errEarly
	}
	return nil
}

// wait calls the engine's wait function, as a load does before it blocks.
func wait(ctx context.Context) { ctx.Value(waitKey{}).(func())() }

type (
	waitKey struct{}
	gateKey struct{}
)

const nested = `{ items(n: 3) { value items { value items { value } } } }`

// TestLevels checks that calls of all depths share one flush when no load is between them, that no
// call is made before it, that each is made once, and that one worker makes all of them.
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
	s.ask = func(ctx context.Context, n int) bool {
		return g.ask(ctx, "first") && (n%7 != 0 || g.ask(ctx, "second"))
	}
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
	if g.workers != 1 || calls != 21 {
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

// TestLoadsBlock checks that calls that cannot ask are made once too, whatever they load, and share their
// flushes.
func TestLoadsBlock(t *testing.T) {
	g := &gate{}
	var calls atomic.Int32
	s := newSmall(t, func(ctx context.Context, n int) (int, error) {
		calls.Add(1)
		if err := g.load(ctx, "first"); err != nil {
			return 0, err
		}
		return n, g.load(ctx, "second")
	})
	r := execute(t.Context(), s.engine(g), parsed(t, s.schema, nested), nil)
	if d := cmp.Diff([]int{21, 21}, g.flushes); d != "" || len(r.Errors) > 0 || calls.Load() != 21 {
		t.Errorf("errors %v, %d calls, flushes %s", r.Errors, calls.Load(), d)
	}
}

// TestAsksAreBounded checks that a call that asks for something else each time is made.
func TestAsksAreBounded(t *testing.T) {
	g := &gate{}
	asks, calls := 0, 0
	s := newSmall(t, func(_ context.Context, n int) (int, error) { calls++; return n, nil })
	s.ask = func(ctx context.Context, _ int) bool { asks++; return g.ask(ctx, key(asks)) }
	r := execute(t.Context(), s.engine(g), parsed(t, s.schema, `{ items(n: 1) { value } }`), nil)
	if string(r.Data) != `{"items":[{"value":0}]}` || len(r.Errors) > 0 || calls != 1 || asks < 2 || asks > 20 {
		t.Errorf("%s, errors %v, %d asks, %d calls", r.Data, r.Errors, asks, calls)
	}
}

// TestAskPanics checks that a call is made, and reports its own panic, if asking panics.
func TestAskPanics(t *testing.T) {
	s := newSmall(t, func(_ context.Context, n int) (int, error) {
		if n == 1 {
			panic("call")
		}
		return n, nil
	})
	s.ask = func(context.Context, int) bool { panic("ask") }
	r := execute(t.Context(), s.engine(&gate{}), parsed(t, s.schema, `{ items(n: 2) { value } }`), nil)
	if string(r.Data) != `{"items":[{"value":0},{"value":null}]}` || len(r.Errors) != 1 || r.Errors[0].Message != "panic: call" {
		t.Errorf("%s, errors %v", r.Data, r.Errors)
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
	// The first two calls had begun.
	if len(r.Errors) != 19 || !errors.Is(r.Errors[0], context.Canceled) {
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

// TestCallsAreMadeOnce counts the calls of resolvers whose loads miss, and those of resolvers that the engine
// reports. The former is what the resolvers themselves see.
func TestCallsAreMadeOnce(t *testing.T) {
	program := odd.New()
	var mu sync.Mutex
	reported, made := map[string]int{}, map[string]int{}
	count := func(in map[string]int) func(context.Context) {
		return func(ctx context.Context) {
			mu.Lock()
			defer mu.Unlock()
			in[graphql.GetFieldContext(ctx).Path().String()]++
		}
	}
	e := newEngine(program.Config(), engine.OnCall(count(reported)))
	doc := parsed(t, e.Schema(), `{
		boxes(first: 8) { owner { best { best { id } } } pets { id } strictOwner { id } related(first: 3) { nodes { owner { id } } totalCount } }
		node(id: "b1") { ... on Box { owner { boxes { id } } } }
	}`)
	ctx, loads := program.With(t.Context(), never)
	loads.Loaded = count(made)
	execute(ctx, e, doc, nil)
	for name, calls := range map[string]map[string]int{"reported": reported, "made": made} {
		if len(calls) < 40 {
			t.Errorf("%d calls %s", len(calls), name)
		}
		for path, n := range calls {
			if n != 1 {
				t.Errorf("%s: %d calls %s", path, n, name)
			}
		}
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
