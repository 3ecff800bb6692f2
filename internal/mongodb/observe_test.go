package mongodb_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository/storetest"
)

// observed is an observer with its spans, metrics and number of commands.
type observed struct {
	*mongodb.Observer
	spans    *tracetest.SpanRecorder
	provider *trace.TracerProvider
	reader   *metric.ManualReader
	commands int
}

func mustObserver(t *testing.T) *observed {
	t.Helper()
	o := &observed{spans: tracetest.NewSpanRecorder(), reader: metric.NewManualReader()}
	o.provider = trace.NewTracerProvider(trace.WithSpanProcessor(o.spans))
	var err error
	o.Observer, err = mongodb.NewObserver(o.provider, metric.NewMeterProvider(metric.WithReader(o.reader)), func(context.Context) { o.commands++ })
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// metric returns the sums of a metric by the values of some attributes.
func (o *observed) metric(t *testing.T, name string, keys ...attribute.Key) map[string]int64 {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := o.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	add := func(set attribute.Set, n int64) {
		var label strings.Builder
		for _, k := range keys {
			v, _ := set.Value(k)
			label.WriteString(v.AsString() + " ")
		}
		out[label.String()] += n
	}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			if m.Name != name {
				continue
			}
			switch data := m.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					add(p.Attributes, p.Value)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					add(p.Attributes, int64(p.Count))
				}
			}
		}
	}
	return out
}

func TestCommandsAreObserved(t *testing.T) {
	o := mustObserver(t)
	s := storetest.Open(t, func(opts *mongodb.Options) { opts.Monitor, opts.Pool = o.Commands(), o.Pool() })
	storetest.Put(t, s, storetest.Tier("gold", 1))
	if got := len(o.spans.Ended()); got != 0 {
		t.Errorf("%d spans outside of any request", got)
	}
	measured := func() int64 {
		return o.metric(t, "db.client.operation.duration", "db.operation.name", "db.collection.name")["find tiers_draft "]
	}
	before, beforeMeasured := o.commands, measured()
	ctx, span := o.provider.Tracer("test").Start(t.Context(), "request")
	if _, err := s.At(content.Drafts).Tiers.ByKeys(ctx, []string{"gold"}); err != nil {
		t.Fatal(err)
	}
	span.End()
	ended := o.spans.Ended()
	if len(ended) != 2 || ended[0].Name() != "find tiers_draft" || ended[0].Parent().SpanID() != span.SpanContext().SpanID() {
		t.Fatalf("spans are %v", ended)
	}
	got := map[attribute.Key]string{}
	for _, a := range ended[0].Attributes() {
		got[a.Key] = a.Value.String()
	}
	for key, want := range map[attribute.Key]string{
		"db.system.name": "mongodb", "db.collection.name": "tiers_draft", "db.operation.name": "find", "server.address": "127.0.0.1",
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
	if slices.Contains(slices.Collect(maps.Values(got)), "gold") {
		t.Error("a span has an argument of a command")
	}
	if o.commands != before+1 {
		t.Errorf("%d commands were counted", o.commands-before)
	}
	if n := measured() - beforeMeasured; n != 1 {
		t.Errorf("%d commands were measured", n)
	}
	if counts := o.metric(t, "db.client.connection.count", "db.client.connection.state"); counts["used "] != 0 || counts["idle "] < 1 {
		t.Errorf("connections are %v", counts)
	}
}

func TestFailedCommandsAreRecorded(t *testing.T) {
	o := mustObserver(t)
	ctx, span := o.provider.Tracer("test").Start(t.Context(), "request")
	defer span.End()
	commands := o.Commands()
	for id, failure := range []error{context.Canceled, context.DeadlineExceeded, content.Fault(content.Unavailable, "gone")} {
		finished := event.CommandFinishedEvent{RequestID: int64(id), CommandName: "find", ConnectionID: "db:27017[-3]"}
		commands.Started(ctx, &event.CommandStartedEvent{RequestID: int64(id), CommandName: "find"})
		commands.Failed(ctx, &event.CommandFailedEvent{CommandFinishedEvent: finished, Failure: failure})
		// The second event of a command is ignored.
		commands.Failed(ctx, &event.CommandFailedEvent{CommandFinishedEvent: finished, Failure: failure})
	}
	want := map[string]int64{"canceled ": 1, "timeout ": 1, "network ": 1}
	if diff := cmp.Diff(want, o.metric(t, "db.client.operation.duration", "error.type")); diff != "" {
		t.Error(diff)
	}
	for _, s := range o.spans.Ended() {
		if s.Status().Code != codes.Error {
			t.Errorf("status is %v", s.Status())
		}
	}
}

func TestConnectionsAreCounted(t *testing.T) {
	const ready, out, in, closed = event.ConnectionReady, event.ConnectionCheckedOut, event.ConnectionCheckedIn, event.ConnectionClosed
	for name, c := range map[string]struct {
		events     []string
		idle, used int64
	}{
		"made":                {[]string{ready}, 1, 0},
		"used":                {[]string{ready, out}, 0, 1},
		"returned":            {[]string{ready, out, in}, 1, 0},
		"closed":              {[]string{ready, out, in, closed}, 0, 0},
		"closed in use":       {[]string{ready, out, closed, in}, 0, 0},
		"closed before ready": {[]string{closed}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := mustObserver(t)
			for _, e := range c.events {
				o.Pool().Event(&event.PoolEvent{Type: e, Address: "db:1", ConnectionID: 1})
			}
			counts := o.metric(t, "db.client.connection.count", "db.client.connection.state")
			if counts["idle "] != c.idle || counts["used "] != c.used {
				t.Errorf("connections are %v, want %d idle and %d used", counts, c.idle, c.used)
			}
		})
	}
	o := mustObserver(t)
	for _, reason := range []string{event.ReasonTimedOut, event.ReasonPoolClosed} {
		o.Pool().Event(&event.PoolEvent{Type: event.ConnectionCheckOutFailed, Reason: reason})
	}
	if got := o.metric(t, "db.client.connection.timeouts")[""]; got != 1 {
		t.Errorf("%d waits timed out, want 1", got)
	}
}
