package content

import "context"

// Tables reads the read models of one perspective: what the hub's tools need and entries do not have.
// Every method costs one command. A method for a single table returns NotFound before the seed.
type Tables interface {
	// Metrics returns the content of the front page.
	Metrics(ctx context.Context) (*Metrics, error)
	// Scoring returns the bands of the health score.
	Scoring(ctx context.Context) (*Scoring, error)
	// Weights returns the numbers that were chosen because the facts have none.
	Weights(ctx context.Context) (*Weights, error)
	// Observations returns the health observations of each pattern, the oldest month first.
	Observations(ctx context.Context, patterns []string) ([][]*Observation, error)
	// File returns the file with a hash if a long text of the perspective links to it, as that text
	// names it, and nil otherwise.
	File(ctx context.Context, hash string) (*File, error)
	// Measure counts something over the whole perspective.
	Measure(ctx context.Context, m Measure) (int, error)
}

// TableWriter changes read models. Each method is one transaction with its change rows.
type TableWriter interface {
	PutMetrics(ctx context.Context, by string, m *Metrics) error
	PutScoring(ctx context.Context, by string, s *Scoring) error
	PutWeights(ctx context.Context, by string, w *Weights) error
	// Observe records observations, at most MaxBatch. If there is one of the same pattern, metric
	// and month already, Observe replaces it, or leaves it as it is if keep is set.
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
