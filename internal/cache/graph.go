package cache

import (
	"context"

	"patternhub/internal/content"
)

// view is the graph of one generation.
type view struct {
	of    *Generation
	graph *content.Graph
}

// At returns the published graph of a generation, read through this memory. The context of each
// read must have the generation's state, see content.ReadOne. Drafts are never cached.
func (m *Memory) At(of *Generation) *content.Graph {
	if last := m.last.Load(); last != nil && last.of == of {
		return last.graph
	}
	g := m.graph
	v := &view{of: of, graph: &content.Graph{
		Collections: m.collections(of, g),
		Tables:      &tables{inner: g.Tables, memory: m, revision: of.Of(nil)},
		Archive:     g.Archive,
	}}
	m.last.Store(v)
	return v.graph
}

// tables caches the read models. They change rarely and depend on many types, so any publish makes
// them stale.
type tables struct {
	inner    content.Tables
	memory   *Memory
	revision uint64
}

// one caches a single value.
func one[V any](t *tables, name string, read func() (V, error)) (V, error) {
	found, err := through(t.memory, []string{name}, lookupTable[V](t),
		func([]string) ([]V, error) {
			v, err := read()
			return []V{v}, err
		}, storeTable[V](t))
	if err != nil {
		var none V
		return none, err
	}
	return found[0], nil
}

func lookupTable[V any](t *tables) func(string) (V, bool) {
	return func(name string) (V, bool) { return lookup[V](t.memory, key{kind: kindTable, name: name}, t.revision) }
}

func storeTable[V any](t *tables) func(string, V) V {
	return func(name string, v V) V {
		t.memory.store(key{kind: kindTable, name: name}, t.revision, v)
		return v
	}
}

// Metrics returns the figures of the front page.
func (t *tables) Metrics(ctx context.Context) (*content.Metrics, error) {
	return one(t, "metrics", func() (*content.Metrics, error) { return t.inner.Metrics(ctx) })
}

// Scoring returns the bands of the health score.
func (t *tables) Scoring(ctx context.Context) (*content.Scoring, error) {
	return one(t, "scoring", func() (*content.Scoring, error) { return t.inner.Scoring(ctx) })
}

// Weights returns the chosen numbers.
func (t *tables) Weights(ctx context.Context) (*content.Weights, error) {
	return one(t, "weights", func() (*content.Weights, error) { return t.inner.Weights(ctx) })
}

// Observations returns the health observations of patterns.
// Each pattern is cached separately, so only the missing ones are read.
func (t *tables) Observations(ctx context.Context, patterns []string) ([][]*content.Observation, error) {
	const prefix = "observations:"
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = prefix + p
	}
	return through(t.memory, names, lookupTable[[]*content.Observation](t),
		func(missing []string) ([][]*content.Observation, error) {
			keys := make([]string, len(missing))
			for i, m := range missing {
				keys[i] = m[len(prefix):]
			}
			return t.inner.Observations(ctx, keys)
		}, storeTable[[]*content.Observation](t))
}

// File returns a file that a published text links to. It is not kept: hashes come from strangers, and the
// answers are kept by those who ask.
func (t *tables) File(ctx context.Context, hash string) (*content.File, error) {
	return t.inner.File(ctx, hash) //nolint:wrapcheck // the store has wrapped it
}

// Measure returns a count over everything published.
func (t *tables) Measure(ctx context.Context, what content.Measure) (int, error) {
	return one(t, "measure:"+string(what), func() (int, error) { return t.inner.Measure(ctx, what) })
}
