package loaders

import (
	"context"
	"time"

	"patternhub/content"
)

// only is the key of what there is one of.
const only = ""

// Tables holds the loaders of the read models. Each table is read once in a response, however
// many fields need it.
type Tables struct {
	wizards      *Loader[string, []*content.Wizard]
	calculator   *Loader[string, *content.Calculator]
	metrics      *Loader[string, *content.Metrics]
	scoring      *Loader[string, *content.Scoring]
	weights      *Loader[string, *content.Weights]
	observations *Loader[string, []*content.Observation]
	measures     *Loader[content.Measure, int]
}

func newTables(t content.Tables, wait time.Duration, o *opened) *Tables {
	return &Tables{
		wizards:    single(wait, o, func(ctx context.Context) ([]*content.Wizard, error) { return t.Wizards(ctx) }),
		calculator: single(wait, o, func(ctx context.Context) (*content.Calculator, error) { return t.Calculator(ctx) }),
		metrics:    single(wait, o, func(ctx context.Context) (*content.Metrics, error) { return t.Metrics(ctx) }),
		scoring:    single(wait, o, func(ctx context.Context) (*content.Scoring, error) { return t.Scoring(ctx) }),
		weights:    single(wait, o, func(ctx context.Context) (*content.Weights, error) { return t.Weights(ctx) }),
		observations: newLoader(wait, o, func(ctx context.Context, keys []string) ([][]*content.Observation, error) {
			return t.Observations(ctx, keys)
		}),
		measures: newLoader(wait, o, func(ctx context.Context, measures []content.Measure) ([]int, error) {
			out := make([]int, len(measures))
			for i, m := range measures {
				n, err := t.Measure(ctx, m)
				if err != nil {
					return nil, err
				}
				out[i] = n
			}
			return out, nil
		}),
	}
}

// single is a loader of something that there is one of.
// All callers get the same value, so they must not change it.
func single[V any](wait time.Duration, o *opened, read func(context.Context) (V, error)) *Loader[string, V] {
	return newLoader(wait, o, func(ctx context.Context, keys []string) ([]V, error) {
		v, err := read(ctx)
		if err != nil {
			return nil, err
		}
		out := make([]V, len(keys))
		for i := range out {
			out[i] = v
		}
		return out, nil
	})
}

// Wizards reads all wizards in their order.
func (t *Tables) Wizards(ctx context.Context) ([]*content.Wizard, error) {
	return t.wizards.Load(ctx, only)
}

// Calculator reads the tables of estimates.
func (t *Tables) Calculator(ctx context.Context) (*content.Calculator, error) {
	return t.calculator.Load(ctx, only)
}

// Metrics reads what the front page states.
func (t *Tables) Metrics(ctx context.Context) (*content.Metrics, error) {
	return t.metrics.Load(ctx, only)
}

// Scoring reads the bands of the health score.
func (t *Tables) Scoring(ctx context.Context) (*content.Scoring, error) {
	return t.scoring.Load(ctx, only)
}

// Weights reads the chosen numbers.
func (t *Tables) Weights(ctx context.Context) (*content.Weights, error) {
	return t.weights.Load(ctx, only)
}

// Observations reads the health observations of a pattern.
func (t *Tables) Observations(ctx context.Context, pattern string) ([]*content.Observation, error) {
	return t.observations.Load(ctx, pattern)
}

// Observed says that an observation of a pattern has just been written.
func (t *Tables) Observed(ctx context.Context, pattern string) { t.observations.Clear(ctx, pattern) }

// AllObservations reads the health observations of patterns, in the order of their keys.
func (t *Tables) AllObservations(ctx context.Context, patterns []string) ([][]*content.Observation, error) {
	return t.observations.LoadMany(ctx, patterns)
}

// Measure counts something over the whole perspective.
func (t *Tables) Measure(ctx context.Context, m content.Measure) (int, error) {
	return t.measures.Load(ctx, m)
}
