package engine_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"patternhub/internal/engine"
	"patternhub/internal/engine/enginetest"
	"patternhub/internal/engine/testdata/odd"
	"patternhub/internal/engine/testdata/odd/graph"
)

//go:generate go run -C testdata/odd patternhub/graph/gen

// never is so long that a load which waits for it exceeds the test's deadline.
const never = time.Minute

// oddPair returns both executors over the odd schema. The timers of the engine's loaders never
// fire in a test, so a load that the engine does not flush hangs.
func oddPair(options ...engine.Option) *enginetest.Pair {
	program := odd.New()
	config := program.Config()
	p := enginetest.NewPair(graph.NewExecutableSchema(config), graph.NewEngine(config, odd.Levels{}, options...))
	p.StockContext = func(ctx context.Context) context.Context { ctx, _ = program.With(ctx, never); return ctx }
	p.EngineContext = func(ctx context.Context) context.Context { ctx, _ = program.With(ctx, never); return ctx }
	return p
}

func oddGenerator(seed uint64) *enginetest.Generator {
	id := enginetest.Pick("b0", "b1", "b2", "b5", "b7", "b99", "d1", "d2", "d3", "d6", "c0", "c9", "", "x", "panic")
	return &enginetest.Generator{
		Schema: graph.NewExecutableSchema(odd.New().Config()).Schema(),
		Rand:   rand.New(rand.NewPCG(seed, 1)),
		Scalars: map[string]func(*rand.Rand) any{
			"ID":          id,
			"Even":        enginetest.Pick(0, 2, 4, 4, 3, 13),
			"boxes.first": enginetest.Pick(0, 1, 2, 3, 6, -1, 12),
			"Range.from":  enginetest.Pick(0.25, 1e30),
			"number.x":    enginetest.Pick(1.0, 1e21, 1e-7, 123456.0, 1234567.0),
			"summary.n":   enginetest.Pick(0, 1, 2),
		},
		Leave: func(field string) bool { return field == "Box.shouted" || field == "Subscription.ticks" },
	}
}

// compareRandom compares n random operations and returns the first difference. It counts the
// answers, and the answers with errors.
func compareRandom(ctx context.Context, p *enginetest.Pair, g *enginetest.Generator, n int) (answers, faulty int, diff error) {
	for done := 0; done < n; {
		op := g.Next()
		valid := false
		for _, variables := range op.Variables {
			got, err := p.Compare(ctx, op.Text, variables)
			if errors.Is(err, enginetest.ErrInvalid) {
				continue
			}
			if err != nil {
				return answers, faulty, &difference{op.Text, variables, err}
			}
			valid = true
			answers++
			if len(got.Errors) > 0 {
				faulty++
			}
		}
		if valid {
			done++
		}
	}
	return answers, faulty, nil
}

func TestRandomOperations(t *testing.T) {
	n := enginetest.Operations(t, 10_000)
	if testing.Short() {
		n = 500
	}
	begun := time.Now()
	reasons := map[string]int{}
	p := oddPair(engine.OnStock(func(_ context.Context, reason string) { reasons[reason]++ }))
	answers, faulty, err := compareRandom(t.Context(), p, oddGenerator(enginetest.Seed(t, 20)), n)
	if err != nil {
		t.Fatal(err)
	}
	if len(reasons) > 0 {
		t.Errorf("the stock executor answered both times: %v", reasons)
	}
	if faulty < answers/5 || faulty > answers*4/5 {
		t.Errorf("%d of %d answers had errors; both kinds need to be common", faulty, answers)
	}
	t.Logf("%d operations, %d answers, %d with errors, %v", n, answers, faulty, time.Since(begun).Round(time.Second))
}

// TestRandomWrites does the same with mutations, whose payloads show how often others ran before, and with the
// events of subscriptions.
func TestRandomWrites(t *testing.T) {
	n := enginetest.Operations(t, 3000)
	if testing.Short() {
		n = 300
	}
	for _, kind := range []ast.Operation{ast.Mutation, ast.Subscription} {
		t.Run(string(kind), func(t *testing.T) {
			reasons := map[string]int{}
			p := oddPair(engine.OnStock(func(_ context.Context, reason string) { reasons[reason]++ }))
			g := oddGenerator(enginetest.Seed(t, 21))
			g.Operation = kind
			answers, faulty, err := compareRandom(t.Context(), p, g, n)
			if err != nil {
				t.Fatal(err)
			}
			// A subscription whose only field is left out is stock's.
			if reasons[engine.StockEvents] > answers/2 || len(reasons) > 1 {
				t.Errorf("the stock executor answered both times: %v", reasons)
			}
			if faulty < answers/10 || faulty > answers*9/10 {
				t.Errorf("%d of %d answers had errors; both kinds need to be common", faulty, answers)
			}
		})
	}
}

func TestHandmadeOperations(t *testing.T) {
	p := oddPair()
	for name, op := range handmade() {
		t.Run(name, func(t *testing.T) {
			sets := op.variables
			if len(sets) == 0 {
				sets = []map[string]any{nil}
			}
			for _, variables := range sets {
				got, err := p.Compare(t.Context(), op.text, variables)
				if err != nil {
					t.Fatal(&difference{op.text, variables, err})
				}
				if failed := len(got.Errors) > 0; failed != op.fails {
					t.Errorf("errors: %v", got.Errors)
				}
			}
		})
	}
}
