package webhook_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"patternhub/internal/content"
	"patternhub/internal/webhook"
)

func TestDeliveriesAreSignedAndNameTheEntry(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, nil)
	f.law(t, "a", "old", "before the endpoint")
	_, secret := f.endpoint(t, webhook.Settings{URL: new(r.URL + "/hook"), Selection: new("{ name }")})
	f.law(t, "a", "new", "A")
	f.drain(t)
	got := r.requests()
	if len(got) != 1 {
		t.Fatalf("%d deliveries, want the one after the endpoint was made", len(got))
	}
	hook, err := standardwebhooks.NewWebhook(secret)
	must(t, err)
	must(t, hook.Verify([]byte(got[0].body), got[0].header))
	if err := hook.Verify([]byte(got[0].body+" "), got[0].header); err == nil {
		t.Error("the signature matches another body")
	}
	p := got[0].payload
	want := webhook.Data{
		ID: content.ID{Type: "LAW", Key: "a"}.String(), EntryType: "LAW", Slug: "new", ResourcePath: "/laws/new", Revision: 2,
		Tags: []string{"law:a", "law"}, Token: p.Data.Token, Entry: p.Data.Entry,
	}
	if d := cmp.Diff(want, p.Data); d != "" || p.Type != "entry.published" || !strings.HasPrefix(p.Data.Token, "token ") {
		t.Errorf("%s %s (-want +got):\n%s", p.Type, p.Data.Token, d)
	}
	if string(p.Data.Entry) != `{"name":"A","selection":"{ name }"}` {
		t.Errorf("the selection returned %s", p.Data.Entry)
	}
	if got[0].header.Get("Content-Type") != "application/json" {
		t.Errorf("headers are %v", got[0].header)
	}
}

func TestDeletionsNameWhatWasPublishedLast(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, nil)
	f.law(t, "a", "public", "A")
	f.endpoint(t, webhook.Settings{URL: &r.URL, Selection: new("{ name }")})
	_, err := f.store.Put(t.Context(), "test", &content.Law{Meta: content.Meta{Type: "LAW", Key: "a", Slug: "secret", Name: "Secret", Revision: 1}})
	must(t, err)
	_, err = f.store.Unpublish(t.Context(), "test", content.ID{Type: "LAW", Key: "a"})
	must(t, err)
	f.drain(t)
	got := r.requests()
	if len(got) != 1 || got[0].payload.Type != "entry.unpublished" || got[0].payload.Data.Slug != "public" || got[0].payload.Data.Revision != 1 ||
		got[0].payload.Data.Entry != nil || strings.Contains(strings.ToLower(got[0].body), "secret") {
		t.Errorf("got %+v", got)
	}
}

func TestEndpointsFilterChanges(t *testing.T) {
	f := newFixture(t)
	var all []*receiver
	for _, s := range []webhook.Settings{
		{},
		{Types: &[]content.EntryType{"LAW"}},
		{Types: &[]content.EntryType{"TIER", "PILLAR"}},
		{Events: &[]content.WebhookEvent{content.EventUnpublished}},
		{Events: &[]content.WebhookEvent{content.EventPublished}, Types: &[]content.EntryType{"TIER"}},
	} {
		r := newReceiver(t, nil)
		s.URL = &r.URL
		f.endpoint(t, s)
		all = append(all, r)
	}
	f.law(t, "a", "a", "A")
	f.publish(t, &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: "gold", Slug: "gold", Name: "Gold"}})
	_, err := f.store.Unpublish(t.Context(), "test", content.ID{Type: "LAW", Key: "a"})
	must(t, err)
	f.drain(t)
	for i, want := range []int{3, 2, 1, 1, 1} {
		if got := len(all[i].requests()); got != want {
			t.Errorf("endpoint %d got %d deliveries, want %d", i, got, want)
		}
	}
}

func TestRetriesOverThreeDays(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, status(http.StatusInternalServerError))
	f.endpoint(t, webhook.Settings{URL: &r.URL})
	f.law(t, "a", "a", "A")
	begun := f.clock.now()
	var at []time.Duration
	for {
		f.step(t)
		at = append(at, f.clock.now().Sub(begun))
		d := f.deliveries(t)[0]
		if d.NextAt == nil {
			break
		}
		// A moment before it is due it is not sent.
		f.clock.move(d.NextAt.Sub(f.clock.now()) - time.Millisecond)
		f.step(t)
		f.clock.move(time.Millisecond)
	}
	want := []time.Duration{
		0, 5 * time.Second, 65 * time.Second, 11*time.Minute + 5*time.Second, 71*time.Minute + 5*time.Second,
		6*time.Hour + 11*time.Minute + 5*time.Second, 18*time.Hour + 11*time.Minute + 5*time.Second,
		42*time.Hour + 11*time.Minute + 5*time.Second, 72 * time.Hour,
	}
	if !slices.Equal(at, want) {
		t.Errorf("tried at %v, want %v", at, want)
	}
	got := r.requests()
	d := f.deliveries(t)[0]
	if len(got) != webhook.Tries || d.Status != content.DeliveryFailed || len(d.Attempts) != webhook.Tries || d.DoneAt == nil {
		t.Fatalf("%d requests, delivery %+v", len(got), d)
	}
	for _, q := range got {
		if q.id != got[0].id || q.body != got[0].body {
			t.Errorf("an attempt has another id or body: %s %s", q.id, q.body)
		}
	}
}

