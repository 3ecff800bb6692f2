package resolvers_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"

	"patternhub/internal/content"
	"patternhub/internal/engine/enginetest"
)

// pair returns both executors on one graph. Stock's loads wait as little as possible, since its
// number of commands does not matter here.
func (h *hub) pair(g *content.Graph) *enginetest.Pair {
	p := enginetest.NewPair(h.schema, h.engine)
	with := func(ctx context.Context) context.Context { return loading(ctx, g, time.Millisecond/4) }
	p.StockContext, p.EngineContext = with, with
	return p
}

// generator returns random operations for the schema whose arguments name entries of the seed.
func (h *hub) generator(seed uint64) *enginetest.Generator {
	schema := h.schema.Schema()
	id := func(t content.EntryType, key string) string { return content.ID{Type: t, Key: key}.String() }
	g := &enginetest.Generator{
		Schema: schema, Rand: rand.New(rand.NewPCG(seed, seed)),
		Scalars: map[string]func(*rand.Rand) any{
			"ID":       enginetest.Pick(id(content.TypePattern, "saga"), id(content.TypeCompany, "netflix"), id(content.TypeLaw, "none"), "no id"),
			"DateTime": enginetest.Pick("2026-01-01T00:00:00Z", "2020-02-29T23:59:59.5+02:00", "no time"),
		},
		// Both fields depend on the run, not on the executor.
		Leave: func(field string) bool { return field == "Query.viewer" || field == "Query.rateLimit" },
		Depth: 4, Width: 4,
	}
	for _, t := range schema.Types {
		for _, f := range t.Fields {
			for _, a := range f.Arguments {
				argument := f.Name + "." + a.Name
				switch a.Name {
				case "first", "last", "limit":
					g.Scalars[argument] = enginetest.Pick(1, 2, 3, 20, 0)
				case "after", "before", "cursor":
					g.Scalars[argument] = enginetest.Pick("", "x")
				case "slug":
					g.Scalars[argument] = enginetest.Pick("caching", "saga", "circuit-breaker", "gold", "netflix", "none")
				}
			}
		}
	}
	return g
}

// tally counts the compared operations. Its workers stop at the first difference.
type tally struct {
	started, answers, faulty, failed atomic.Int64
	wanted                           int64
	end                              time.Time
}

// next reports whether to compare another operation. Without a given number a busy machine
// compares fewer, but at least one.
func (c *tally) next() bool {
	if c.failed.Load() > 0 || c.started.Add(1) > c.wanted {
		return false
	}
	return c.end.IsZero() || c.answers.Load() < 100 || time.Now().Before(c.end)
}

// compare compares random operations, each with its sets of variables, with stock.
func (c *tally) compare(t *testing.T, p *enginetest.Pair, g *enginetest.Generator) {
	t.Helper()
	for c.next() {
		op, valid := g.Next(), false
		for _, v := range op.Variables {
			resp, err := p.Compare(t.Context(), op.Text, v)
			if errors.Is(err, enginetest.ErrInvalid) {
				continue
			}
			if err != nil {
				c.failed.Add(1)
				t.Errorf("%v\n%s\n%v", err, op.Text, v)
				return
			}
			valid = true
			c.answers.Add(1)
			if len(resp.Errors) > 0 {
				c.faulty.Add(1)
			}
		}
		if !valid {
			c.started.Add(-1)
		}
	}
}

// TestTheEngineAnswersAsStock compares the golden queries and random operations on the real schema
// and the seed with gqlgen's executor. A run of all tests has time for a few;
// DRILL_OPERATIONS sets their number, 10,000 in continuous integration.
func TestTheEngineAnswersAsStock(t *testing.T) {
	h := newHub(t)
	g := h.memory(t)
	for _, q := range suite(t) {
		if _, err := h.pair(g).Compare(t.Context(), q.query, q.variables); err != nil {
			t.Errorf("%s: %v", q.name, err)
		}
	}
	seed := enginetest.Seed(t, 6)
	c := &tally{wanted: int64(enginetest.Operations(t, 150))}
	if c.wanted <= 150 {
		c.end = time.Now().Add(30 * time.Second)
	}
	var workers sync.WaitGroup
	for i := range uint64(runtime.GOMAXPROCS(0)) {
		workers.Go(func() { c.compare(t, h.pair(g), h.generator(seed+i)) })
	}
	workers.Wait()
	answers, faulty := c.answers.Load(), c.faulty.Load()
	if answers == faulty || faulty == 0 {
		t.Errorf("%d of %d answers have errors: the operations are of one kind", faulty, answers)
	}
	t.Logf("%d answers, %d with errors", answers, faulty)
}

// repetitions is the number of runs of each golden query on each number of processors in a run of all
// tests; DRILL_REPETITIONS asks for more.
const repetitions = 5

// TestCommandsAreTheSameEachTime counts the commands of each golden query on any number of
// processors and beside others. Its loaders' timers never fire, so a load that the engine forgets
// to flush hangs.
func TestCommandsAreTheSameEachTime(t *testing.T) {
	h := newHub(t)
	queries := suite(t)
	times := enginetest.Repetitions(t, repetitions)
	for _, procs := range []int{1, 2, 8} {
		before := runtime.GOMAXPROCS(procs)
		t.Cleanup(func() { runtime.GOMAXPROCS(before) })
		for _, g := range queries {
			for range times {
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
	if n := h.timers.Load(); n > 0 {
		t.Errorf("%d batches were sent by a timer", n)
	}
}

// run answers a golden query from the database, without a cache.
func run(ctx context.Context, h *hub, g golden) *graphql.Response {
	ctx = loading(ctx, h.store.At(content.Published), together)
	resp, err := enginetest.Run(ctx, executor.New(h.engine), g.query, g.variables)
	if err != nil {
		return nil
	}
	return resp
}
