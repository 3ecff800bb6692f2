package web

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"patternhub/internal/web/run"
)

// metrics counts requests for /metrics. Labels come from fixed sets, so that clients cannot add to
// them.
type metrics struct {
	requests *prometheus.CounterVec   // by path, method and status
	duration *prometheus.HistogramVec // by path
	inFlight prometheus.Gauge

	mu      sync.RWMutex
	tallies map[tallyKey]*tally
}

// newMetrics registers the metrics of a server and of the process. cached and running return
// numbers of operations.
func newMetrics(to prometheus.Registerer, cached, running func() int) *metrics {
	m := &metrics{
		tallies: map[tallyKey]*tally{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total",
			Help: "Requests by path, method and status.",
		}, []string{"path", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds",
			Help: "Time to answer by path.", Buckets: run.Seconds,
		}, []string{"path"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "http_requests_in_flight",
			Help: "Requests being answered, sockets and streams included.",
		}),
	}
	operations := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "graphql_operations_running",
		Help: "Operations running now.",
	}, func() float64 { return float64(running()) })
	stored := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "graphql_operations_cached", Help: "Parsed operations in the cache."},
		func() float64 { return float64(cached()) })
	for _, c := range []prometheus.Collector{
		m.requests, m.duration, m.inFlight, operations, stored, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		// The registry may already have the process's collectors.
		_ = to.Register(c)
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

// tally holds the counters of equal answers. Looking them up by label costs more than counting, so
// they are looked up once.
type tally struct {
	count    prometheus.Counter
	duration prometheus.Observer
}

// tallyKey identifies a tally.
type tallyKey struct {
	path, method string
	status       int
}

// answered returns the tally of such answers; paths, methods and statuses bound their number. Two
// requests may both make the first tally of a kind. Both have the same counters, so it does not
// matter which one is stored.
func (m *metrics) answered(path, method string, status int) *tally {
	key := tallyKey{path, method, status}
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

// otherPath stands for all paths that are not the server's own.
const otherPath = "/other"

// route returns a fixed name for a path: strangers choose paths, and must not choose the names of
// labels and spans.
func route(path string) string {
	switch {
	case path == "/" || path == "/graphql" || path == "/livez" || path == "/readyz" || path == assistantsPath:
		return path
	case path == playgroundPath || strings.HasPrefix(path, playgroundPath+"/"):
		return playgroundPath
	case path == signInPath || strings.HasPrefix(path, signInPath+"/"):
		return signInPath
	default:
		return otherPath
	}
}
