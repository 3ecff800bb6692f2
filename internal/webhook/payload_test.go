package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/webhook"
)

// errSecret is a fault that only the log may show.
var errSecret = errors.New("mongodb://user:secret@10.0.0.1")

// failing makes the payloads of a law with the slug "bad" fail by the function in with, if any.
type failing struct {
	with atomic.Pointer[func(ctx context.Context) (json.RawMessage, error)]
}

func (x *failing) fail(with func(ctx context.Context) (json.RawMessage, error)) { x.with.Store(&with) }

func (x *failing) apply(o *webhook.Options) {
	stock := o.Select
	o.Select = func(ctx context.Context, selection string, e content.Entry) (json.RawMessage, error) {
		if with := x.with.Load(); with != nil && e.Head().Slug == "bad" {
			return (*with)(ctx)
		}
		return stock(ctx, selection, e)
	}
}

// soon shortens the time limit of a payload, for the failures that never end by themselves.
func soon(o *webhook.Options) { o.PayloadLimit = 200 * time.Millisecond }

// through moves the clock to each next attempt until the delivery at an index of the log is
// finished.
func (f *fixture) through(t *testing.T, index int) *content.WebhookDelivery {
	t.Helper()
	for range webhook.Tries + 1 {
		f.drain(t)
		d := f.deliveries(t)[index]
		if d.NextAt == nil {
			return d
		}
		f.clock.move(d.NextAt.Sub(f.clock.now()))
	}
	t.Fatal("the delivery is never finished")
	return nil
}

// failures are the ways in which a selection can fail, with the reason that the log shows.
func failures() map[string]struct {
	with   func(ctx context.Context) (json.RawMessage, error)
	reason string
} {
	return map[string]struct {
		with   func(ctx context.Context) (json.RawMessage, error)
		reason string
	}{
		"refused": {func(context.Context) (json.RawMessage, error) {
			return nil, content.Fault(content.BadUserInput, "The operation costs 9, at most 5 is served.")
		}, "The operation costs 9, at most 5 is served."},
		"wrapped": {func(context.Context) (json.RawMessage, error) {
			return nil, fmt.Errorf("run: %w", content.Wrap(content.Unavailable, "The content is not available right now.", errSecret))
		}, "The content is not available right now."},
		"unexpected": {func(context.Context) (json.RawMessage, error) { return nil, errSecret }, "Internal error."},
		"panic":      {func(context.Context) (json.RawMessage, error) { panic(errSecret) }, "Internal error."},
		"no JSON":    {func(context.Context) (json.RawMessage, error) { return json.RawMessage("{"), nil }, "Internal error."},
		"slow": {func(ctx context.Context) (json.RawMessage, error) {
			<-ctx.Done()
			return nil, fmt.Errorf("%w: %w", errSecret, ctx.Err())
		}, "It took longer than 10 seconds."},
		"large": {func(context.Context) (json.RawMessage, error) {
			return json.RawMessage(`"` + strings.Repeat("x", 8<<20) + `"`), nil
		}, "It is larger than 8 MB."},
	}
}

func TestAFailedPayloadIsAFailedAttempt(t *testing.T) {
	for name, tt := range failures() {
		t.Run(name, func(t *testing.T) {
			var x failing
			var log bytes.Buffer
			f := newFixture(t, x.apply, func(o *webhook.Options) {
				o.Logger = slog.New(slog.NewTextHandler(&log, nil))
				if name == "slow" {
					soon(o)
				}
			})
			r := newReceiver(t, nil)
			f.endpoint(t, webhook.Settings{URL: &r.URL, Selection: new("{ name }")})
			x.fail(tt.with)
			f.law(t, "a", "bad", "A1")
			f.law(t, "b", "b", "B1")
			f.law(t, "a", "good", "A2")
			f.law(t, "a", "good", "A3")
			f.drain(t)
			first := f.deliveries(t)[0]
			if first.Status != content.DeliveryPending || first.Tries != 1 || first.NextAt == nil || first.NextAt.Sub(f.clock.now()) != 5*time.Second {
				t.Errorf("after the first attempt: %+v", first)
			}
			d := f.through(t, 0)
			if d.Status != content.DeliveryFailed || len(d.Attempts) != webhook.Tries || d.DoneAt == nil || d.Body != nil {
				t.Fatalf("delivery %+v", d)
			}
			for _, a := range d.Attempts {
				var reason string
				if a.Error != nil {
					reason = *a.Error
				}
				if a.StatusCode != 0 || reason != "The payload could not be made: "+tt.reason {
					t.Errorf("attempt %+v: %q", a, reason)
				}
			}
			// Later deliveries go out after the failed one, in order; those of other entries went
			// out immediately.
			f.drain(t)
			var got []string
			for _, q := range r.requests() {
				got = append(got, fmt.Sprint(q.payload.Data.Slug, q.payload.Data.Revision))
			}
			if d := cmp.Diff([]string{"b1", "good2", "good3"}, got); d != "" {
				t.Errorf("received (-want +got):\n%s", d)
			}
			if tt.reason == "Internal error." && name != "no JSON" && !strings.Contains(log.String(), "10.0.0.1") {
				t.Errorf("the cause is not in the hub's log: %.500s", log.String())
			}
		})
	}
}

