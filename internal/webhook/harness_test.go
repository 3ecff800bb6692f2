package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"patternhub/internal/cache"
	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/webhook"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// clock is a time that stands still until the test moves it.
type clock struct {
	mu sync.Mutex // guards at
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// fixture is a store with a dispatcher of its changes.
type fixture struct {
	store     *repository.Store
	feed      *mongodb.Feed
	clock     *clock
	options   webhook.Options
	endpoints *webhook.Endpoints
	hooks     *webhook.Dispatcher
}

// newFixture returns a fixture with a store of its own. Jitter is 0, so that the schedule is exact.
func newFixture(t *testing.T, change ...func(*webhook.Options)) *fixture {
	t.Helper()
	uri, database := mongotest.Open(t)
	f := &fixture{clock: &clock{at: time.Now().Truncate(time.Second)}}
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render, Committed: func([]content.Change) {
		if f.feed != nil {
			f.feed.Notify()
		}
	}}, nil)
	must(t, err)
	t.Cleanup(func() { must(t, store.Close(context.WithoutCancel(t.Context()))) })
	must(t, store.EnsureIndexes(t.Context()))
	publications := cache.NewPublications(store)
	log := slog.New(slog.DiscardHandler)
	f.store, f.feed = store, mongodb.NewFeed(store.Store, log)
	f.options = webhook.Options{
		Store: store, Log: store, AllowPrivate: true, Logger: log, Now: f.clock.now, Jitter: func() float64 { return 0 },
		WaitFor: func(context.Context, int64) error { return nil }, Entry: publications.Entry,
		Select: func(_ context.Context, selection string, e content.Entry) (json.RawMessage, error) {
			return json.Marshal(map[string]string{"selection": selection, "name": e.Head().Name})
		},
		Token: func(_ context.Context, s content.SyncToken) (string, error) { return fmt.Sprint("token ", s.Seq), nil },
	}
	for _, c := range change {
		c(&f.options)
	}
	f.endpoints = &webhook.Endpoints{
		Store: f.options.Store, Log: store, AllowPrivate: f.options.AllowPrivate, Now: f.clock.now,
		Check: func(_ context.Context, selection string) error {
			if selection == "{ wrong }" {
				return content.Fault(content.BadUserInput, "It is wrong.")
			}
			return nil
		},
	}
	f.hooks = webhook.New(f.options)
	return f
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// endpoint creates an endpoint and returns it with its secret.
func (f *fixture) endpoint(t *testing.T, s webhook.Settings) (*content.WebhookEndpoint, string) {
	t.Helper()
	e, secret, wrong, err := f.endpoints.Create(t.Context(), s)
	must(t, err)
	if len(wrong) > 0 {
		t.Fatalf("wrong: %+v", wrong)
	}
	return e, secret
}

// law writes and publishes a law.
func (f *fixture) law(t *testing.T, key, slug, name string) {
	t.Helper()
	e := &content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: key, Slug: slug, Name: name, Summary: "A law."}}
	f.publish(t, e)
}

func (f *fixture) publish(t *testing.T, e content.Entry) {
	t.Helper()
	k := f.store.At(content.Drafts).Reader(e.Head().Type)
	found, err := k.EntriesByKeys(t.Context(), []string{e.Head().Key})
	must(t, err)
	if found[0] != nil {
		e.Head().Revision = found[0].Head().Revision
	}
	_, err = f.store.Put(t.Context(), "test", e)
	must(t, err)
	_, err = f.store.Publish(t.Context(), "test", e.ID())
	must(t, err)
}

func (f *fixture) step(t *testing.T) {
	t.Helper()
	must(t, f.hooks.Step(t.Context()))
}

// drain steps until nothing is due.
func (f *fixture) drain(t *testing.T) {
	t.Helper()
	for range 200 {
		f.step(t)
		due, err := f.store.DueDeliveries(t.Context(), f.clock.now(), 10)
		must(t, err)
		if len(due) == 0 {
			return
		}
	}
	t.Fatal("deliveries are still due after 200 steps")
}

// deliveries returns the log of deliveries, oldest first.
func (f *fixture) deliveries(t *testing.T) []*content.WebhookDelivery {
	t.Helper()
	found, err := f.store.Deliveries(t.Context(), nil, content.Window{Limit: 100, Backward: true})
	must(t, err)
	for i, j := 0, len(found.Items)-1; i < j; i, j = i+1, j-1 {
		found.Items[i], found.Items[j] = found.Items[j], found.Items[i]
	}
	return found.Items
}

// request is a request that a receiver got.
type request struct {
	id      string
	header  http.Header
	body    string
	payload webhook.Payload
}

// receiver is an endpoint's server. It answers by its function, or with 204 without one.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex // guards got
	got    []request
	answer func(w http.ResponseWriter, r request)
}

func newReceiver(t *testing.T, answer func(w http.ResponseWriter, r request)) *receiver {
	t.Helper()
	rec := &receiver{answer: answer}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got := request{id: r.Header.Get("webhook-id"), header: r.Header.Clone(), body: string(body)}
		_ = json.Unmarshal(body, &got.payload)
		rec.mu.Lock()
		rec.got = append(rec.got, got)
		rec.mu.Unlock()
		if rec.answer != nil {
			rec.answer(w, got)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(rec.Close)
	return rec
}

func (r *receiver) requests() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]request(nil), r.got...)
}

// count returns the number of requests for each delivery.
func (r *receiver) count() map[string]int {
	out := map[string]int{}
	for _, q := range r.requests() {
		out[q.id]++
	}
	return out
}

func status(code int, headers ...string) func(http.ResponseWriter, request) {
	return func(w http.ResponseWriter, _ request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
	}
}
