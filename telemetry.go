package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.opentelemetry.io/contrib/exporters/autoexport"
	"go.opentelemetry.io/otel/attribute"
	exporter "go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"patternhub/cache"
	"patternhub/mongodb"
	"patternhub/web"
)

// telemetry is what operators see of a running hub: metrics in one registry, and traces where
// OpenTelemetry's variables name an exporter.
// Nothing of it is global, so that tests can run hubs side by side.
type telemetry struct {
	registry *prometheus.Registry
	meters   *metric.MeterProvider
	spans    *sdktrace.TracerProvider // nil without an exporter
	database *mongodb.Observer
	stock    *prometheus.CounterVec // operations that the engine leaves to the stock executor, by reason
}

// newTelemetry makes the instruments. Close sends what is left of the traces.
// The environment is read once, here. An exporter that is named wrongly is an error at the start
// rather than traces that never come.
func (p *program) newTelemetry(ctx context.Context) (*telemetry, error) {
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
		if t.spans, err = newSpans(ctx); err != nil {
			return nil, errors.Join(err, t.meters.Shutdown(ctx))
		}
	}
	if t.database, err = mongodb.NewObserver(t.tracer(), t.meters, web.AddCommand); err != nil {
		return nil, errors.Join(err, t.close(ctx))
	}
	return t, nil
}

// mayLeave names the reasons for which the engine may leave an operation, so that each is told
// from the start, as 0.
func (t *telemetry) mayLeave(reasons []string) {
	for _, r := range reasons {
		t.stock.WithLabelValues(r)
	}
}

// onStock counts an operation that the engine left to the stock executor.
func (t *telemetry) onStock(_ context.Context, reason string) { t.stock.WithLabelValues(reason).Inc() }

// remembers tells how the entity cache does.
// The numbers are read when somebody asks for metrics, so counting costs the cache nothing more.
func (t *telemetry) remembers(m *cache.Memory) {
	with := promauto.With(t.registry)
	for name, m := range map[string]struct {
		help string
		of   func() uint64
	}{
		"hits":      {"Reads that the entity cache answered.", func() uint64 { return m.Stats().Hits }},
		"misses":    {"Reads that went to the database.", func() uint64 { return m.Stats().Misses }},
		"evictions": {"Things that the entity cache dropped to stay within its bytes.", func() uint64 { return m.Stats().Evictions }},
	} {
		with.NewCounterFunc(prometheus.CounterOpts{Name: "entity_cache_" + name + "_total", Help: m.help}, func() float64 { return float64(m.of()) })
	}
	with.NewGaugeFunc(prometheus.GaugeOpts{Name: "entity_cache_bytes", Help: "Memory that the entity cache holds, by its own estimate."},
		func() float64 { return float64(m.Stats().Bytes) })
}

// traces tells whether somebody has asked for traces. The exporter's own default is a collector
// on this machine, which would be a surprise where none of the variables is set.
func (p *program) traces() bool {
	if p.getenv("OTEL_SDK_DISABLED") == "true" {
		return false
	}
	for _, name := range []string{"OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		if p.getenv(name) != "" {
			return true
		}
	}
	return false
}

// newSpans makes spans that go where the OTEL_* variables say, sampled as they say.
func newSpans(ctx context.Context) (*sdktrace.TracerProvider, error) {
	to, err := autoexport.NewSpanExporter(ctx)
	if err != nil {
		return nil, fmt.Errorf("read OTEL_TRACES_EXPORTER and its like: %w", err)
	}
	// OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so they win.
	about, err := resource.New(ctx, resource.WithTelemetrySDK(),
		resource.WithAttributes(attribute.String("service.name", "patternhub"), attribute.String("service.version", version)),
		resource.WithFromEnv())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read OTEL_RESOURCE_ATTRIBUTES: %w", err), to.Shutdown(ctx))
	}
	return sdktrace.NewTracerProvider(sdktrace.WithBatcher(to), sdktrace.WithResource(about)), nil
}

// tracer gives what makes spans, which costs nothing without an exporter.
func (t *telemetry) tracer() trace.TracerProvider {
	if t.spans == nil {
		return noop.NewTracerProvider()
	}
	return t.spans
}

// close sends what is left, until ctx ends.
func (t *telemetry) close(ctx context.Context) error {
	err := t.meters.Shutdown(ctx)
	if t.spans != nil {
		err = errors.Join(err, t.spans.Shutdown(ctx))
	}
	return err
}
