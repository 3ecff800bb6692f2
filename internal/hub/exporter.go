package hub

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// newOTLPOverGRPC is nil unless the program is built with -tags otlpgrpc, see exporter_grpc.go.
var newOTLPOverGRPC func(context.Context) (sdktrace.SpanExporter, error)

// newExporter returns the exporter of spans that OpenTelemetry's variables name: OTLP over HTTP
// unless they name another one. The exporters read the addresses, headers and certificates
// themselves.
func newExporter(ctx context.Context, getenv func(string) string) (sdktrace.SpanExporter, error) {
	switch name := getenv("OTEL_TRACES_EXPORTER"); name {
	case "console":
		return stdouttrace.New()
	case "otlp", "":
	default:
		return nil, fmt.Errorf("invalid OTEL_TRACES_EXPORTER %q: it must be otlp, console or none", name)
	}
	protocol := getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL")
	if protocol == "" {
		protocol = getenv("OTEL_EXPORTER_OTLP_PROTOCOL")
	}
	switch {
	case protocol == "http/protobuf" || protocol == "":
		return otlptracehttp.New(ctx)
	case protocol == "grpc" && newOTLPOverGRPC != nil:
		return newOTLPOverGRPC(ctx)
	case protocol == "grpc":
		return nil, fmt.Errorf("invalid OTEL_EXPORTER_OTLP_PROTOCOL %q: this program was built without it; build with -tags otlpgrpc, or use http/protobuf, which collectors take on port 4318", protocol)
	}
	return nil, fmt.Errorf("invalid OTEL_EXPORTER_OTLP_PROTOCOL %q: it must be http/protobuf or grpc", protocol)
}
