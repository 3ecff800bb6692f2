package webhook

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"patternhub/content"
)

// Options is what a Dispatcher needs from around it.
type Options struct {
	Store content.WebhookStore
	Log   content.Log
	// Watch calls a function whenever there may be new changes; nil for none, then they are
	// found a second later.
	Watch func(f func()) (stop func())
	// Entry gives the entry that a change is about: as a publish made it, or as it was last
	// before it left; nil when nothing is known of it any more.
	Entry func(ctx context.Context, c content.Change) (content.Entry, error)
	// Select runs an endpoint's selection on an entry, with the rights of an anonymous reader.
	Select func(ctx context.Context, selection string, e content.Entry) (json.RawMessage, error)
	// Token signs a place in the change log.
	Token func(ctx context.Context, t content.SyncToken) (string, error)
	// AllowPrivate lets deliveries go to private addresses and over plain HTTP.
	AllowPrivate bool
	// TLS is for receivers whose certificates the system does not know; nil for the system's.
	TLS *tls.Config
	// Logger is told of what goes wrong on our side.
	Logger *slog.Logger
	// Now gives the time; nil for time.Now.
	Now func() time.Time
	// Jitter gives numbers from 0 up to 1 that spread the retries; nil for random ones.
	Jitter func() float64
}

const (
	// readChanges bounds one step through the log.
	readChanges = 500
	// maxDue bounds what one look takes up; the rest is taken a moment later.
	maxDue = 200
	// perEndpoint bounds what is sent to one receiver at a time, so that a slow one delays no
	// other.
	perEndpoint = 4
	// lease is how long a delivery is one replica's: longer than an attempt can take, with time
	// for the database before and after it.
	lease = attemptLimit + 10*time.Second
	// lookEvery is the pause between looks for retries whose time has come.
	lookEvery = time.Second
)

// Dispatcher makes deliveries of changes and sends them. Any number of replicas may run one.
// It may be poked from any goroutine; Run is to be called once.
type Dispatcher struct {
	opts    Options
	client  *http.Client
	sending sync.WaitGroup

	mu     sync.Mutex
	counts map[string]int // in flight, by endpoint
	poke   chan struct{}
}

// New makes a Dispatcher; Run makes it live.
func New(o Options) *Dispatcher {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return &Dispatcher{opts: o, client: newClient(o.AllowPrivate, o.TLS), counts: map[string]int{}, poke: make(chan struct{}, 1)}
}

// Poke tells the dispatcher to look now.
// It never waits; several pokes before the next look are one.
func (d *Dispatcher) Poke() {
	select {
	case d.poke <- struct{}{}:
	default:
	}
}

