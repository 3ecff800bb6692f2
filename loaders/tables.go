package loaders

import (
	"context"
	"sync"

	"patternhub/internal/content"
)

// only is the key of a table that exists once.
const only = ""

// Tables holds the loaders of the read models. A response reads each table once.
type Tables struct {
	tables content.Tables
	shared *shared

	once sync.Once
	made *openTables
}

// openTables holds the loaders of Tables in use.
type openTables struct {
	metrics      *Loader[string, *content.Metrics]
	scoring      *Loader[string, *content.Scoring]
	weights      *Loader[string, *content.Weights]
	observations *Loader[string, []*content.Observation]
	measures     *Loader[content.Measure, int]
	files        *Loader[string, *content.File]
}

// open returns the loaders of the tables, which the first call makes.
func (t *Tables) open() *openTables {
	t.once.Do(func() {
		t.made = &openTables{
			metrics: single(t.shared, t.tables.Metrics), scoring: single(t.shared, t.tables.Scoring),
			weights:      single(t.shared, t.tables.Weights),
			observations: &Loader[string, []*content.Observation]{read: t.tables.Observations, shared: t.shared},
			measures:     &Loader[content.Measure, int]{read: t.readMeasures, shared: t.shared},
			files:        &Loader[string, *content.File]{read: t.readFiles, shared: t.shared},
		}
	})
	return t.made
}

// readMeasures counts what the front page shows, one measure after the other.
func (t *Tables) readMeasures(ctx context.Context, measures []content.Measure) ([]int, error) {
	out := make([]int, len(measures))
	for i, m := range measures {
		n, err := t.tables.Measure(ctx, m)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

// readFiles finds the files of a batch by their hashes.
func (t *Tables) readFiles(ctx context.Context, hashes []string) ([]*content.File, error) {
	out := make([]*content.File, len(hashes))
	for i, hash := range hashes {
		var err error
		if out[i], err = t.tables.File(ctx, hash); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// single returns a loader of a value that exists once.
// All callers share the value and must not change it.
func single[V any](s *shared, read func(context.Context) (V, error)) *Loader[string, V] {
	return &Loader[string, V]{shared: s, read: func(ctx context.Context, keys []string) ([]V, error) {
		v, err := read(ctx)
		if err != nil {
			return nil, err
		}
		out := make([]V, len(keys))
		for i := range out {
			out[i] = v
		}
		return out, nil
	}}
}

// Metrics loads the figures of the front page.
func (t *Tables) Metrics(ctx context.Context) (*content.Metrics, error) {
	return t.open().metrics.Load(ctx, only)
}

// Scoring loads the bands of the health score.
func (t *Tables) Scoring(ctx context.Context) (*content.Scoring, error) {
	return t.open().scoring.Load(ctx, only)
}

// Weights loads the chosen numbers.
func (t *Tables) Weights(ctx context.Context) (*content.Weights, error) {
	return t.open().weights.Load(ctx, only)
}

// Observations loads the health observations of a pattern.
func (t *Tables) Observations(ctx context.Context, pattern string) ([]*content.Observation, error) {
	return t.open().observations.Load(ctx, pattern)
}

// Observed drops the loaded observations of a pattern after one was written.
func (t *Tables) Observed(ctx context.Context, pattern string) {
	t.open().observations.Clear(ctx, pattern)
}

// AllObservations loads the health observations of patterns, in the order of their keys.
func (t *Tables) AllObservations(ctx context.Context, patterns []string) ([][]*content.Observation, error) {
	return t.open().observations.LoadMany(ctx, patterns)
}

// Measure loads a count over the whole perspective.
func (t *Tables) Measure(ctx context.Context, m content.Measure) (int, error) {
	return t.open().measures.Load(ctx, m)
}

// File loads the file with a hash that a long text of the perspective links to; nil if there is none.
func (t *Tables) File(ctx context.Context, hash string) (*content.File, error) {
	return t.open().files.Load(ctx, hash)
}
