package hub

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.opentelemetry.io/otel/attribute"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	metricapi "go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/search"
	"patternhub/internal/site"
	"patternhub/internal/web"
)

// telemetry holds the metrics of a running hub in one registry, and its traces if OpenTelemetry's
// variables name an exporter. Nothing in it is global, so that tests can run several hubs concurrently.
type telemetry struct {
	registry *prometheus.Registry
	meters   meterProvider
	spans    *sdktrace.TracerProvider // nil without an exporter
	database *mongodb.Observer
	stock    *prometheus.CounterVec // operations left to the stock executor, by reason
}

// meterProvider is what *metric.MeterProvider does for a hub. As an interface it is compiled here alone; a
// field of that type would compile its generic code again in every package that uses a hub.
type meterProvider interface {
	metricapi.MeterProvider
	Shutdown(ctx context.Context) error
}

// newTelemetry creates the instruments. Only this function reads the environment. An exporter with
// a wrong name is an error at the start, since otherwise traces would silently be missing.
func (p *Program) newTelemetry(ctx context.Context) (*telemetry, error) {
	t := &telemetry{registry: prometheus.NewRegistry()}
	t.stock = promauto.With(t.registry).NewCounterVec(prometheus.CounterOpts{
		Name: "graphql_stock_operations_total",
		Help: "Operations that were not executed breadth first, by reason.",
	}, []string{"reason"})
	reader, err := exporter.New(exporter.WithRegisterer(t.registry), exporter.WithoutScopeInfo(), exporter.WithoutTargetInfo())
	if err != nil {
		return nil, fmt.Errorf("make metrics: %w", err)
	}
	t.meters = metric.NewMeterProvider(metric.WithReader(reader))
	if p.traces() {
		if t.spans, err = newSpans(ctx, p.version, p.getenv); err != nil {
			return nil, errors.Join(err, t.meters.Shutdown(ctx))
		}
	}
	if t.database, err = mongodb.NewObserver(t.tracer(), t.meters, web.AddCommand); err != nil {
		return nil, errors.Join(err, t.close(ctx))
	}
	return t, nil
}

// mayLeave sets the counter of each reason for which the engine may leave an operation, so that
// each appears from the start, as 0.
func (t *telemetry) mayLeave(reasons []string) {
	for _, r := range reasons {
		t.stock.WithLabelValues(r)
	}
}

// onStock counts an operation that the engine left to the stock executor.
func (t *telemetry) onStock(_ context.Context, reason string) { t.stock.WithLabelValues(reason).Inc() }

// observeCache registers the metrics of the entity cache. They are read when metrics are requested,
// so that counting costs the cache nothing.
func (t *telemetry) observeCache(m *cache.Memory) {
	with := promauto.With(t.registry)
	for name, m := range map[string]struct {
		help string
		of   func() uint64
	}{
		"hits":      {"Reads that the entity cache answered.", func() uint64 { return m.Stats().Hits }},
		"misses":    {"Reads that went to the database.", func() uint64 { return m.Stats().Misses }},
		"evictions": {"Values that the entity cache evicted to stay within its bytes.", func() uint64 { return m.Stats().Evictions }},
	} {
		with.NewCounterFunc(prometheus.CounterOpts{Name: "entity_cache_" + name + "_total", Help: m.help}, func() float64 { return float64(m.of()) })
	}
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "entity_cache_bytes", Help: "Memory that the entity cache holds, by its own estimate."},
		func() float64 { return float64(m.Stats().Bytes) })
}

// observeSite registers the metrics of the site, which are read like those of the entity cache.
func (t *telemetry) observeSite(s *site.Site) {
	with := promauto.With(t.registry)
	counter := func(name, help string, label, value string, of func(site.Stats) uint64) {
		opts := prometheus.CounterOpts{Name: name, Help: help}
		if label != "" {
			opts.ConstLabels = prometheus.Labels{label: value}
		}
		with.NewCounterFunc(opts, func() float64 { return float64(of(s.Stats())) })
	}
	const pages, drawn = "Pages and other answers of the site by result.", "Pictures that the site has made, by kind."
	counter("site_pages_total", pages, "result", "hit", func(n site.Stats) uint64 { return n.Hits })
	counter("site_pages_total", pages, "result", "miss", func(n site.Stats) uint64 { return n.Misses })
	counter("site_pages_total", pages, "result", "unchanged", func(n site.Stats) uint64 { return n.Unchanged })
	counter("site_evictions_total", "Pages that the site dropped to stay within its bytes.", "", "", func(n site.Stats) uint64 { return n.Evictions })
	counter("site_pictures_total", drawn, "kind", "card", func(n site.Stats) uint64 { return n.Cards })
	counter("site_pictures_total", drawn, "kind", "diagram", func(n site.Stats) uint64 { return n.Diagrams })
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "site_pages_kept", Help: "Pages that the site keeps."}, func() float64 { return float64(s.Stats().Pages) })
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "site_pages_bytes", Help: "Memory for these pages, by the site's own estimate."}, func() float64 { return float64(s.Stats().Bytes) })
}

// observeSearch registers the metric of what search has not applied yet.
func (t *telemetry) observeSearch(e *search.Engine) {
	for _, p := range []content.Perspective{content.Published, content.Drafts} {
		promauto.With(t.registry).NewGaugeFunc(prometheus.GaugeOpts{
			Name: "search_lag_changes", Help: "Changes that the search index of a graph does not contain yet.",
			ConstLabels: prometheus.Labels{"graph": strings.ToLower(string(p))},
		}, func() float64 { return float64(e.Lag(p)) })
	}
}

// observeCounter registers the metrics of the entries that are counted in memory.
func (t *telemetry) observeCounter(c *mongodb.Counter) {
	with := promauto.With(t.registry)
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "counted_entries", Help: "Entries of large collections that are counted in memory."},
		func() float64 { n, _ := c.Size(); return float64(n) })
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "counted_bytes", Help: "Memory that counting in memory takes, by its own estimate."},
		func() float64 { _, n := c.Size(); return float64(n) })
}

// traces reports whether the environment asks for traces. The exporter's own default, a collector
// on this machine, is not used without any of the variables.
func (p *Program) traces() bool {
	if p.getenv("OTEL_SDK_DISABLED") == "true" || p.getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false
	}
	for _, name := range []string{"OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		if p.getenv(name) != "" {
			return true
		}
	}
	return false
}

// newSpans returns a provider of spans that are sampled and exported as the OTEL_* variables say.
func newSpans(ctx context.Context, version string, getenv func(string) string) (*sdktrace.TracerProvider, error) {
	to, err := newExporter(ctx, getenv)
	if err != nil {
		return nil, err
	}
	// OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so they take precedence.
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "patternhub"), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read OTEL_RESOURCE_ATTRIBUTES: %w", err), to.Shutdown(ctx))
	}
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(to), sdktrace.WithResource(about)), nil
}

// tracer returns the provider of spans, which costs nothing without an exporter.
func (t *telemetry) tracer() trace.TracerProvider {
	if t.spans == nil {
		return noop.NewTracerProvider()
	}
	return t.spans
}

// close sends the remaining traces, until ctx ends.
func (t *telemetry) close(ctx context.Context) error {
	err := t.meters.Shutdown(ctx)
	if t.spans != nil {
		err = errors.Join(err, t.spans.Shutdown(ctx))
	}
	return err
}