// TestRedeliveryMakesAFailedPayload corrects a failing selection after the last try.
func TestRedeliveryMakesAFailedPayload(t *testing.T) {
	var x failing
	f := newFixture(t, x.apply)
	r := newReceiver(t, nil)
	e, _ := f.endpoint(t, webhook.Settings{URL: &r.URL, Selection: new("{ name }")})
	x.fail(failures()["panic"].with)
	f.law(t, "a", "bad", "A1")
	f.drain(t)
	if d := f.through(t, 0); d.Status != content.DeliveryFailed {
		t.Fatalf("delivery %+v", d)
	}
	x.with.Store(nil)
	_, _, wrong, err := f.endpoints.Update(t.Context(), e.Key, webhook.Settings{Selection: new("{ slug }")})
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	d := f.deliveries(t)[0]
	if _, wrong, err := f.endpoints.Redeliver(t.Context(), d.Key); err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	f.drain(t)
	got := r.requests()
	if len(got) != 1 || got[0].id != d.Message() || string(got[0].payload.Data.Entry) != `{"name":"A1","selection":"{ slug }"}` {
		t.Errorf("redelivered: %+v", got)
	}
	if d := f.deliveries(t)[0]; d.Status != content.DeliveryDone || len(d.Attempts) != webhook.Tries+1 || d.Tries != 1 || d.Body == nil {
		t.Errorf("delivery %+v", d)
	}
}

// TestEachPartOfAPayloadMayFail covers the entry, the token and the store.
func TestEachPartOfAPayloadMayFail(t *testing.T) {
	for name, change := range map[string]func(*webhook.Options){
		"entry": func(o *webhook.Options) {
			o.Entry = func(context.Context, content.Change) (content.Entry, error) { return nil, errSecret }
		},
		"entry panics": func(o *webhook.Options) {
			o.Entry = func(context.Context, content.Change) (content.Entry, error) { panic("x") }
		},
		"older reads": func(o *webhook.Options) {
			o.WaitFor = func(context.Context, int64) error { return errSecret }
		},
		"token": func(o *webhook.Options) {
			o.Token = func(context.Context, content.SyncToken) (string, error) { return "", errSecret }
		},
		"cannot be stored": func(o *webhook.Options) { o.Store = bodiless{o.Store} },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, change)
			r := newReceiver(t, nil)
			f.endpoint(t, webhook.Settings{URL: &r.URL})
			f.law(t, "a", "a", "A")
			d := f.through(t, 0)
			if d.Status != content.DeliveryFailed || len(d.Attempts) != webhook.Tries || *d.Attempts[0].Error != "The payload could not be made: Internal error." {
				t.Errorf("delivery %+v", d)
			}
			if len(r.requests()) != 0 {
				t.Errorf("received %+v", r.requests())
			}
		})
	}
}

// bodiless is a store that fails to store bodies.
type bodiless struct{ content.WebhookStore }

func (bodiless) KeepBody(context.Context, string, string) error { return errSecret }

func TestAnEntryThatIsNoLongerStoredIsNull(t *testing.T) {
	f := newFixture(t, func(o *webhook.Options) {
		o.Entry = func(context.Context, content.Change) (content.Entry, error) { return nil, nil } //nolint:nilnil // as Options says
	})
	r := newReceiver(t, nil)
	f.endpoint(t, webhook.Settings{URL: &r.URL, Selection: new("{ name }")})
	f.law(t, "a", "a", "A")
	f.drain(t)
	if got := r.requests(); len(got) != 1 || !strings.Contains(got[0].body, `"entry":null`) {
		t.Errorf("received %+v", got)
	}
}

// TestFaultsOfTheCheckAreHidden: a client sees only what is wrong with its selection.
func TestFaultsOfTheCheckAreHidden(t *testing.T) {
	f := newFixture(t)
	f.endpoints.Check = func(context.Context, string) error { return errSecret }
	_, _, wrong, err := f.endpoints.Create(t.Context(), webhook.Settings{URL: new("http://example.org"), Selection: new("{ name }")})
	if !errors.Is(err, errSecret) || len(wrong) > 0 {
		t.Errorf("got %v (%v)", wrong, err)
	}
}

// TestFailedPayloadsAndFailedRequestsShareTheTries: nine tries in all, whichever part fails.
func TestFailedPayloadsAndFailedRequestsShareTheTries(t *testing.T) {
	var x failing
	f := newFixture(t, x.apply)
	r := newReceiver(t, status(http.StatusInternalServerError))
	f.endpoint(t, webhook.Settings{URL: &r.URL, Selection: new("{ name }")})
	x.fail(failures()["unexpected"].with)
	f.law(t, "a", "bad", "A1")
	f.drain(t)
	f.clock.move(5 * time.Second)
	x.with.Store(nil)
	d := f.through(t, 0)
	var codes []int
	for _, a := range d.Attempts {
		codes = append(codes, a.StatusCode)
	}
	if want := append([]int{0}, slices.Repeat([]int{500}, webhook.Tries-1)...); d.Status != content.DeliveryFailed || !slices.Equal(codes, want) {
		t.Errorf("%s after %v", d.Status, codes)
	}
}
