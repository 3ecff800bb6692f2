//go:build otlpgrpc

package hub

import (
	"context"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// init adds the protocol to those that can be chosen. It runs only in builds with the tag.
func init() {
	newOTLPOverGRPC = func(ctx context.Context) (sdktrace.SpanExporter, error) { return otlptracegrpc.New(ctx) }
}