// Run dispatches until ctx ends, and waits for what is on its way: an attempt that has begun
// is not cut off.
// A fault is logged and tried again at the next look. Nothing is lost by it: what is due stays due.
func (d *Dispatcher) Run(ctx context.Context) {
	defer d.client.CloseIdleConnections()
	defer d.sending.Wait()
	if d.opts.Watch != nil {
		defer d.opts.Watch(d.Poke)()
	}
	clock := time.NewTicker(lookEvery)
	defer clock.Stop()
	for {
		if err := d.step(ctx); err != nil && ctx.Err() == nil {
			d.opts.Logger.WarnContext(ctx, "webhooks are interrupted", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.poke:
		case <-clock.C:
		}
	}
}

// Step does what Run does once, and waits until it is all sent.
// It is for tests, which need to know when it has ended.
func (d *Dispatcher) Step(ctx context.Context) error {
	defer d.sending.Wait()
	return d.step(ctx)
}

func (d *Dispatcher) step(ctx context.Context) error {
	if err := d.fan(ctx); err != nil {
		return err
	}
	return d.send(ctx)
}

// fan makes deliveries of the changes that are new.
// Replicas may fan the same changes at once: deliveries have keys made of endpoint and change, so
// the second write of one does nothing.
func (d *Dispatcher) fan(ctx context.Context) error {
	at, err := d.opts.Store.Fanned(ctx)
	if err != nil {
		return fmt.Errorf("read place: %w", err)
	}
	for {
		changes, err := d.opts.Log.Changes(ctx, at, readChanges)
		if err != nil || len(changes) == 0 {
			return err
		}
		// Read after the changes: an endpoint that was there before a change is told of it.
		list, err := d.opts.Store.Endpoints(ctx)
		if err != nil {
			return fmt.Errorf("read endpoints: %w", err)
		}
		now := d.opts.Now().UTC().Truncate(time.Millisecond)
		var made []*content.WebhookDelivery
		for _, c := range changes {
			for _, e := range list {
				if e.Wants(c) {
					made = append(made, newDelivery(e, c, now))
				}
			}
		}
		at = changes[len(changes)-1].Seq
		if err := d.opts.Store.Fan(ctx, made, at); err != nil {
			return fmt.Errorf("keep deliveries: %w", err)
		}
	}
}

// newDelivery is due at once. It has no body yet: the entry is read when the first attempt is made.
func newDelivery(e *content.WebhookEndpoint, c content.Change, now time.Time) *content.WebhookDelivery {
	return &content.WebhookDelivery{
		Key: content.DeliveryKey(e.Key, c.Seq), EndpointKey: e.Key, Seq: c.Seq, Event: content.EventOf(c), Type: c.Type, EntryKey: c.Key,
		Revision: c.Revision, ChangedAt: c.At, Status: content.DeliveryPending, NextAt: &now, CreatedAt: now,
	}
}

// send takes up what is due. It does not wait for what it has begun.
// Of each entry's deliveries only the first that is not over is due, which keeps them in order.
// What is not taken up, because an endpoint has no place left, is found again at the next look.
func (d *Dispatcher) send(ctx context.Context) error {
	list, err := d.opts.Store.Endpoints(ctx)
	if err != nil {
		return fmt.Errorf("read endpoints: %w", err)
	}
	enabled := map[string]*content.WebhookEndpoint{}
	for _, e := range list {
		if e.Enabled {
			enabled[e.Key] = e
		}
	}
	if len(enabled) == 0 {
		return nil
	}
	due, err := d.opts.Store.DueDeliveries(ctx, d.opts.Now(), maxDue)
	if err != nil {
		return fmt.Errorf("find due deliveries: %w", err)
	}
	for _, w := range due {
		e := enabled[w.EndpointKey]
		if e == nil || !d.enter(e.Key) {
			continue
		}
		// Taken before the goroutine starts, so that a look a moment later does not meet it again.
		now := d.opts.Now()
		claimed, err := d.opts.Store.Claim(ctx, w.Key, now, now.Add(lease))
		if err != nil || claimed == nil {
			d.leave(e.Key)
			if err != nil {
				return fmt.Errorf("claim delivery: %w", err)
			}
			continue
		}
		d.sending.Go(func() {
			defer d.leave(e.Key)
			if err := d.deliver(context.WithoutCancel(ctx), e, claimed); err != nil {
				d.opts.Logger.ErrorContext(ctx, "a webhook delivery is stuck until its lease ends", "delivery", claimed.Key, "error", err)
			}
		})
	}
	return nil
}

// enter takes one of an endpoint's places, or says that none is left.
func (d *Dispatcher) enter(endpoint string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.counts[endpoint] >= perEndpoint {
		return false
	}
	d.counts[endpoint]++
	return true
}

// leave gives a place back and looks for what may follow.
func (d *Dispatcher) leave(endpoint string) {
	d.mu.Lock()
	if d.counts[endpoint]--; d.counts[endpoint] == 0 {
		delete(d.counts, endpoint)
	}
	d.mu.Unlock()
	d.Poke()
}

// deliver makes one attempt at a claimed delivery and notes what came of it.
// Its context does not end with the dispatcher's; the client's own time limit bounds it. An error
// leaves the delivery as it is until its lease has run out, after which any replica tries it again.
func (d *Dispatcher) deliver(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) error {
	if w.Body == nil {
		body, err := d.payload(ctx, e, w)
		if err != nil {
			return err
		}
		if err := d.opts.Store.KeepBody(ctx, w.Key, body); err != nil {
			return fmt.Errorf("keep body: %w", err)
		}
		w.Body = &body
	}
	out := d.attempt(ctx, e, w)
	status, next := d.after(w.Tries+1, &out)
	if err := d.opts.Store.Attempted(ctx, w.Key, out.attempt, status, next); err != nil {
		return fmt.Errorf("note attempt: %w", err)
	}
	if out.gone() {
		if err := d.opts.Store.DisableEndpoint(ctx, e.Key, "The receiver answered 410 Gone.", d.opts.Now().UTC()); err != nil {
			return fmt.Errorf("disable endpoint: %w", err)
		}
	}
	return nil
}
