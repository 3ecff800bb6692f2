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

	"patternhub/content"
	"patternhub/engine/enginetest"
	"patternhub/loaders"
)

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

// tally counts what was compared. Its workers stop at the first difference.
type tally struct {
	started, answers, faulty, failed atomic.Int64
	wanted                           int64
	end                              time.Time
}

// next says whether another operation is to be compared. Without a number given, a busy machine
// compares fewer, never none.
func (c *tally) next() bool {
	if c.failed.Load() > 0 || c.started.Add(1) > c.wanted {
		return false
	}
	return c.end.IsZero() || c.answers.Load() < 100 || time.Now().Before(c.end)
}

// compare holds random operations, each with its sets of variables, against stock.
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

// TestTheEngineAnswersAsStock holds the golden suite and random operations on the real schema and
// the seed against gqlgen's executor. A run of all tests has time for some of them;
// DRILL_OPERATIONS says how many there are to be, 10,000 in continuous integration.
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
	for i := range uint64(runtime.GOMAXPROCS(0)) { //nolint:gosec // a few
		workers.Go(func() { c.compare(t, h.pair(g), h.generator(seed+i)) })
	}
	workers.Wait()
	answers, faulty := c.answers.Load(), c.faulty.Load()
	if answers == faulty || faulty == 0 {
		t.Errorf("%d of %d answers have errors: the operations are of one kind", faulty, answers)
	}
	t.Logf("%d answers, %d with errors", answers, faulty)
}

// repetitions of each golden query on each number of processors: a run of all tests has time for
// some of them, DRILL_REPETITIONS asks for more.
const repetitions = 5

// TestCommandsAreTheSameEachTime counts the commands of each golden query on any number of
// processors and beside others. Its loaders' timers never fire: a load that hangs is one that
// the engine forgot.
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

// run answers a golden query from the database itself.
func run(ctx context.Context, h *hub, g golden) *graphql.Response {
	ctx = loaders.With(ctx, h.store.At(content.Published), together)
	resp, err := enginetest.Run(ctx, executor.New(h.engine), g.query, g.variables)
	if err != nil {
		return nil
	}
	return resp
}
