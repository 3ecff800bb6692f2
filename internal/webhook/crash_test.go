package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/webhook"
)

func TestReplicasDoNotDoubleDeliveries(t *testing.T) {
	f := newFixture(t, func(o *webhook.Options) { o.Now = time.Now })
	r := newReceiver(t, nil)
	f.endpoint(t, webhook.Settings{URL: &r.URL})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range 4 {
		hooks := webhook.New(f.options)
		running.Go(func() {
			for ctx.Err() == nil {
				if err := hooks.Step(context.WithoutCancel(ctx)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	const changes = 60
	for i := range changes {
		f.law(t, fmt.Sprint("l", i%7), fmt.Sprint("l", i%7), strconv.Itoa(i))
	}
	f.drain(t)
	for len(r.count()) < changes && !t.Failed() {
		f.drain(t)
	}
	stop()
	running.Wait()
	if n := len(r.requests()); n != changes {
		t.Errorf("%d requests for %d changes", n, changes)
	}
	last := map[string]int{}
	for _, q := range r.requests() {
		if q.payload.Data.Revision != last[q.payload.Data.Slug]+1 {
			t.Errorf("%s: revision %d after %d", q.payload.Data.Slug, q.payload.Data.Revision, last[q.payload.Data.Slug])
		}
		last[q.payload.Data.Slug] = q.payload.Data.Revision
	}
}

// crashing is a store that fails from a chosen call on, as when its process dies.
type crashing struct {
	content.WebhookStore
	at atomic.Pointer[string]
}

var errCrash = errors.New("the process is gone")

func (c *crashing) dies(at string) bool { p := c.at.Load(); return p != nil && *p == at }

func (c *crashing) Fan(ctx context.Context, list []*content.WebhookDelivery, upTo int64) error {
	if c.dies("fan") {
		_ = c.WebhookStore.Fan(ctx, list, 0) // the deliveries are stored, the position is not
		return errCrash
	}
	return c.WebhookStore.Fan(ctx, list, upTo)
}

func (c *crashing) KeepBody(ctx context.Context, key, body string) error {
	if c.dies("body") {
		return errCrash
	}
	return c.WebhookStore.KeepBody(ctx, key, body)
}

func (c *crashing) Attempted(ctx context.Context, key string, a content.WebhookAttempt, s content.WebhookStatus, next *time.Time) error {
	if c.dies("attempted") {
		return errCrash
	}
	return c.WebhookStore.Attempted(ctx, key, a, s, next)
}

func TestCrashesLoseNothing(t *testing.T) {
	for at, sends := range map[string]int{"fan": 1, "body": 1, "attempted": 2} {
		t.Run(at, func(t *testing.T) {
			c := &crashing{}
			f := newFixture(t, func(o *webhook.Options) { c.WebhookStore = o.Store; o.Store = c })
			r := newReceiver(t, nil)
			f.endpoint(t, webhook.Settings{URL: &r.URL})
			f.law(t, "a", "a", "A")
			c.at.Store(&at)
			_ = f.hooks.Step(t.Context()) // it dies in the middle
			c.at.Store(nil)
			// Another replica takes over when the lease has ended, and not before.
			other := webhook.New(f.options)
			must(t, other.Step(t.Context()))
			if at != "fan" && len(r.requests()) >= sends {
				t.Fatalf("%d requests before the lease ended", len(r.requests()))
			}
			f.clock.move(webhook.Lease)
			must(t, other.Step(t.Context()))
			got := r.requests()
			if len(got) != sends || got[0].id != got[len(got)-1].id || got[0].body != got[len(got)-1].body {
				t.Errorf("received %+v", got)
			}
			if d := f.deliveries(t); len(d) != 1 || d[0].Status != content.DeliveryDone {
				t.Errorf("deliveries are %+v", d)
			}
		})
	}
}