func TestJitterStretchesThePauses(t *testing.T) {
	f := newFixture(t, func(o *webhook.Options) { o.Jitter = func() float64 { return 0.5 } })
	r := newReceiver(t, status(http.StatusInternalServerError))
	f.endpoint(t, webhook.Settings{URL: &r.URL})
	f.law(t, "a", "a", "A")
	f.step(t)
	if wait := f.deliveries(t)[0].NextAt.Sub(f.clock.now()); wait != 5250*time.Millisecond {
		t.Errorf("the first pause is %v", wait)
	}
}

func TestAnswersDecideTheNextAttempt(t *testing.T) {
	f := newFixture(t)
	later := f.clock.now().Add(2 * time.Hour).UTC()
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter, request)
		status content.WebhookStatus
		wait   time.Duration
	}{
		"200":                    {status(200), content.DeliveryDone, 0},
		"202":                    {status(202), content.DeliveryDone, 0},
		"redirect":               {status(302, "Location", "/elsewhere"), content.DeliveryPending, 5 * time.Second},
		"permanent redirect":     {status(308, "Location", "http://169.254.169.254/"), content.DeliveryPending, 5 * time.Second},
		"404":                    {status(404), content.DeliveryPending, 5 * time.Second},
		"asks for a minute":      {status(429, "Retry-After", "60"), content.DeliveryPending, time.Minute},
		"asks for less":          {status(503, "Retry-After", "1"), content.DeliveryPending, 5 * time.Second},
		"asks for a year":        {status(503, "Retry-After", "31536000"), content.DeliveryPending, 24 * time.Hour},
		"asks for ages":          {status(503, "Retry-After", strconv.Itoa(math.MaxInt64)), content.DeliveryPending, 24 * time.Hour},
		"asks for nonsense":      {status(503, "Retry-After", "soon"), content.DeliveryPending, 5 * time.Second},
		"asks for the past":      {status(503, "Retry-After", "Mon, 02 Jan 2006 15:04:05 GMT"), content.DeliveryPending, 5 * time.Second},
		"asks for a time of day": {status(503, "Retry-After", later.Format(http.TimeFormat)), content.DeliveryPending, 2 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t, tt.answer)
			e, _ := f.endpoint(t, webhook.Settings{URL: &r.URL})
			f.law(t, "a", "a", "A")
			f.step(t)
			d := f.deliveries(t)[0]
			defer f.store.DeleteEndpoint(t.Context(), e.Key)
			if d.Status != tt.status || len(r.requests()) != 1 {
				t.Fatalf("%d requests, delivery %+v", len(r.requests()), d)
			}
			if tt.wait > 0 {
				if wait := d.NextAt.Sub(f.clock.now()); wait != tt.wait {
					t.Errorf("tried again after %v, want %v", wait, tt.wait)
				}
			}
		})
	}
}

func TestGoneDisablesTheEndpoint(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, status(http.StatusGone))
	e, _ := f.endpoint(t, webhook.Settings{URL: &r.URL})
	f.law(t, "a", "a", "A")
	f.law(t, "a", "a", "A2")
	f.step(t)
	f.law(t, "b", "b", "B")
	f.drain(t)
	now, err := f.store.EndpointByKey(t.Context(), e.Key)
	must(t, err)
	if now.Enabled || now.DisabledReason == nil || len(r.requests()) != 1 {
		t.Errorf("%d requests, endpoint %+v", len(r.requests()), now)
	}
	var got []content.WebhookStatus
	for _, d := range f.deliveries(t) {
		got = append(got, d.Status)
	}
	if !slices.Equal(got, []content.WebhookStatus{content.DeliveryFailed, content.DeliveryDiscarded}) {
		t.Errorf("deliveries are %v", got)
	}
	// Once enabled again, it receives later changes, but not the earlier ones.
	r.answer = nil
	_, _, wrong, err := f.endpoints.Update(t.Context(), e.Key, webhook.Settings{Enabled: new(true)})
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	f.law(t, "c", "c", "C")
	f.drain(t)
	if got := r.requests(); len(got) != 2 || got[1].payload.Data.Slug != "c" {
		t.Errorf("then it receives %+v", got[1:])
	}
}

