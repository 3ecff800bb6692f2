package web

import (
	"context"
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"patternhub/internal/web/operation"
	"patternhub/internal/web/run"
)

// tracerName is the name of the instrumentation in spans.
const tracerName = "patternhub/internal/web"

// tracer starts spans by OpenTelemetry's conventions for HTTP servers and for GraphQL. A nil tracer
// does nothing, so callers need not check.
type tracer struct {
	spans trace.Tracer
	from  propagation.TextMapPropagator
}

// newTracer returns nil if nothing is traced.
func newTracer(p trace.TracerProvider) *tracer {
	if p == nil {
		return nil
	}
	return &tracer{spans: p.Tracer(tracerName), from: propagation.TraceContext{}}
}

// request starts the span of a request, a child of the caller's span if the request names one.
func (t *tracer) request(ctx context.Context, r *http.Request) (context.Context, func(status int, v *run.Visit)) {
	if t == nil {
		return ctx, func(int, *run.Visit) {}
	}
	ctx = t.from.Extract(ctx, propagation.HeaderCarrier(r.Header))
	ctx, span := t.spans.Start(ctx, r.Method+" "+route(r.URL.Path), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("url.path", operation.Shorten(r.URL.Path))))
	return ctx, func(status int, v *run.Visit) {
		if span.IsRecording() {
			span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("request.id", v.ID),
				attribute.Int64("db.commands", v.Commands.Load()))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
		}
		span.End()
	}
}
