package content

import "context"

// Tables reads the read models of one perspective: what the hub's tools need and no entry
// holds. Every method costs one command.
type Tables interface {
	// Wizards gives all wizards in their order.
	Wizards(ctx context.Context) ([]*Wizard, error)
	// Calculator gives the tables that estimates rest on; a fault of NotFound before the seed.
	Calculator(ctx context.Context) (*Calculator, error)
	// Metrics gives what the front page states; a fault of NotFound before the seed.
	Metrics(ctx context.Context) (*Metrics, error)
	// Scoring gives the bands of the health score; a fault of NotFound before the seed.
	Scoring(ctx context.Context) (*Scoring, error)
	// Weights gives the numbers that were chosen where the facts give none.
	Weights(ctx context.Context) (*Weights, error)
	// Observations gives the health observations of each pattern, the oldest month first.
	Observations(ctx context.Context, patterns []string) ([][]*Observation, error)
	// Measure counts something over the whole perspective.
	Measure(ctx context.Context, m Measure) (int, error)
}

// TableWriter changes read models. Each method is one transaction with its change rows.
type TableWriter interface {
	// PutWizards replaces the wizards by these.
	PutWizards(ctx context.Context, by string, wizards []*Wizard) error
	PutCalculator(ctx context.Context, by string, c *Calculator) error
	PutMetrics(ctx context.Context, by string, m *Metrics) error
	PutScoring(ctx context.Context, by string, s *Scoring) error
	PutWeights(ctx context.Context, by string, w *Weights) error
	// Observe records observations, at most MaxBatch. One of the same pattern, metric and month
	// is replaced, unless keep is set: then what is there stays.
	Observe(ctx context.Context, by string, keep bool, observations ...*Observation) error
}

// Measure names something that is counted over all entries of a perspective.
type Measure string

// The measures.
const (
	// MeasureDiagrams counts the Mermaid blocks in all long texts.
	MeasureDiagrams Measure = "DIAGRAMS"
	// MeasureAdoptions counts the statements that a company runs a pattern.
	MeasureAdoptions Measure = "ADOPTIONS"
)
