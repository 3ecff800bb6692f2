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

	"patternhub/internal/content"
	"patternhub/internal/wait"
)

// Options are the dependencies and limits of a Dispatcher.
type Options struct {
	Store content.WebhookStore
	Log   content.Log
	// Watch registers a function to call whenever there may be new changes; nil for none, in which
	// case changes are found within a second.
	Watch func(f func()) (stop func())
	// WaitFor, Entry, Select and Token must return soon after their context ends. If one fails, the
	// attempt fails: the message of a content.Error is its reason, and other errors only go to the
	// log.

	// WaitFor waits until the hub's reads include a change.
	WaitFor func(ctx context.Context, seq int64) error
	// Entry returns the entry as a publish made it; nil when that revision is no longer stored.
	Entry func(ctx context.Context, c content.Change) (content.Entry, error)
	// Select runs an endpoint's selection on an entry; see Selections.Run.
	Select func(ctx context.Context, selection string, e content.Entry) (json.RawMessage, error)
	// Token signs a position in the change log.
	Token func(ctx context.Context, t content.SyncToken) (string, error)
	// AllowPrivate lets deliveries go to private addresses and over plain HTTP.
	AllowPrivate bool
	// TLS is for receivers with certificates that the system does not trust; nil for the system's.
	TLS *tls.Config
	// Logger receives the faults on our side.
	Logger *slog.Logger
	// PayloadLimit bounds the time to make a payload; 0 for ten seconds, which is also the most
	// that a delivery's lease allows for.
	PayloadLimit time.Duration
	// Now returns the time; nil for time.Now.
	Now func() time.Time
	// Jitter returns numbers from 0 up to 1 that spread the retries; nil for random ones.
	Jitter func() float64
}

const (
	// readChanges bounds one read of the log.
	readChanges = 500
	// maxDue bounds the due deliveries of one poll; the rest follow a moment later.
	maxDue = 200
	// perEndpoint bounds the concurrent requests to one receiver, so that a slow one does not delay
	// the others.
	perEndpoint = 4
	// lease is the time that a delivery belongs to the replica that claimed it: longer than a payload
	// and an attempt can take, with time for the database before and after them.
	lease = payloadLimit + attemptLimit + 10*time.Second
	// pollEvery is the pause between polls for retries that are due.
	pollEvery = time.Second
)

// Dispatcher makes deliveries of changes and sends them. Any number of replicas may run one. Notify
// is safe for concurrent use; Run must be called once.
type Dispatcher struct {
	opts    Options
	client  *http.Client
	sending sync.WaitGroup

	wake wait.Signal

	mu       sync.Mutex     // guards inFlight
	inFlight map[string]int // requests, by endpoint
}

// New returns a Dispatcher; Run starts it.
func New(o Options) *Dispatcher {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	if o.PayloadLimit == 0 {
		o.PayloadLimit = payloadLimit
	}
	return &Dispatcher{opts: o, client: newClient(o.AllowPrivate, o.TLS), inFlight: map[string]int{}, wake: wait.NewSignal()}
}

// Notify makes the dispatcher poll now. It never blocks.
func (d *Dispatcher) Notify() { d.wake.Notify() }

