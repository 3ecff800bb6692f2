package run

import "github.com/prometheus/client_golang/prometheus"

// Seconds are the buckets of histograms of time: from 304s to the deadline.
var Seconds = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// Metrics counts operations, and limits wherever they are enforced.
type Metrics struct {
	operations *prometheus.HistogramVec // by kind and outcome
	cost       prometheus.Histogram
	limited    *prometheus.CounterVec // by limit
	panics     prometheus.Counter
	events     prometheus.Counter
}

// NewMetrics returns the metrics of operations and registers them, unless the registry has them
// already.
func NewMetrics(to prometheus.Registerer) *Metrics {
	m := &Metrics{
		operations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "graphql_operation_duration_seconds",
			Help: "Time to run an operation by kind and outcome.", Buckets: Seconds,
		}, []string{"kind", "outcome"}),
		cost: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "graphql_operation_cost",
			Help: "Requested cost of operations.", Buckets: prometheus.ExponentialBuckets(1, 4, 8),
		}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "limited_total",
			Help: "Requests over a limit, refused or only measured.",
		}, []string{"limit"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Name: "panics_total", Help: "Panics that were recovered."}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "subscription_events_total",
			Help: "Events sent to subscribers.",
		}),
	}
	for _, c := range []prometheus.Collector{m.operations, m.cost, m.limited, m.panics, m.events} {
		_ = to.Register(c)
	}
	return m
}

// Limited counts what exceeds a limit. The limit's name is of a fixed set.
func (m *Metrics) Limited(limit string) { m.limited.WithLabelValues(limit).Inc() }