func TestOrderOfEachEntry(t *testing.T) {
	f := newFixture(t)
	broken := atomic.Bool{}
	broken.Store(true)
	r := newReceiver(t, func(w http.ResponseWriter, q request) {
		if broken.Load() && q.payload.Data.Slug == "a" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	f.endpoint(t, webhook.Settings{URL: &r.URL})
	for i := range 3 {
		f.law(t, "a", "a", fmt.Sprint("A", i))
		f.law(t, "b", "b", fmt.Sprint("B", i))
	}
	f.drain(t)
	shown := func() []string {
		var out []string
		for _, q := range r.requests() {
			out = append(out, fmt.Sprint(q.payload.Data.Slug, q.payload.Data.Revision))
		}
		return out
	}
	// The failing first change of a holds back the later changes of a, and no others.
	got := shown()
	slices.Sort(got)
	if !slices.Equal(got, []string{"a1", "b1", "b2", "b3"}) {
		t.Fatalf("while a fails: %v", got)
	}
	broken.Store(false)
	f.clock.move(5 * time.Second)
	f.drain(t)
	if got := shown()[4:]; !slices.Equal(got, []string{"a1", "a2", "a3"}) {
		t.Errorf("when a works again: %v", got)
	}
}

func TestSecretsRotate(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, nil)
	e, first := f.endpoint(t, webhook.Settings{URL: &r.URL})
	changed, second, wrong, err := f.endpoints.Update(t.Context(), e.Key, webhook.Settings{RotateSecret: true})
	must(t, err)
	if len(wrong) > 0 || second == first || second == "" || !changed.PreviousSecretEndsAt().Equal(f.clock.now().Add(webhook.Overlap)) {
		t.Fatalf("rotated to %q: %v %v", second, wrong, changed.PreviousSecretEndsAt())
	}
	valid := func(name string) string {
		f.law(t, name, name, name)
		f.drain(t)
		all := r.requests()
		q, out := all[len(all)-1], ""
		var outSb271 strings.Builder
		for i, secret := range []string{first, second} {
			hook, err := standardwebhooks.NewWebhook(secret)
			must(t, err)
			if hook.VerifyIgnoringTimestamp([]byte(q.body), q.header) == nil {
				outSb271.WriteString(strconv.Itoa(i + 1))
			}
		}
		out += outSb271.String()
		return out
	}
	if got := valid("a"); got != "12" {
		t.Errorf("after the rotation %q are valid", got)
	}
	f.clock.move(webhook.Overlap)
	if got := valid("b"); got != "2" {
		t.Errorf("after the overlap %q are valid", got)
	}
}

func TestSlowReceiversDoNotDelayOthers(t *testing.T) {
	f := newFixture(t, func(o *webhook.Options) { o.Now = time.Now })
	release := make(chan struct{})
	slow := newReceiver(t, func(http.ResponseWriter, request) { <-release })
	arrived := make(chan string, 100)
	fast := newReceiver(t, func(_ http.ResponseWriter, q request) { arrived <- q.payload.Data.Slug })
	f.endpoint(t, webhook.Settings{URL: &slow.URL})
	f.endpoint(t, webhook.Settings{URL: &fast.URL})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { f.hooks.Run(ctx); close(done) }()
	const changes = 30
	for i := range changes {
		f.law(t, fmt.Sprint("l", i), fmt.Sprint("l", i), "L")
	}
	f.hooks.Notify()
	for range changes {
		select {
		case <-arrived:
		case <-time.After(60 * time.Second):
			t.Fatal("the fast receiver waits for the slow one")
		}
	}
	if n := len(slow.requests()); n > 4 {
		t.Errorf("the slow receiver has %d requests open", n)
	}
	close(release)
	stop()
	<-done
}

func TestPrivateAddressesAreNotDialled(t *testing.T) {
	f := newFixture(t, func(o *webhook.Options) { o.AllowPrivate = false })
	r := newReceiver(t, nil)
	port := r.URL[strings.LastIndex(r.URL, ":"):]
	if _, _, wrong, err := f.endpoints.Create(t.Context(), webhook.Settings{URL: &r.URL}); err != nil || len(wrong) != 1 || wrong[0].Code != content.ErrInvalid {
		t.Errorf("an endpoint at %s: %v (%v)", r.URL, wrong, err)
	}
	// A name that resolves to a private address, as one does that was changed after the check.
	f.endpoint(t, webhook.Settings{URL: new("https://localhost" + port + "/")})
	// An endpoint from a time when private addresses were allowed.
	must(t, f.store.PutEndpoint(t.Context(), &content.WebhookEndpoint{Key: "old", URL: r.URL, Enabled: true}))
	f.law(t, "a", "a", "A")
	f.step(t)
	if n := len(r.requests()); n != 0 {
		t.Errorf("%d requests came through", n)
	}
	var got []string
	for _, d := range f.deliveries(t) {
		got = append(got, *d.Attempts[0].Error)
	}
	slices.Sort(got)
	if d := cmp.Diff([]string{"The address must begin with https://.", "the name resolves to a private or reserved address"}, got); d != "" {
		t.Errorf("reasons (-want +got):\n%s", d)
	}
}

func TestLongAnswersAreNotRead(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, func(w http.ResponseWriter, _ request) {
		for {
			if _, err := w.Write([]byte(strings.Repeat("ä", 4096))); err != nil {
				return
			}
		}
	})
	f.endpoint(t, webhook.Settings{URL: &r.URL})
	f.law(t, "a", "a", "A")
	f.step(t)
	d := f.deliveries(t)[0]
	if d.Status != content.DeliveryDone || len(*d.Attempts[0].Response) != 1000 {
		t.Errorf("delivery %+v", d)
	}
}

