package mongodb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"
)

// Observer tells of commands and connections by OpenTelemetry's conventions for database
// clients. What a command says is never told, since it holds what users asked for.
// It is safe for concurrent use; the driver calls it from the goroutines that run commands.
type Observer struct {
	count    func(context.Context)
	tracer   trace.Tracer
	duration metric.Float64Histogram
	wait     metric.Float64Histogram
	timeouts metric.Int64Counter
	held     metric.Int64UpDownCounter
	running  sync.Map // by request id, which the driver never uses twice at a time
	kinds    sync.Map // of *kind by kindOf; as many as collections and the commands that are used

	mu          sync.Mutex
	connections map[connection]string // the state of each, "idle" or "used"
}

// connection names one of a pool.
// A pool is one for each server of the set, so the number alone would not do.
type connection struct {
	pool string
	id   int64
}

// command is one that was sent and not yet answered.
type command struct {
	ctx  context.Context //nolint:containedctx // the driver hands it over at the start only
	span trace.Span      // nil where nothing is traced
	kind *kind
}

// kindOf is what commands have in common that are told of in the same words.
type kindOf struct{ database, command, collection string }

// kind is how to tell of them. It is made once, as sorting attributes for each command takes longer
// than counting it.
type kind struct {
	name       string
	attributes []attribute.KeyValue
	measured   metric.MeasurementOption
}

func (o *Observer) kind(of kindOf) *kind {
	if known, ok := o.kinds.Load(of); ok {
		return known.(*kind)
	}
	k := &kind{name: of.command, attributes: []attribute.KeyValue{
		attribute.String("db.system.name", "mongodb"),
		attribute.String("db.namespace", of.database),
		attribute.String("db.operation.name", of.command),
	}}
	if of.collection != "" {
		k.name += " " + of.collection
		k.attributes = append(k.attributes, attribute.String("db.collection.name", of.collection))
	}
	k.measured = metric.WithAttributeSet(attribute.NewSet(k.attributes...))
	first, _ := o.kinds.LoadOrStore(of, k)
	return first.(*kind)
}

// NewObserver makes an observer that records with those providers and calls count for every
// command, in its context.
// count is called before the command is sent, and by the goroutine that sends it, so it can count
// for the request in whose context the command runs.
func NewObserver(spans trace.TracerProvider, meters metric.MeterProvider, count func(context.Context)) (*Observer, error) {
	m := meters.Meter("patternhub/mongodb")
	o := &Observer{count: count, tracer: spans.Tracer("patternhub/mongodb"), connections: map[connection]string{}}
	// The bounds that the conventions advise, with two below: a command here takes about 0.2 ms.
	bounds := metric.WithExplicitBucketBoundaries(.0002, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 10)
	var failed [4]error
	o.duration, failed[0] = m.Float64Histogram("db.client.operation.duration", metric.WithUnit("s"), bounds,
		metric.WithDescription("Time to run a database command."))
	o.wait, failed[1] = m.Float64Histogram("db.client.connection.wait_time", metric.WithUnit("s"), bounds,
		metric.WithDescription("Time to get a connection of the pool."))
	o.timeouts, failed[2] = m.Int64Counter("db.client.connection.timeouts",
		metric.WithDescription("Waits for a connection that were given up."))
	o.held, failed[3] = m.Int64UpDownCounter("db.client.connection.count",
		metric.WithDescription("Connections by state."))
	if err := errors.Join(failed[:]...); err != nil {
		return nil, fmt.Errorf("observe the database: %w", err)
	}
	// A counter that is not there cannot be told from one that stands at nought.
	o.timeouts.Add(context.Background(), 0)
	return o, nil
}

// Commands gives the monitor of commands.
func (o *Observer) Commands() *Monitor {
	return &Monitor{
		Started: o.started,
		Succeeded: func(_ context.Context, e *event.CommandSucceededEvent) {
			o.finished(&e.CommandFinishedEvent, nil)
		},
		Failed: func(_ context.Context, e *event.CommandFailedEvent) {
			o.finished(&e.CommandFinishedEvent, e.Failure)
		},
	}
}

// started begins what finished ends. It notes the command under its request id, as the driver hands
// over no context of ours at the end.
func (o *Observer) started(ctx context.Context, e *event.CommandStartedEvent) {
	o.count(ctx)
	c := &command{ctx: ctx, kind: o.kind(kindOf{e.DatabaseName, e.CommandName, collectionOf(e)})}
	// Commands of nobody's request, such as the feed's every second, would only fill the traces.
	if trace.SpanContextFromContext(ctx).IsValid() {
		_, c.span = o.tracer.Start(ctx, c.kind.name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(c.kind.attributes...))
	}
	o.running.Store(e.RequestID, c)
}

