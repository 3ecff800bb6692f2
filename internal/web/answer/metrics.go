package answer

import "github.com/prometheus/client_golang/prometheus"

// metrics counts the look-ups of the response cache by result, and the requests that wait for a
// run, their own or another's.
type metrics struct {
	hits, misses, unchanged prometheus.Counter
	waiting                 prometheus.Gauge
}

// newMetrics returns the metrics and registers them, unless the registry has them already.
func newMetrics(to prometheus.Registerer) *metrics {
	lookUps := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "response_cache_total",
		Help: "Look-ups of the response cache by result.",
	}, []string{"result"})
	waiting := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "response_cache_waiting",
		Help: "Requests that wait for an answer that is being made.",
	})
	_, _ = to.Register(lookUps), to.Register(waiting)
	return &metrics{lookUps.WithLabelValues("hit"), lookUps.WithLabelValues("miss"), lookUps.WithLabelValues("unchanged"), waiting}
}
