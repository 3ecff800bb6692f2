package web

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what /metrics tells. Labels are of fixed sets, so that no client can grow them.
type metrics struct {
	requests   *prometheus.CounterVec   // by path, method and status
	duration   *prometheus.HistogramVec // by path
	operations *prometheus.HistogramVec // by kind and outcome
	cost       prometheus.Histogram
	limited    *prometheus.CounterVec // by limit
	hits       prometheus.Counter     // look-ups of the response cache by result
	misses     prometheus.Counter
	unchanged  prometheus.Counter
	inFlight   prometheus.Gauge
	panics     prometheus.Counter
	events     prometheus.Counter

	mu      sync.RWMutex
	tallies map[tallied]*tally
}

// newMetrics registers the metrics of a server with the process's own.
func newMetrics(s *Server) *metrics {
	// From 304s to the deadline.
	buckets := []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	m := &metrics{
		tallies: map[tallied]*tally{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total",
			Help: "Requests by path, method and status.",
		}, []string{"path", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds",
			Help: "Time to answer by path.", Buckets: buckets,
		}, []string{"path"}),
		operations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "graphql_operation_duration_seconds",
			Help: "Time to run an operation by kind and outcome.", Buckets: buckets,
		}, []string{"kind", "outcome"}),
		cost: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "graphql_operation_cost",
			Help: "Requested cost of operations.", Buckets: prometheus.ExponentialBuckets(1, 4, 8),
		}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "limited_total",
			Help: "Requests over a limit, refused or only measured.",
		}, []string{"limit"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight",
			Help: "Requests being answered, sockets and streams included.",
		}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{Name: "panics_total", Help: "Panics that were recovered."}),
		events: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "subscription_events_total",
			Help: "Events sent to subscribers.",
		}),
	}
	cache := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "response_cache_total",
		Help: "Look-ups of the response cache by result.",
	}, []string{"result"})
	m.hits, m.misses, m.unchanged = cache.WithLabelValues("hit"), cache.WithLabelValues("miss"), cache.WithLabelValues("unchanged")
	sockets := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "websocket_connections", Help: "Open sockets."},
		func() float64 { return float64(s.sockets.count()) })
	running := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "graphql_operations_running",
		Help: "Operations running now, of those that may at once.",
	}, func() float64 { return float64(len(s.places)) })
	cached := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "graphql_operations_cached", Help: "Parsed operations kept."},
		func() float64 { return float64(s.operations.cached.EstimatedSize()) })
	for _, c := range []prometheus.Collector{
		m.requests, m.duration, m.operations, m.cost, m.limited, cache, m.inFlight,
		m.panics, m.events, sockets, running, cached, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		// One registry may already hold the process's collectors.
		_ = s.opts.Registry.Register(c)
	}
	return m
}

// request counts an answered request.
func (m *metrics) request(r *http.Request, status int, took time.Duration) {
	path, method := route(r.URL.Path), r.Method
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodHead, http.MethodOptions:
	default:
		method = "OTHER"
	}
	m.answered(path, method, status).observe(took)
}

// tally is what is counted of equal answers. Finding the two by their labels costs more than
// counting, so they are found once.
type tally struct {
	count    prometheus.Counter
	duration prometheus.Observer
}

// tallied names a tally.
type tallied struct {
	path, method string
	status       int
}

// answered gives the tally of such answers. There are as many as paths, methods and statuses.
// Two requests may both make the first tally of a kind. Both lead to the same counters, so it does
// not matter which one stays.
func (m *metrics) answered(path, method string, status int) *tally {
	key := tallied{path, method, status}
	m.mu.RLock()
	t := m.tallies[key]
	m.mu.RUnlock()
	if t != nil {
		return t
	}
	t = &tally{m.requests.WithLabelValues(path, method, strconv.Itoa(status)), m.duration.WithLabelValues(path)}
	m.mu.Lock()
	m.tallies[key] = t
	m.mu.Unlock()
	return t
}

// observe counts one answer.
func (t *tally) observe(took time.Duration) {
	t.count.Inc()
	t.duration.Observe(took.Seconds())
}

// route names the page behind a path: strangers choose paths, and neither labels nor spans may
// be of their choosing.
func route(path string) string {
	switch {
	case path == "/" || path == "/graphql" || path == "/livez" || path == "/readyz":
		return path
	case path == playgroundPath || strings.HasPrefix(path, playgroundPath+"/"):
		return playgroundPath
	default:
		return "/other"
	}
}
