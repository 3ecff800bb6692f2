package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"

	"patternhub/internal/engine"
	"patternhub/internal/engine/enginetest"
	"patternhub/internal/engine/testdata/odd"
)

// mustRun executes an operation on the engine.
func mustRun(ctx context.Context, t testing.TB, p *enginetest.Pair, text string, variables map[string]any) *graphql.Response {
	t.Helper()
	r, err := enginetest.Run(p.EngineContext(ctx), p.Engine, text, variables)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStock(t *testing.T) {
	tests := map[string]struct {
		text   string
		reason []string
	}{
		"query":         {`{ boxes { id } }`, nil},
		"switches":      {`{ boxes { id @skip(if: true) ... @include(if: false) { id } } }`, nil},
		"mutation":      {`mutation { touch(id: "b1") { id } }`, nil},
		"subscription":  {`subscription { boxes { id } }`, nil},
		"numbers":       {`subscription { ticks(n: 1) }`, []string{engine.StockField}},
		"introspection": {`{ __type(name: "Box") { name } }`, []string{engine.StockIntrospection}},
		"in a fragment": {`{ ...F } fragment F on Query { __schema { queryType { name } } }`, []string{engine.StockIntrospection}},
		"defer":         {`{ boxes { ... @defer { id } } }`, []string{engine.StockDirective}},
		"note":          {`mutation { touch(id: "b1") @note(text: "x") { id @note } }`, nil},
		"directive":     {`{ boxes { id @trace } }`, []string{engine.StockDirective}},
		"on the query":  {`query @trace { boxes { id } }`, []string{engine.StockDirective}},
		"field":         {`{ boxes { shouted } }`, []string{engine.StockField}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var reasons []string
			p := oddPair(engine.OnStock(func(_ context.Context, r string) { reasons = append(reasons, r) }))
			p.Engine.Use(introspection{})
			r := mustRun(t.Context(), t, p, test.text, nil)
			if len(r.Errors) > 0 || len(r.Data) < 5 {
				t.Errorf("answer %s, errors %v", r.Data, r.Errors)
			}
			if d := cmp.Diff(test.reason, reasons); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestSwitchNull passes null to @skip, which a variable with a default allows. The engine leaves
// such an operation to the stock executor.
func TestSwitchNull(t *testing.T) {
	var reasons []string
	p := oddPair(engine.OnStock(func(_ context.Context, r string) { reasons = append(reasons, r) }))
	text := `query($s: Boolean = true) { boxes { id inner { value @skip(if: $s) } } }`
	if _, err := p.Compare(t.Context(), text, map[string]any{"s": nil}); err != nil {
		t.Error(err)
	}
	if !slices.Equal(reasons, []string{engine.StockVariable}) {
		t.Errorf("reasons %v", reasons)
	}
}

// introspection allows introspection, as the handler's extension does.
type introspection struct{}

func (introspection) ExtensionName() string                   { return "introspection" }
func (introspection) Validate(graphql.ExecutableSchema) error { return nil }

func (introspection) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	graphql.GetOperationContext(ctx).DisableIntrospection = false
	return next(ctx)
}

// TestOnce checks that a handler returns one answer and then nil.
func TestOnce(t *testing.T) {
	p := oddPair()
	ctx := graphql.StartOperationTrace(p.EngineContext(t.Context()))
	oc, errs := p.Engine.CreateOperationContext(ctx, &graphql.RawParams{Query: `{ boxes { id } }`})
	if errs != nil {
		t.Fatal(errs)
	}
	handler, ctx := p.Engine.DispatchOperation(ctx, oc)
	if handler(ctx) == nil || handler(ctx) != nil {
		t.Error("want one answer")
	}
}

// TestRoomBehindData checks that a server can append to the data without a copy, and that two
// answers share no memory.
func TestRoomBehindData(t *testing.T) {
	p := oddPair()
	for _, text := range []string{`{ __typename }`, `{ boxes { id name label inner { value } } }`} {
		first := mustRun(t.Context(), t, p, text, nil).Data
		want := string(first)
		if free := cap(first) - len(first); free < 256 {
			t.Errorf("%s: %d bytes are free", text, free)
		}
		_ = append(first, strings.Repeat("x", 256)...)
		if second := mustRun(t.Context(), t, p, text, nil).Data; string(second) != want || string(first) != want {
			t.Errorf("%s: got %s and then %s", text, first, second)
		}
	}
}

// TestComplexity checks that the engine calls the stock executor's function.
func TestComplexity(t *testing.T) {
	config := odd.New().Config()
	config.Complexity.Box.Count = func(child int) int { return child + 41 }
	e := newEngine(config)
	if got, ok := e.Complexity(t.Context(), "Box", "count", 1, nil); got != 42 || !ok {
		t.Errorf("complexity %d, %t", got, ok)
	}
}

// TestFieldMiddleware checks that Stock serves field middleware, which sees all fields, and that the engine
// itself does not call it.
func TestFieldMiddleware(t *testing.T) {
	var reasons []string
	p := oddPair(engine.OnStock(func(_ context.Context, r string) { reasons = append(reasons, r) }))
	e := newEngine(odd.New().Config(), engine.OnStock(func(_ context.Context, r string) { reasons = append(reasons, r) }))
	for name, tt := range map[string]struct {
		schema  graphql.ExecutableSchema
		seen    map[string]int
		reasons []string
	}{
		"engine": {e, map[string]int{}, nil},
		"stock": {e.(interface {
			Stock() graphql.ExecutableSchema
		}).Stock(), map[string]int{"box": 1, "id": 1, "label": 1}, []string{engine.StockMiddleware}},
	} {
		t.Run(name, func(t *testing.T) {
			reasons = nil
			seen := map[string]int{}
			exec := executor.New(tt.schema)
			exec.AroundFields(func(ctx context.Context, next graphql.Resolver) (any, error) {
				seen[graphql.GetFieldContext(ctx).Field.Name]++
				return next(ctx)
			})
			r, err := enginetest.Run(p.StockContext(t.Context()), exec, `{ box(id: "b1") { id label } }`, nil)
			if err != nil || len(r.Errors) > 0 {
				t.Fatal(err, r.Errors)
			}
			if d := cmp.Diff(tt.seen, seen); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(tt.reasons, reasons); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRootMiddleware(t *testing.T) {
	type key struct{}
	var mu sync.Mutex
	var seen []string
	around := func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		root := graphql.GetRootFieldContext(ctx)
		mu.Lock()
		seen = append(seen, root.Field.Alias)
		mu.Unlock()
		switch root.Field.Alias {
		case "instead":
			return graphql.MarshalString("something else")
		case "null":
			return graphql.Null
		case "dropped":
			next(ctx)
			return graphql.Null
		}
		return next(context.WithValue(ctx, key{}, root.Field.Alias))
	}
	p := oddPair()
	p.Stock.AroundRootFields(around)
	p.Engine.AroundRootFields(around)
	text := `{ boxes { id } instead: box(id: "b1") { id } null: things { __typename } dropped: named { name } failing: strictBox(id: "b2") { id late } words }`
	if _, err := p.Compare(t.Context(), text, nil); err != nil {
		t.Error(err)
	}
	slices.Sort(seen)
	want := []string{"boxes", "boxes", "dropped", "dropped", "failing", "failing", "instead", "instead", "null", "null", "words", "words"}
	if d := cmp.Diff(want, seen); d != "" {
		t.Error(d)
	}
}

// TestErrorOrder checks that errors follow the order of the document, whatever call ended first.
func TestErrorOrder(t *testing.T) {
	p := oddPair()
	text := `{ boxes(first: 6) { fail owner { best { id } } late } a: maybeBoxes { strictFail size boom } }`
	first := ""
	for range 50 {
		r := mustRun(t.Context(), t, p, text, nil)
		var b strings.Builder
		for _, e := range r.Errors {
			fmt.Fprintf(&b, "%s %s\n", e.Path, e.Message)
		}
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Fatalf("order changed:\n%s\nwas\n%s", b.String(), first)
		}
	}
	if lines := strings.Split(first, "\n"); !strings.HasPrefix(lines[0], "boxes[0].fail") || len(lines) < 10 {
		t.Errorf("unexpected errors:\n%s", first)
	}
}

// TestSharedPlans runs one operation with all its switches from many goroutines.
func TestSharedPlans(t *testing.T) {
	e := newEngine(odd.New().Config())
	program := odd.New()
	text := `query($a: Boolean!, $b: Boolean!) { things { __typename ... on Node { id @skip(if: $a) } ... on Box { name owner @include(if: $b) { id } } } }`
	doc := parsed(t, e.Schema(), text)
	var wg sync.WaitGroup
	answers := make([]string, 64)
	for i := range answers {
		wg.Go(func() {
			ctx, _ := program.With(t.Context(), never)
			answers[i] = string(execute(ctx, e, doc, map[string]any{"a": i%2 == 0, "b": i%4 < 2}).Data)
		})
	}
	wg.Wait()
	for i := range answers {
		if answers[i] != answers[i%4] {
			t.Errorf("answer %d: %s\nwant %s", i, answers[i], answers[i%4])
		}
	}
	if answers[0] == answers[1] || answers[0] == answers[2] {
		t.Error("the switches change nothing")
	}
}

func TestRecycledData(t *testing.T) {
	es := newEngine(odd.New().Config())
	doc := parsed(t, es.Schema(), `{ boxes { id name label inner { value } } }`)
	first := execute(t.Context(), es, doc, nil)
	want := string(first.Data)
	second := execute(t.Context(), es, doc, nil)
	if &first.Data[0] == &second.Data[0] || string(first.Data) != want {
		t.Error("an answer was written over one that no caller recycled")
	}
	es.(interface{ Recycle([]byte) }).Recycle(first.Data)
	for range 100 { // a pool may drop a buffer
		again := execute(t.Context(), es, doc, nil)
		if string(again.Data) != want || string(second.Data) != want {
			t.Fatalf("got %s and %s, want %s", again.Data, second.Data, want)
		}
		if free := cap(again.Data) - len(again.Data); free < 256 {
			t.Fatalf("%d bytes are free", free)
		}
		es.(interface{ Recycle([]byte) }).Recycle(again.Data)
	}
}

func TestSmallAnswersDoNotTakeLargeBuffers(t *testing.T) {
	es := newEngine(odd.New().Config())
	recycle := es.(interface{ Recycle([]byte) }).Recycle
	doc := parsed(t, es.Schema(), `{ __typename }`)
	for _, size := range []int{1, 100, 17 << 10, 256 << 10, 1 << 20} {
		for range 50 {
			recycle(make([]byte, 0, size))
			if got := execute(t.Context(), es, doc, nil).Data; string(got) != `{"__typename":"Query"}` || cap(got) > 4<<10 {
				t.Fatalf("%s in %d bytes", got, cap(got))
			}
		}
	}
}
