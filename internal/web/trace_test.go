package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"patternhub/internal/web"
)

// TestTraces shows that a request continues the trace of its caller, and that its spans describe the
// operation without the values of variables.
func TestTraces(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	provider := trace.NewTracerProvider(trace.WithSpanProcessor(recorder))
	t.Cleanup(func() { _ = provider.Shutdown(context.Background()) })
	s := mustServer(t, web.Options{Tracer: provider, Attach: func(ctx context.Context, _ web.Request) context.Context {
		web.AddCommand(ctx)
		return ctx
	}})
	const parent = "4bf92f3577b34da6a3ce929d0e0e4736"
	s.post(t, "query Named($t:String){echo(text:$t)}", map[string]any{"t": "private"}, "Traceparent: 00-"+parent+"-00f067aa0ba902b7-01")
	spans := recorder.Ended()
	if len(spans) != 2 || spans[0].Name() != "query" || spans[1].Name() != "POST /graphql" {
		t.Fatalf("spans %v", spans)
	}
	if spans[0].Parent().SpanID() != spans[1].SpanContext().SpanID() || spans[1].SpanContext().TraceID().String() != parent {
		t.Error("the spans are not of the caller's trace")
	}
	got := map[attribute.Key]string{}
	for _, span := range spans {
		for _, a := range span.Attributes() {
			got[a.Key] = a.Value.String()
		}
	}
	for key, want := range map[attribute.Key]string{
		"graphql.operation.name": "Named", "graphql.operation.type": "query", "http.response.status_code": "200", "db.commands": "1",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	for key, value := range got {
		if strings.Contains(value, "private") {
			t.Errorf("%s shows a variable: %s", key, value)
		}
	}
	s.send(t, http.MethodPost, "/graphql", `{"query":"{boom}"}`, typeJSON)
	ended := recorder.Ended()
	if last := ended[len(ended)-1]; last.Status().Code.String() != "Error" {
		t.Errorf("a panic's span is %v", last.Status())
	}
}