func TestErrorsOfUnreachableReceiversHideSecrets(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, nil)
	url := r.URL
	r.Close()
	f.endpoint(t, webhook.Settings{URL: &url})
	f.endpoint(t, webhook.Settings{URL: new("http://nowhere.invalid/")})
	f.law(t, "a", "a", "A")
	f.step(t)
	for _, d := range f.deliveries(t) {
		if a := d.Attempts[0]; a.StatusCode != 0 || a.Error == nil || strings.Contains(*a.Error, "127.0.0.1") {
			t.Errorf("attempt %+v %v", a, *a.Error)
		}
	}
}

func TestRedelivery(t *testing.T) {
	f := newFixture(t)
	r := newReceiver(t, nil)
	e, _ := f.endpoint(t, webhook.Settings{URL: &r.URL})
	f.law(t, "a", "a", "A")
	f.drain(t)
	f.law(t, "a", "a2", "A2")
	d := f.deliveries(t)[0]
	redelivered, wrong, err := f.endpoints.Redeliver(t.Context(), d.Key)
	must(t, err)
	if len(wrong) > 0 || redelivered.Status != content.DeliveryPending || redelivered.Endpoint == nil || redelivered.Endpoint.Key != e.Key {
		t.Fatalf("redelivery %+v: %v", redelivered, wrong)
	}
	f.drain(t)
	got := r.requests()
	if len(got) != 3 || got[1].id != got[0].id || got[1].body != got[0].body {
		t.Errorf("received %+v", got)
	}
	if _, wrong, err := f.endpoints.Redeliver(t.Context(), "none"); err != nil || len(wrong) != 1 || wrong[0].Code != content.ErrNotFound {
		t.Errorf("an unknown id: %v (%v)", wrong, err)
	}
	if _, _, _, err := f.endpoints.Update(t.Context(), e.Key, webhook.Settings{Enabled: new(false)}); err != nil {
		t.Fatal(err)
	}
	if _, wrong, err := f.endpoints.Redeliver(t.Context(), d.Key); err != nil || len(wrong) != 1 || wrong[0].Code != content.ErrNotAllowed {
		t.Errorf("to a disabled endpoint: %v (%v)", wrong, err)
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	f := newFixture(t)
	_, _, wrong, err := f.endpoints.Create(t.Context(), webhook.Settings{
		URL: new("ftp://x"), Description: new(strings.Repeat("x", 501)), Selection: new("{ wrong }"),
	})
	must(t, err)
	var got []string
	for _, w := range wrong {
		got = append(got, strings.Join(w.Field, ".")+" "+string(w.Code))
	}
	if d := cmp.Diff([]string{"input.url INVALID", "input.description TOO_LONG", "input.selection INVALID"}, got); d != "" {
		t.Errorf("wrong (-want +got):\n%s", d)
	}
	if _, _, wrong, err := f.endpoints.Create(t.Context(), webhook.Settings{Selection: new(strings.Repeat(" ", 5) + strings.Repeat("x", 10_001))}); err != nil || len(wrong) != 2 {
		t.Errorf("without an address: %v (%v)", wrong, err)
	}
	if _, _, wrong, err := f.endpoints.Update(t.Context(), "none", webhook.Settings{}); err != nil || len(wrong) != 1 || wrong[0].Code != content.ErrNotFound {
		t.Errorf("an unknown id: %v (%v)", wrong, err)
	}
	if list, err := f.store.Endpoints(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("written all the same: %v (%v)", list, err)
	}
}
