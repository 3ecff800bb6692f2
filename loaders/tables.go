package loaders

import (
	"context"
	"sync"

	"patternhub/content"
)

// only is the key of what there is one of.
const only = ""

// Tables holds the loaders of the read models. Each table is read once in a response, however
// many fields need it.
type Tables struct {
	tables content.Tables
	shared *shared

	once sync.Once
	made *openTables
}

// openTables is what Tables hold once they have been asked something.
type openTables struct {
	wizards      *Loader[string, []*content.Wizard]
	calculator   *Loader[string, *content.Calculator]
	metrics      *Loader[string, *content.Metrics]
	scoring      *Loader[string, *content.Scoring]
	weights      *Loader[string, *content.Weights]
	observations *Loader[string, []*content.Observation]
	measures     *Loader[content.Measure, int]
}

func (t *Tables) opened() *openTables {
	t.once.Do(func() {
		t.made = &openTables{
			wizards: single(t.shared, t.tables.Wizards), calculator: single(t.shared, t.tables.Calculator),
			metrics: single(t.shared, t.tables.Metrics), scoring: single(t.shared, t.tables.Scoring),
			weights:      single(t.shared, t.tables.Weights),
			observations: &Loader[string, []*content.Observation]{read: t.tables.Observations, shared: t.shared},
			measures:     &Loader[content.Measure, int]{read: t.readMeasures, shared: t.shared},
		}
	})
	return t.made
}

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

// single is a loader of something that there is one of.
// All callers get the same value, so they must not change it.
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

// Wizards reads all wizards in their order.
func (t *Tables) Wizards(ctx context.Context) ([]*content.Wizard, error) {
	return t.opened().wizards.Load(ctx, only)
}

// Calculator reads the tables of estimates.
func (t *Tables) Calculator(ctx context.Context) (*content.Calculator, error) {
	return t.opened().calculator.Load(ctx, only)
}

// Metrics reads what the front page states.
func (t *Tables) Metrics(ctx context.Context) (*content.Metrics, error) {
	return t.opened().metrics.Load(ctx, only)
}

// Scoring reads the bands of the health score.
func (t *Tables) Scoring(ctx context.Context) (*content.Scoring, error) {
	return t.opened().scoring.Load(ctx, only)
}

// Weights reads the chosen numbers.
func (t *Tables) Weights(ctx context.Context) (*content.Weights, error) {
	return t.opened().weights.Load(ctx, only)
}

// Observations reads the health observations of a pattern.
func (t *Tables) Observations(ctx context.Context, pattern string) ([]*content.Observation, error) {
	return t.opened().observations.Load(ctx, pattern)
}

// Observed says that an observation of a pattern has just been written.
func (t *Tables) Observed(ctx context.Context, pattern string) {
	t.opened().observations.Clear(ctx, pattern)
}

// AllObservations reads the health observations of patterns, in the order of their keys.
func (t *Tables) AllObservations(ctx context.Context, patterns []string) ([][]*content.Observation, error) {
	return t.opened().observations.LoadMany(ctx, patterns)
}

// Measure counts something over the whole perspective.
func (t *Tables) Measure(ctx context.Context, m content.Measure) (int, error) {
	return t.opened().measures.Load(ctx, m)
}