// collectionOf names the collection of a command, empty for one of the whole database.
// The first field of a command carries its name and the collection, save for getMore, whose first
// field is the cursor's number.
func collectionOf(e *event.CommandStartedEvent) string {
	field := e.CommandName
	if field == "getMore" {
		field = "collection"
	}
	name, _ := e.Command.Lookup(field).StringValueOK()
	return name
}

// finished records how long a command took and ends its span. One that was not seen to start is
// left out.
func (o *Observer) finished(e *event.CommandFinishedEvent, failure error) {
	kept, ok := o.running.LoadAndDelete(e.RequestID)
	if !ok {
		return
	}
	c := kept.(*command)
	var fault attribute.KeyValue
	if failure == nil {
		o.duration.Record(c.ctx, e.Duration.Seconds(), c.kind.measured)
	} else {
		fault = attribute.String("error.type", errorType(failure))
		o.duration.Record(c.ctx, e.Duration.Seconds(), metric.WithAttributes(append(slices.Clone(c.kind.attributes), fault)...))
	}
	if c.span == nil {
		return
	}
	if failure != nil {
		c.span.SetAttributes(fault)
		c.span.SetStatus(codes.Error, "")
	}
	c.span.SetAttributes(server(e.ConnectionID)...)
	c.span.End()
}

// errorType is of a fixed set, as a label must be: the server's code, or what went wrong on the way.
// Messages would make a new series for each text, and could hold what a user asked for.
func errorType(err error) string {
	var told mongo.CommandError
	switch {
	case errors.As(err, &told):
		return strconv.Itoa(int(told.Code))
	case errors.Is(err, context.Canceled):
		return "canceled"
	case mongo.IsTimeout(err):
		return "timeout"
	}
	return "network"
}

// server reads the address out of a connection's id, "host:port[-7]".
// What cannot be read gives no attributes; an IPv6 address begins with a bracket of its own, hence
// the look for the last one.
func server(id string) []attribute.KeyValue {
	end := len(id)
	for i, r := range id {
		if r == '[' && i > 0 {
			end = i
		}
	}
	host, port, err := net.SplitHostPort(id[:end])
	if err != nil {
		return nil
	}
	number, _ := strconv.Atoi(port) // the driver has dialled it
	return []attribute.KeyValue{attribute.String("server.address", host), attribute.Int("server.port", number)}
}

// Pool gives the monitor of connections.
func (o *Observer) Pool() *PoolMonitor { return &PoolMonitor{Event: o.pooled} }

// pooled keeps the gauge of connections. A connection is idle once it is ready and in use while it
// is checked out.
func (o *Observer) pooled(e *event.PoolEvent) {
	// Pools know no request. What they tell is added up.
	ctx, c := context.Background(), connection{e.Address, e.ConnectionID}
	switch e.Type {
	case event.ConnectionReady, event.ConnectionCheckedIn:
		o.move(ctx, c, "idle", e.Type == event.ConnectionReady)
	case event.ConnectionCheckedOut:
		o.move(ctx, c, "used", false)
		o.wait.Record(ctx, e.Duration.Seconds())
	case event.ConnectionCheckOutFailed:
		if e.Reason == event.ReasonTimedOut {
			o.timeouts.Add(ctx, 1)
		}
	case event.ConnectionClosed:
		o.move(ctx, c, "", false)
	}
}

// move notes the new state of a connection, none when it is closed. One that is not known has
// been closed before, or never became ready.
func (o *Observer) move(ctx context.Context, c connection, state string, made bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	was, known := o.connections[c]
	if known {
		o.held.Add(ctx, -1, inState(was))
	}
	if state == "" || !known && !made {
		delete(o.connections, c)
		return
	}
	o.connections[c] = state
	o.held.Add(ctx, 1, inState(state))
}

// inState names a state of connections. Each command moves one twice, so both are made before.
func inState(state string) metric.MeasurementOption {
	if state == "idle" {
		return idle
	}
	return used
}

var (
	idle = metric.WithAttributeSet(attribute.NewSet(attribute.String("db.client.connection.state", "idle")))
	used = metric.WithAttributeSet(attribute.NewSet(attribute.String("db.client.connection.state", "used")))
)
