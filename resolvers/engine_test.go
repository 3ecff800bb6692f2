package resolvers_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"patternhub/content"
	"patternhub/engine/enginetest"
	"patternhub/loaders"
)

// random gives a setting of a longer run, such as DRILL_SEED, or what CI uses.
func random(t *testing.T, name string, usual uint64) uint64 {
	t.Helper()
	given := os.Getenv(name)
	if given == "" {
		return usual
	}
	n, err := strconv.ParseUint(given, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// pair is both executors on one graph. Stock's loads wait as little as they may: how many
// commands it needs is of no interest here.
func (h *hub) pair(g *content.Graph) *enginetest.Pair {
	p := enginetest.NewPair(h.schema, h.engine)
	with := func(ctx context.Context) context.Context { return loaders.With(ctx, g, time.Millisecond/4) }
	p.StockContext, p.EngineContext = with, with
	return p
}

// generator makes operations for the schema with arguments that lead somewhere.
func (h *hub) generator(seed uint64) *enginetest.Generator {
	schema := h.schema.Schema()
	id := func(t content.EntryType, key string) string { return content.ID{Type: t, Key: key}.String() }
	g := &enginetest.Generator{
		Schema: schema, Rand: rand.New(rand.NewPCG(seed, seed)),
		Scalars: map[string]func(*rand.Rand) any{
			"ID":       enginetest.Pick(id(content.TypePattern, "saga"), id(content.TypeCompany, "netflix"), id(content.TypeLaw, "none"), "no id"),
			"DateTime": enginetest.Pick("2026-01-01T00:00:00Z", "2020-02-29T23:59:59.5+02:00", "no time"),
		},
		// Both would compare two runs and not two executors.
		Leave: func(field string) bool { return field == "Query.viewer" || field == "Query.rateLimit" },
		Depth: 4, Width: 4,
	}
	for _, t := range schema.Types {
		for _, f := range t.Fields {
			for _, a := range f.Arguments {
				place := f.Name + "." + a.Name
				switch a.Name {
				case "first", "last", "limit":
					g.Scalars[place] = enginetest.Pick(1, 2, 3, 20, 0)
				case "after", "before", "cursor":
					g.Scalars[place] = enginetest.Pick("", "x")
				case "slug":
					g.Scalars[place] = enginetest.Pick("caching", "saga", "circuit-breaker", "gold", "netflix", "none")
				}
			}
		}
	}
	return g
}

// TestTheEngineAnswersAsStock holds random operations on the real schema and the seed against
// gqlgen's executor. The number is for CI; DRILL_OPERATIONS and DRILL_SEED make it longer.
func TestTheEngineAnswersAsStock(t *testing.T) {
	h := newHub(t)
	p := h.pair(h.memory(t))
	for _, g := range suite(t) {
		if _, err := p.Compare(t.Context(), g.query, g.variables); err != nil {
			t.Errorf("%s: %v", g.name, err)
		}
	}
	gen := h.generator(random(t, "DRILL_SEED", 6))
	wanted := random(t, "DRILL_OPERATIONS", 150)
	end := time.Now().Add(30 * time.Second)
	answers, faulty := 0, 0
	for done := uint64(0); done < wanted; {
		op := gen.Next()
		valid := false
		for _, v := range op.Variables {
			resp, err := p.Compare(t.Context(), op.Text, v)
			if errors.Is(err, enginetest.ErrInvalid) {
				continue
			}
			if err != nil {
				t.Fatalf("%v\n%s\n%v", err, op.Text, v)
			}
			valid = true
			answers++
			if len(resp.Errors) > 0 {
				faulty++
			}
		}
		if valid {
			done++
		}
		// A busy machine compares fewer, never none.
		if os.Getenv("DRILL_OPERATIONS") == "" && time.Now().After(end) && answers > 100 {
			break
		}
	}
	if answers == faulty || faulty == 0 {
		t.Errorf("%d of %d answers have errors: the operations are of one kind", faulty, answers)
	}
	t.Logf("%d answers, %d with errors", answers, faulty)
}

// TestCommandsAreTheSameEachTime counts the commands of each golden query on any number of
// processors and beside others. Its loaders' timers never fire: a load that hangs is one that
// the engine forgot.
func TestCommandsAreTheSameEachTime(t *testing.T) {
	h := newHub(t)
	queries := suite(t)
	for _, procs := range []int{1, 2, 8} {
		before := runtime.GOMAXPROCS(procs)
		t.Cleanup(func() { runtime.GOMAXPROCS(before) })
		for _, g := range queries {
			for range 5 {
				if _, n := h.answer(t, h.engine, g.query, g.variables); n != g.commands {
					t.Errorf("%s on %d processors: %d commands, want %d", g.name, procs, n, g.commands)
				}
			}
		}
	}
	const clients = 32
	for _, g := range queries {
		before := h.commands.Load()
		var wrong atomic.Int64
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				if resp := run(t.Context(), h, g); resp == nil || len(resp.Errors) > 0 {
					wrong.Add(1)
				}
			})
		}
		all.Wait()
		if n := h.commands.Load() - before; n != clients*g.commands || wrong.Load() > 0 {
			t.Errorf("%s: %d clients cost %d commands, want %d each; %d failed", g.name, clients, n, g.commands, wrong.Load())
		}
	}
}

// run answers a golden query from the database itself.
func run(ctx context.Context, h *hub, g golden) *graphql.Response {
	ctx = loaders.With(ctx, h.store.At(content.Published), together)
	resp, err := enginetest.Run(ctx, executor.New(h.engine), g.query, g.variables)
	if err != nil {
		return nil
	}
	return resp
}
