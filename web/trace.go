package web

import (
	"context"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// tracer makes spans by OpenTelemetry's conventions for HTTP servers and for GraphQL.
// A nil tracer is ready for use and does nothing, so callers need not ask.
type tracer struct {
	spans trace.Tracer
	from  propagation.TextMapPropagator
}

// newTracer gives nil where nothing is traced.
func newTracer(p trace.TracerProvider) *tracer {
	if p == nil {
		return nil
	}
	return &tracer{spans: p.Tracer("patternhub/web"), from: propagation.TraceContext{}}
}

// request starts the span of a request, a child of the caller's where it names one.
func (t *tracer) request(ctx context.Context, r *http.Request) (context.Context, func(status int, v *visit)) {
	if t == nil {
		return ctx, func(int, *visit) {}
	}
	ctx = t.from.Extract(ctx, propagation.HeaderCarrier(r.Header))
	ctx, span := t.spans.Start(ctx, r.Method+" "+route(r.URL.Path), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.request.method", r.Method), attribute.String("url.path", shorten(r.URL.Path))))
	return ctx, func(status int, v *visit) {
		if span.IsRecording() {
			span.SetAttributes(attribute.Int("http.response.status_code", status), attribute.String("request.id", v.id),
				attribute.Int64("db.commands", v.commands.Load()))
			if status >= http.StatusInternalServerError {
				span.SetStatus(codes.Error, "")
			}
		}
		span.End()
	}
}

// operation starts the span of an operation. Neither variables nor the document are in it: the
// hash names the document.
func (t *tracer) operation(ctx context.Context, c *call) (context.Context, func(*graphql.Response)) {
	if t == nil {
		return ctx, func(*graphql.Response) {}
	}
	ctx, span := t.spans.Start(ctx, string(c.op.def.Operation), trace.WithAttributes(
		attribute.String("graphql.operation.type", string(c.op.def.Operation)),
		attribute.String("graphql.operation.name", shorten(c.op.def.Name)),
		attribute.String("graphql.document.hash", "sha256:"+c.op.hash),
		attribute.Int64("graphql.operation.cost", c.cost.Requested)))
	return ctx, func(resp *graphql.Response) {
		if resp == nil || len(resp.Errors) > 0 {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}