// Run dispatches until ctx ends, then waits for the attempts that have begun: they are not cut off.
// An error is logged and the work repeated at the next poll. It loses nothing, since a due delivery
// stays due.
func (d *Dispatcher) Run(ctx context.Context) {
	defer d.client.CloseIdleConnections()
	defer d.sending.Wait()
	if d.opts.Watch != nil {
		defer d.opts.Watch(d.Notify)()
	}
	clock := time.NewTicker(pollEvery)
	defer clock.Stop()
	for {
		if err := d.step(ctx); err != nil && ctx.Err() == nil {
			d.opts.Logger.WarnContext(ctx, "cannot dispatch webhooks", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-d.wake.C():
		case <-clock.C:
		}
	}
}

// Step does what Run does once, and waits until everything is sent. It is for tests, which need to
// know when it has ended.
func (d *Dispatcher) Step(ctx context.Context) error {
	defer d.sending.Wait()
	return d.step(ctx)
}

// step makes deliveries of the new changes, and sends those that are due.
func (d *Dispatcher) step(ctx context.Context) error {
	if err := d.fan(ctx); err != nil {
		return err
	}
	return d.send(ctx)
}

// fan makes deliveries of the new changes.
// Replicas may fan the same changes concurrently: the key of a delivery is made of endpoint and change,
// so the second write of one has no effect.
func (d *Dispatcher) fan(ctx context.Context) error {
	at, err := d.opts.Store.Fanned(ctx)
	if err != nil {
		return fmt.Errorf("read position: %w", err)
	}
	for {
		changes, err := d.opts.Log.Changes(ctx, at, readChanges)
		if err != nil || len(changes) == 0 {
			return err
		}
		// Read after the changes, so that every endpoint older than a change receives it.
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
			return fmt.Errorf("store deliveries: %w", err)
		}
	}
}

// newDelivery returns a delivery that is due immediately. It has no body yet: the first attempt reads
// the entry.
func newDelivery(e *content.WebhookEndpoint, c content.Change, now time.Time) *content.WebhookDelivery {
	return &content.WebhookDelivery{
		Key: content.DeliveryKey(e.Key, c.Seq), EndpointKey: e.Key, Seq: c.Seq, Event: content.EventOf(c), Type: c.Type, EntryKey: c.Key,
		Revision: c.Revision, Relations: c.Relations, ChangedAt: c.At, Status: content.DeliveryPending, NextAt: &now, CreatedAt: now,
	}
}

// send starts attempts at due deliveries and does not wait for them.
// Of each entry's deliveries only the first unfinished one is due, which preserves their order.
// Deliveries beyond an endpoint's limit are found again at the next poll.
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
		if e == nil || !d.acquire(e.Key) {
			continue
		}
		// Claimed before the goroutine starts, so that the next poll does not find it again.
		now := d.opts.Now()
		claimed, err := d.opts.Store.Claim(ctx, w.Key, now, now.Add(lease))
		if err != nil || claimed == nil {
			d.release(e.Key)
			if err != nil {
				return fmt.Errorf("claim delivery: %w", err)
			}
			continue
		}
		d.sending.Go(func() {
			defer d.release(e.Key)
			if err := d.deliver(context.WithoutCancel(ctx), e, claimed); err != nil {
				d.opts.Logger.ErrorContext(ctx, "a webhook delivery is stuck until its lease ends", "delivery", claimed.Key, "error", err)
			}
		})
	}
	return nil
}

// acquire reports whether one more request to an endpoint may start, and counts it.
func (d *Dispatcher) acquire(endpoint string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inFlight[endpoint] >= perEndpoint {
		return false
	}
	d.inFlight[endpoint]++
	return true
}

// release ends a request to an endpoint, and polls for what may follow it.
func (d *Dispatcher) release(endpoint string) {
	d.mu.Lock()
	if d.inFlight[endpoint]--; d.inFlight[endpoint] == 0 {
		delete(d.inFlight, endpoint)
	}
	d.mu.Unlock()
	d.Notify()
}

// deliver makes one attempt at a claimed delivery and records its outcome, whether it failed at the
// receiver or before it.
// Its context does not end with the dispatcher's; the time limits of an attempt bound it. An error
// means that the attempt could not be recorded. The delivery then stays as it was until its lease
// ends, after which any replica tries it again.
func (d *Dispatcher) deliver(ctx context.Context, e *content.WebhookEndpoint, w *content.WebhookDelivery) error {
	out := d.attempt(ctx, e, w)
	status, next := d.after(w.Tries+1, &out)
	if err := d.opts.Store.Attempted(ctx, w.Key, out.attempt, status, next); err != nil {
		return fmt.Errorf("record attempt: %w", err)
	}
	if out.gone() {
		if err := d.opts.Store.DisableEndpoint(ctx, e.Key, "The receiver answered 410 Gone.", d.opts.Now().UTC()); err != nil {
			return fmt.Errorf("disable endpoint: %w", err)
		}
	}
	return nil
}
