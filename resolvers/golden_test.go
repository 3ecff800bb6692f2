package resolvers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.uber.org/goleak"

	"patternhub/graph"
	"patternhub/internal/advisor"
	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/engine"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/search"
	"patternhub/loaders"
	"patternhub/resolvers"
	"patternhub/seed"
)

// update rewrites the golden answers.
var update = flag.Bool("update", false, "write the golden answers anew")

func TestMain(m *testing.M) {
	// Bleve's analysis workers live as long as the process.
	mongotest.Main(m, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

// together is a wait long enough for all loads of a level to be batched on a busy machine.
const together = 50 * time.Millisecond

// hub is the seeded graph on both executors, with a counter of database commands.
type hub struct {
	store    *repository.Store
	schema   graphql.ExecutableSchema // gqlgen's own
	engine   graphql.ExecutableSchema
	commands atomic.Int64
	left     atomic.Int64 // operations that the engine left to stock
	// called observes the engine's calls of resolvers while it is set.
	called func(context.Context)
	mu     sync.Mutex   // for called
	timers atomic.Int64 // batches that a timer sent

	uri, database string
	networks      *advisor.Live
	// watch observes commands while it is set; benchmarks set it between requests.
	watch func(*event.CommandStartedEvent)
	// replies observes the replies of commands while it is set.
	replies func(*event.CommandSucceededEvent)
}

// newHub seeds a database of the test's own. Times are fixed, so that answers do not vary.
func newHub(t testing.TB) *hub {
	t.Helper()
	uri, database := mongotest.Open(t)
	h := &hub{uri: uri, database: database}
	store, err := repository.Open(mongodb.Options{
		URI: uri, Database: database, Render: markdown.NewRenderer().Render,
		Now: func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) },
		Monitor: &event.CommandMonitor{Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) {
			if h.replies != nil {
				h.replies(e)
			}
		}, Started: func(_ context.Context, e *event.CommandStartedEvent) {
			switch e.CommandName {
			case "find", "aggregate", "getMore":
				h.commands.Add(1)
				if h.watch != nil {
					h.watch(e)
				}
			}
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if err := store.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := seed.Load(t.Context(), store, seed.Files(), nil); err != nil {
		t.Fatal(err)
	}
	if err := seed.LoadTables(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	h.store = store
	networks := advisor.NewLive(store)
	h.networks = networks
	// The first use reads the whole network, so the tests need not count it.
	if _, err := networks.Network(t.Context(), content.Published); err != nil {
		t.Fatal(err)
	}
	cfg := graph.Config{Resolvers: &resolvers.Resolver{
		ViewerOf: auth.ViewerOf, Index: index(t, store), Networks: networks,
		Health: resolvers.Health{Store: store, Now: time.Now},
	}}
	h.schema = graph.NewExecutableSchema(cfg)
	h.engine = graph.NewEngine(cfg, h.levels(), engine.OnStock(func(context.Context, string) { h.left.Add(1) }),
		engine.OnCall(func(ctx context.Context) {
			if h.called != nil {
				h.called(ctx)
			}
		}))
	return h
}

// levels has timers so long that even on a busy machine only a load which the engine forgot
// reaches one, and counts those.
func (h *hub) levels() loaders.Levels {
	return loaders.Levels{Net: 20 * time.Second, OnTimer: func() { h.timers.Add(1) }}
}

// index fills both perspectives of a search index, so that the tests do not count its reads.
func index(t testing.TB, store *repository.Store) *search.Engine {
	t.Helper()
	e, err := search.New(store, search.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		// On a busy machine the index may take longer to fill than a search waits.
		for range 30 {
			if _, err := e.At(p).Search(ctx, content.Search{Text: "x"}); err == nil {
				break
			}
		}
	}
	return e
}

// loading returns a context with the loaders of one response, as the hub makes it.
func loading(ctx context.Context, g *content.Graph, wait time.Duration) context.Context {
	ctx = loaders.With(ctx, g, wait)
	loaders.ReadWhole(ctx, resolvers.Shown)
	return ctx
}

// answer runs a query on a schema and returns the number of commands.
func (h *hub) answer(t testing.TB, schema graphql.ExecutableSchema, query string, variables map[string]any) (*graphql.Response, int64) {
	t.Helper()
	return h.answerFrom(t, h.store.At(content.Published), schema, query, variables)
}

// answerFrom is answer on a given graph, which may have a cache.
func (h *hub) answerFrom(t testing.TB, g *content.Graph, schema graphql.ExecutableSchema, query string, variables map[string]any) (*graphql.Response, int64) {
	t.Helper()
	exec := executor.New(schema)
	ctx := loading(graphql.StartOperationTrace(t.Context()), g, together)
	before := h.commands.Load()
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query, Variables: variables})
	if errs != nil {
		t.Fatalf("%v", errs)
	}
	respond, ctx := exec.DispatchOperation(ctx, op)
	resp := respond(ctx)
	return resp, h.commands.Load() - before
}

// golden is a query of the suite with what its comments state about it.
type golden struct {
	name, query string
	commands    int64
	// stock is the most commands that gqlgen's executor needs. The number varies, because timing
	// decides which of its loads are batched together.
	stock     int64
	variables map[string]any
}

func suite(t *testing.T) []golden {
	t.Helper()
	files, err := filepath.Glob("testdata/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden queries: %v", err)
	}
	var out []golden
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		g := golden{name: strings.TrimSuffix(filepath.Base(file), ".graphql"), query: string(src)}
		for line := range strings.SplitSeq(g.query, "\n") {
			if v, ok := strings.CutPrefix(line, "# commands: "); ok {
				g.commands, err = strconv.ParseInt(v, 10, 64)
			}
			if v, ok := strings.CutPrefix(line, "# stock commands: "); ok {
				g.stock, err = strconv.ParseInt(v, 10, 64)
			}
			if v, ok := strings.CutPrefix(line, "# variables: "); ok {
				numbers := json.NewDecoder(strings.NewReader(v))
				numbers.UseNumber() // as the transport does
				err = numbers.Decode(&g.variables)
			}
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
		if g.commands == 0 {
			t.Fatalf("%s does not state its number of commands", file)
		}
		g.stock = max(g.stock, g.commands)
		out = append(out, g)
	}
	return out
}

func TestGoldenQueries(t *testing.T) {
	h := newHub(t)
	for name, schema := range map[string]graphql.ExecutableSchema{"stock": h.schema, "engine": h.engine} {
		for _, g := range suite(t) {
			t.Run(name+"/"+g.name, func(t *testing.T) {
				resp, commands := h.answer(t, schema, g.query, g.variables)
				if len(resp.Errors) > 0 {
					t.Fatalf("errors: %v", resp.Errors)
				}
				// Stock batches by a timer: on a busy machine a load may come so late that it joins
				// the batch of the next level.
				if name == "engine" && commands != g.commands || commands > g.stock {
					t.Errorf("%d database commands, want %d, at most %d of stock", commands, g.commands, g.stock)
				}
				compare(t, "testdata/"+g.name+".golden.json", resp.Data)
			})
		}
	}
	if n := h.left.Load(); n != 0 {
		t.Errorf("the engine left %d queries to the stock executor", n)
	}
}

// compare compares an answer with its file.
func compare(t *testing.T, file string, data json.RawMessage) {
	t.Helper()
	var got bytes.Buffer
	if err := json.Indent(&got, data, "", "  "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got.String()); d != "" {
		t.Errorf("answer (-want +got):\n%s", d)
	}
}

func TestCommandsDoNotGrowWithThePage(t *testing.T) {
	h := newHub(t)
	for _, g := range suite(t) {
		if g.variables["first"] == nil {
			continue
		}
		for _, first := range []int{1, 100} {
			t.Run(fmt.Sprint(g.name, first), func(t *testing.T) {
				resp, commands := h.answer(t, h.engine, g.query, map[string]any{"first": int64(first)})
				if len(resp.Errors) > 0 {
					t.Fatalf("errors: %v", resp.Errors)
				}
				if commands != g.commands {
					t.Errorf("%d database commands, want %d", commands, g.commands)
				}
			})
		}
	}
}
