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

// Observer records commands and connections by OpenTelemetry's conventions for database clients. It
// never records the content of commands, since that has the input of users.
// It is safe for concurrent use; the driver calls it from the goroutines that run commands.
type Observer struct {
	count    func(context.Context)
	tracer   trace.Tracer
	duration metric.Float64Histogram
	wait     metric.Float64Histogram
	timeouts metric.Int64Counter
	kinds    sync.Map // *kind by kindKey; bounded by the collections and the commands in use

	mu      sync.Mutex          // guards the fields below
	running map[int64]command   // by request id, which is unique among running commands
	used    map[connection]bool // the open connections, and whether each is in use
}

// connection identifies a connection. Each server of the set has its own pool, so the number alone
// is not unique.
type connection struct {
	pool string
	id   int64
}

// command is a running command.
type command struct {
	ctx  context.Context //nolint:containedctx // the driver passes it at the start only
	span trace.Span      // nil if the command is not traced
	kind *kind
}

// kindKey identifies a kind: commands with the same attributes.
type kindKey struct{ database, command, collection string }

// kind has the name and the attributes of a kind of commands. It is built once, since sorting
// attributes for each command would take longer than recording it.
type kind struct {
	name       string
	attributes []attribute.KeyValue
	measured   metric.MeasurementOption
}

// kind returns the counters of one kind of commands, made on first use.
func (o *Observer) kind(of kindKey) *kind {
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

// NewObserver returns an observer that records with those providers and calls count for every
// command, with its context.
// count is called by the goroutine that sends the command, before it sends it, so that it can count
// for the request of the context.
func NewObserver(spans trace.TracerProvider, meters metric.MeterProvider, count func(context.Context)) (*Observer, error) {
	m := meters.Meter("patternhub/internal/mongodb")
	o := &Observer{count: count, tracer: spans.Tracer("patternhub/internal/mongodb"), running: map[int64]command{}, used: map[connection]bool{}}
	// The bounds that the conventions advise and two smaller ones: a command here takes about 0.2 ms.
	bounds := metric.WithExplicitBucketBoundaries(.0002, .0005, .001, .005, .01, .05, .1, .5, 1, 5, 10)
	var failed [4]error
	o.duration, failed[0] = m.Float64Histogram("db.client.operation.duration", metric.WithUnit("s"), bounds,
		metric.WithDescription("Time to run a database command."))
	o.wait, failed[1] = m.Float64Histogram("db.client.connection.wait_time", metric.WithUnit("s"), bounds,
		metric.WithDescription("Time to get a connection of the pool."))
	o.timeouts, failed[2] = m.Int64Counter("db.client.connection.timeouts",
		metric.WithDescription("Waits for a connection that timed out."))
	_, failed[3] = m.Int64ObservableUpDownCounter("db.client.connection.count",
		metric.WithDescription("Connections by state."), metric.WithInt64Callback(o.connections))
	if err := errors.Join(failed[:]...); err != nil {
		return nil, fmt.Errorf("observe the database: %w", err)
	}
	// Without a first value the counter would be absent instead of 0.
	o.timeouts.Add(context.Background(), 0)
	return o, nil
}

// Commands returns the monitor of commands.
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

// started begins the record of a command, which finished ends. It stores the command by its request
// id, since the driver does not pass our context at the end.
func (o *Observer) started(ctx context.Context, e *event.CommandStartedEvent) {
	o.count(ctx)
	c := command{ctx: ctx, kind: o.kind(kindKey{e.DatabaseName, e.CommandName, collectionOf(e)})}
	// Commands outside of a request, such as the feed's every second, would only fill the traces.
	if trace.SpanContextFromContext(ctx).IsValid() {
		_, c.span = o.tracer.Start(ctx, c.kind.name, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(c.kind.attributes...))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.running[e.RequestID] = c
}

// collectionOf returns the collection of a command, empty for one of the whole database.
// The first field of a command is its name with the collection as its value. That of getMore has the
// cursor's number instead.
func collectionOf(e *event.CommandStartedEvent) string {
	field := e.CommandName
	if field == "getMore" {
		field = "collection"
	}
	name, _ := e.Command.Lookup(field).StringValueOK()
	return name
}

// finished records how long a command took and ends its span. It ignores a command whose start was not
// observed.
func (o *Observer) finished(e *event.CommandFinishedEvent, failure error) {
	o.mu.Lock()
	c, ok := o.running[e.RequestID]
	delete(o.running, e.RequestID)
	o.mu.Unlock()
	if !ok {
		return
	}
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

// errorType returns the server's error code, or a word for an error of the connection. It is of a
// fixed set, as a label must be: each message would make a new series, and could contain input.
func errorType(err error) string {
	var refused mongo.CommandError
	switch {
	case errors.As(err, &refused):
		return strconv.Itoa(int(refused.Code))
	case errors.Is(err, context.Canceled):
		return "canceled"
	case mongo.IsTimeout(err):
		return "timeout"
	}
	return "network"
}

// server returns the address in a connection's id, "host:port[-7]", as attributes; none if the id
// cannot be parsed. It searches for the last bracket, since an IPv6 address begins with one.
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

// Pool returns the monitor of connections.
func (o *Observer) Pool() *PoolMonitor { return &PoolMonitor{Event: o.pooled} }

// pooled follows the connections. A connection is idle once it is ready and used while it is checked out. One
// that is not known was closed before, or never became ready, and is ignored.
func (o *Observer) pooled(e *event.PoolEvent) {
	// Events of pools belong to no request.
	ctx, c := context.Background(), connection{e.Address, e.ConnectionID}
	switch e.Type {
	case event.ConnectionCheckedOut:
		o.wait.Record(ctx, e.Duration.Seconds())
	case event.ConnectionCheckOutFailed:
		if e.Reason == event.ReasonTimedOut {
			o.timeouts.Add(ctx, 1)
		}
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	switch _, known := o.used[c]; e.Type {
	case event.ConnectionReady:
		o.used[c] = false
	case event.ConnectionClosed:
		delete(o.used, c)
	case event.ConnectionCheckedOut, event.ConnectionCheckedIn:
		if known {
			o.used[c] = e.Type == event.ConnectionCheckedOut
		}
	}
}

// connections counts the connections by state. They are counted when the metric is read, since each command
// changes two states.
func (o *Observer) connections(_ context.Context, to metric.Int64Observer) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	inUse := int64(0)
	for _, used := range o.used {
		if used {
			inUse++
		}
	}
	to.Observe(int64(len(o.used))-inUse, inState("idle"))
	to.Observe(inUse, inState("used"))
	return nil
}

// inState returns the attribute of a state.
func inState(state string) metric.MeasurementOption {
	return metric.WithAttributeSet(attribute.NewSet(attribute.String("db.client.connection.state", state)))
}
