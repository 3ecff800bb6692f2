package cache

import (
	"context"

	"patternhub/content"
)

// Graph gives the published graph with this memory in front of it. Drafts are never kept.
func (m *Memory) Graph(g *content.Graph) *content.Graph {
	return &content.Graph{
		Tiers: newCollection(m, g.Tiers), Laws: newCollection(m, g.Laws), Pillars: newCollection(m, g.Pillars),
		Roles: newCollection(m, g.Roles), Companies: newCollection(m, g.Companies), Practices: newCollection(m, g.Practices),
		Patterns: newCollection(m, g.Patterns), CaseStudies: newCollection(m, g.CaseStudies),
		FailureStudies: newCollection(m, g.FailureStudies), Guides: newCollection(m, g.Guides),
		QuickStarts: newCollection(m, g.QuickStarts), LearningPaths: newCollection(m, g.LearningPaths),
		Journeys: newCollection(m, g.Journeys), Migrations: newCollection(m, g.Migrations),
		Comparisons: newCollection(m, g.Comparisons), Pages: newCollection(m, g.Pages),
		Tables: &tables{inner: g.Tables, memory: m}, Archive: g.Archive,
	}
}

// tables keeps the read models. They change seldom and hang on any type, so whatever is
// published makes them stale.
type tables struct {
	inner  content.Tables
	memory *Memory
}

// one keeps the single answer to a question.
func one[V any](t *tables, name string, read func() (V, error)) (V, error) {
	found, err := through(t.memory, []string{name}, recallTable[V](t),
		func([]string) ([]V, error) {
			v, err := read()
			return []V{v}, err
		}, keepTable[V](t))
	if err != nil {
		var none V
		return none, err
	}
	return found[0], nil
}

// recallTable and keepTable fix the revision when they are made, which is before the table is read.
func recallTable[V any](t *tables) func(string) (V, bool) {
	revision := t.memory.revisions.Of(nil)
	return func(name string) (V, bool) { return recall[V](t.memory, key{kind: kindTable, name: name}, revision) }
}

func keepTable[V any](t *tables) func(string, V) V {
	revision := t.memory.revisions.Of(nil)
	return func(name string, v V) V {
		t.memory.keep(key{kind: kindTable, name: name}, revision, v)
		return v
	}
}

// Wizards gives all wizards.
func (t *tables) Wizards(ctx context.Context) ([]*content.Wizard, error) {
	return one(t, "wizards", func() ([]*content.Wizard, error) { return t.inner.Wizards(ctx) })
}

// Calculator gives the tables of estimates.
func (t *tables) Calculator(ctx context.Context) (*content.Calculator, error) {
	return one(t, "calculator", func() (*content.Calculator, error) { return t.inner.Calculator(ctx) })
}

// Metrics gives what the front page states.
func (t *tables) Metrics(ctx context.Context) (*content.Metrics, error) {
	return one(t, "metrics", func() (*content.Metrics, error) { return t.inner.Metrics(ctx) })
}

// Scoring gives the bands of the health score.
func (t *tables) Scoring(ctx context.Context) (*content.Scoring, error) {
	return one(t, "scoring", func() (*content.Scoring, error) { return t.inner.Scoring(ctx) })
}

// Weights gives the chosen numbers.
func (t *tables) Weights(ctx context.Context) (*content.Weights, error) {
	return one(t, "weights", func() (*content.Weights, error) { return t.inner.Weights(ctx) })
}

// Observations gives the health observations of patterns.
// Each pattern is kept by itself, so a list that has some in memory reads the others alone.
func (t *tables) Observations(ctx context.Context, patterns []string) ([][]*content.Observation, error) {
	const prefix = "observations:"
	names := make([]string, len(patterns))
	for i, p := range patterns {
		names[i] = prefix + p
	}
	return through(t.memory, names, recallTable[[]*content.Observation](t),
		func(missing []string) ([][]*content.Observation, error) {
			keys := make([]string, len(missing))
			for i, m := range missing {
				keys[i] = m[len(prefix):]
			}
			return t.inner.Observations(ctx, keys)
		}, keepTable[[]*content.Observation](t))
}

// Measure gives a count over everything published.
func (t *tables) Measure(ctx context.Context, what content.Measure) (int, error) {
	return one(t, "measure:"+string(what), func() (int, error) { return t.inner.Measure(ctx, what) })
}
