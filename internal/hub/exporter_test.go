package hub_test

import (
	"strings"
	"testing"

	"patternhub/internal/hub"
)

// TestExportersAreNamedInTheEnvironment: an exporter that is named wrongly must stop the start, or
// its traces would be missed much later.
func TestExportersAreNamedInTheEnvironment(t *testing.T) {
	const protocol, traces = "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"
	for name, tt := range map[string]struct {
		set  map[string]string
		fail string // part of the error; empty for an exporter that is made
	}{
		"none named":         {nil, ""},
		"otlp":               {map[string]string{"OTEL_TRACES_EXPORTER": "otlp"}, ""},
		"console":            {map[string]string{"OTEL_TRACES_EXPORTER": "console"}, ""},
		"over HTTP":          {map[string]string{protocol: "http/protobuf"}, ""},
		"traces over HTTP":   {map[string]string{protocol: "grpc", traces: "http/protobuf"}, ""},
		"unknown exporter":   {map[string]string{"OTEL_TRACES_EXPORTER": "zipkin"}, `invalid OTEL_TRACES_EXPORTER "zipkin"`},
		"over gRPC":          {map[string]string{protocol: "grpc"}, "-tags otlpgrpc"},
		"traces over gRPC":   {map[string]string{traces: "grpc"}, "-tags otlpgrpc"},
		"unknown protocol":   {map[string]string{protocol: "http/json"}, `"http/json": it must be http/protobuf or grpc`},
		"console wins, gRPC": {map[string]string{"OTEL_TRACES_EXPORTER": "console", protocol: "grpc"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if hub.BuiltWithGRPC() && strings.Contains(tt.fail, "otlpgrpc") {
				tt.fail = ""
			}
			e, err := hub.NewExporter(t.Context(), func(name string) string { return tt.set[name] })
			if tt.fail != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fail) {
					t.Errorf("got %v, want an error with %q", err, tt.fail)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if err := e.Shutdown(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}
