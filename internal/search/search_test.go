package search_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/search"
	"patternhub/internal/search/searchtest"
	"patternhub/seed"
)

// closing ends the search server after the tests.
type closing struct{ m *testing.M }

func (c closing) Run() int {
	code := c.m.Run()
	if err := searchtest.Close(); err != nil {
		fmt.Fprintln(os.Stderr, "searchtest:", err)
		code = max(code, 1)
	}
	return code
}

// TestMain runs the tests, or acts as an indexer if the environment asks for it: a test starts this binary
// again and kills it to simulate a crash. An indexer returns only with an error.
func TestMain(m *testing.M) {
	if at := strings.Fields(os.Getenv(asIndexer)); len(at) == 3 {
		fmt.Fprintln(os.Stderr, "indexer:", indexer(at[0], at[1], at[2]))
		os.Exit(1)
	}
	// Bleve's analysis workers run as long as the process.
	mongotest.Main(closing{m}, goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker"))
}

// open returns an empty store.
func open(t testing.TB) *repository.Store {
	t.Helper()
	uri, database := mongotest.Open(t)
	s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	// As at the start of the hub: without indexes each write would read all entries.
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// mustNew returns a new engine.
func mustNew(t testing.TB, s search.Store, opts search.Options) *search.Engine {
	t.Helper()
	e, err := search.New(s, opts)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// start runs an engine with its index in memory until the test ends.
func start(t testing.TB, s search.Store) *search.Engine {
	t.Helper()
	e := mustNew(t, s, search.Options{})
	run(t, e)
	return e
}

// runOnly runs an engine until the test ends.
func runOnly(t testing.TB, e *search.Engine) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { e.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
}

// run runs an engine until the test ends, and waits until it can be searched.
func run(t testing.TB, e *search.Engine) {
	t.Helper()
	runOnly(t, e)
	awaitIndexes(t, e)
}

// seeded returns an engine over the hub's own content.
func seeded(t testing.TB) *search.Engine {
	t.Helper()
	s := open(t)
	if _, err := seed.Load(t.Context(), s, seed.Files(), nil); err != nil {
		t.Fatal(err)
	}
	return start(t, s)
}

// mustSearch returns the answer to a search that must be valid.
func mustSearch(t testing.TB, i *search.Index, q content.Search) *search.Answer {
	t.Helper()
	a, err := i.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("search %q: %v", q.Text, err)
	}
	return a
}

// mustHits returns at most limit hits of an answer, from the first one or from those after a position.
func mustHits(t testing.TB, a *search.Answer, after *content.Position, limit int) *content.Hits {
	t.Helper()
	hits, err := a.Hits(t.Context(), after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return hits
}

// find returns the best hits for a search text.
func find(t testing.TB, e *search.Engine, text string) *content.Hits {
	t.Helper()
	return mustHits(t, mustSearch(t, e.At(content.Published), content.Search{Text: text}), nil, 20)
}

// ids returns hits as TYPE:key.
func ids(h *content.Hits) []string {
	out := make([]string, len(h.Items))
	for i, hit := range h.Items {
		out[i] = string(hit.ID.Type) + ":" + hit.ID.Key
	}
	return out
}
