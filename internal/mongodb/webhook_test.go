package mongodb_test

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// noon is the time at which the deliveries of these tests are created.
func noon() time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC) }

// queued stores pending deliveries. Each is given as "endpoint entry"; its Seq is its index from 1.
func queued(t *testing.T, s *repository.Store, list ...string) {
	t.Helper()
	var out []*content.WebhookDelivery
	for i, x := range list {
		endpoint, entry, _ := strings.Cut(x, " ")
		seq := int64(i + 1)
		next := noon()
		out = append(out, &content.WebhookDelivery{
			Key: content.DeliveryKey(endpoint, seq), EndpointKey: endpoint, Seq: seq, Event: content.EventPublished,
			Type: content.TypeLaw, EntryKey: entry, Status: content.DeliveryPending, NextAt: &next, CreatedAt: noon(),
		})
	}
	if err := s.Fan(t.Context(), out, int64(len(list))); err != nil {
		t.Fatal(err)
	}
}

func due(t *testing.T, s *repository.Store, at time.Time) string {
	t.Helper()
	found, err := s.DueDeliveries(t.Context(), at, 100)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range found {
		out = append(out, d.Key)
	}
	return strings.Join(out, " ")
}

func TestDueDeliveriesAreTheOldestOfEachEntry(t *testing.T) {
	s := storetest.Open(t)
	queued(t, s, "e a", "e b", "e a", "f a", "e b")
	if got := due(t, s, noon()); got != "e.1 e.2 f.4" {
		t.Errorf("due are %s", got)
	}
	if got := due(t, s, noon().Add(-time.Second)); got != "" {
		t.Errorf("before their time due are %s", got)
	}
	later := noon().Add(time.Hour)
	attempt := content.WebhookAttempt{At: noon(), StatusCode: 500}
	for key, next := range map[string]*time.Time{"e.1": &later, "e.2": nil} {
		status := content.DeliveryPending
		if next == nil {
			status = content.DeliveryDone
		}
		if err := s.Attempted(t.Context(), key, attempt, status, next); err != nil {
			t.Fatal(err)
		}
	}
	if got := due(t, s, noon()); got != "f.4 e.5" {
		t.Errorf("after attempts due are %s", got)
	}
	if got := due(t, s, later); got != "e.1 f.4 e.5" {
		t.Errorf("an hour later due are %s", got)
	}
	d, err := s.DeliveryByKey(t.Context(), "e.1")
	if err != nil || d.Tries != 1 || len(d.Attempts) != 1 || d.Attempts[0].StatusCode != http.StatusInternalServerError {
		t.Errorf("delivery %+v (%v)", d, err)
	}
}

func TestOnlyOneReplicaClaimsADelivery(t *testing.T) {
	s := storetest.Open(t)
	queued(t, s, "e a")
	const replicas = 8
	won := make(chan bool, replicas)
	for range replicas {
		go func() {
			d, err := s.Claim(context.WithoutCancel(t.Context()), "e.1", noon(), noon().Add(time.Minute))
			if err != nil {
				t.Error(err)
			}
			won <- d != nil
		}()
	}
	n := 0
	for range replicas {
		if <-won {
			n++
		}
	}
	if n != 1 || due(t, s, noon()) != "" {
		t.Errorf("%d replicas have it, due are %q", n, due(t, s, noon()))
	}
	if got := due(t, s, noon().Add(time.Minute)); got != "e.1" {
		t.Errorf("when the lease has ended due are %q", got)
	}
}

func TestRepeatedFanChangesNothing(t *testing.T) {
	s := storetest.Open(t)
	queued(t, s, "e a", "e b")
	if err := s.KeepBody(t.Context(), "e.1", "body"); err != nil {
		t.Fatal(err)
	}
	if err := s.Attempted(t.Context(), "e.1", content.WebhookAttempt{At: noon()}, content.DeliveryDone, nil); err != nil {
		t.Fatal(err)
	}
	queued(t, s, "e a")
	if err := s.KeepBody(t.Context(), "e.1", "another"); err != nil {
		t.Fatal(err)
	}
	d, err := s.DeliveryByKey(t.Context(), "e.1")
	if err != nil || d.Status != content.DeliveryDone || *d.Body != "body" {
		t.Errorf("delivery %+v (%v)", d, err)
	}
	if at, err := s.Fanned(t.Context()); err != nil || at != 2 {
		t.Errorf("the position went back to %d (%v)", at, err)
	}
}

func TestEndpointsAreBoundedAndCheckedForConflicts(t *testing.T) {
	s := storetest.Open(t)
	for i := range content.MaxEndpoints {
		if err := s.PutEndpoint(t.Context(), &content.WebhookEndpoint{Key: strconv.Itoa(i), URL: "https://example.org"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutEndpoint(t.Context(), &content.WebhookEndpoint{Key: "more"}); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("one too many: %v", err)
	}
	a, err := s.EndpointByKey(t.Context(), "1")
	if err != nil {
		t.Fatal(err)
	}
	b := *a
	if err := s.PutEndpoint(t.Context(), a); err != nil {
		t.Error(err)
	}
	if err := s.PutEndpoint(t.Context(), &b); content.CodeOf(err) != content.Conflict {
		t.Errorf("a stale write: %v", err)
	}
	queued(t, s, "1 a", "2 a")
	if ok, err := s.DeleteEndpoint(t.Context(), "1"); err != nil || !ok {
		t.Errorf("delete: %v (%v)", ok, err)
	}
	if ok, err := s.DeleteEndpoint(t.Context(), "1"); err != nil || ok {
		t.Errorf("delete again: %v (%v)", ok, err)
	}
	if got := due(t, s, noon()); got != "2.2" {
		t.Errorf("due are %s", got)
	}
}

func TestTheLogOfDeliveries(t *testing.T) {
	s := storetest.Open(t)
	queued(t, s, "e a", "e b", "f a", "e a", "f b")
	if err := s.Attempted(t.Context(), "e.1", content.WebhookAttempt{At: noon()}, content.DeliveryDone, nil); err != nil {
		t.Fatal(err)
	}
	id := func(noun content.EntryType, key string) *content.ID { return &content.ID{Type: noun, Key: key} }
	third := &content.Position{Value: float64(3), Key: "f.3"}
	for name, tt := range map[string]struct {
		filter *content.WebhookDeliveryFilter
		window content.Window
		want   string
		total  int
	}{
		"all":         {nil, content.Window{Limit: 10}, "f.5 e.4 f.3 e.2 e.1", 5},
		"first two":   {nil, content.Window{Limit: 2}, "f.5 e.4 more", 5},
		"after":       {nil, content.Window{Limit: 10, After: third}, "e.2 e.1", 5},
		"last two":    {nil, content.Window{Limit: 2, Backward: true}, "e.2 e.1", 5},
		"before":      {nil, content.Window{Limit: 10, Backward: true, Before: third}, "f.5 e.4 more", 5},
		"endpoint":    {&content.WebhookDeliveryFilter{Endpoint: id(content.NonEntryWebhookEndpoint, "f")}, content.Window{Limit: 10}, "f.5 f.3", 2},
		"entry":       {&content.WebhookDeliveryFilter{Entry: id(content.TypeLaw, "a")}, content.Window{Limit: 10}, "e.4 f.3 e.1", 3},
		"status":      {&content.WebhookDeliveryFilter{Status: &content.WebhookStatusFilter{In: []content.WebhookStatus{"DELIVERED"}}}, content.Window{Limit: 10}, "e.1", 1},
		"not status":  {&content.WebhookDeliveryFilter{Status: &content.WebhookStatusFilter{NotIn: []content.WebhookStatus{"PENDING"}}}, content.Window{Limit: 10}, "e.1", 1},
		"other event": {&content.WebhookDeliveryFilter{Event: &content.WebhookEventFilter{In: []content.WebhookEvent{content.EventUnpublished}}}, content.Window{Limit: 10}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			found, err := s.Deliveries(t.Context(), tt.filter, tt.window)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range found.Items {
				got = append(got, d.Key)
			}
			if found.HasNext && tt.window.After == nil {
				got = append(got, "more")
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
			if n, err := s.CountDeliveries(t.Context(), tt.filter); err != nil || n != tt.total {
				t.Errorf("counted %d, want %d (%v)", n, tt.total, err)
			}
		})
	}
}

func TestPruneRetainsUnreadChanges(t *testing.T) {
	s := storetest.Open(t)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	storetest.Publish(t, s, storetest.Pattern("a", "A", 1))
	if err := s.Fan(t.Context(), nil, 2); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Prune(t.Context(), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)); err != nil || n != 2 {
		t.Errorf("%d changes were deleted (%v), want 2, those up to the position", n, err)
	}
	left, err := s.Changes(t.Context(), 0, 10)
	if err != nil || !slices.ContainsFunc(left, func(c content.Change) bool { return c.Seq == 3 }) {
		t.Errorf("left are %v (%v)", left, err)
	}
}

func TestLastPublish(t *testing.T) {
	s := storetest.Open(t)
	a := storetest.Pattern("a", "A", 1)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	storetest.Publish(t, s, a)
	storetest.Put(t, s, again(a, "draft", 1))
	got, err := s.LastPublish(t.Context(), content.Change{Seq: 100, Type: content.TypePattern, Key: "a"})
	if err != nil || got == nil || got.Revision != 1 || got.Seq != 5 {
		t.Errorf("got %+v (%v)", got, err)
	}
	if got, err := s.LastPublish(t.Context(), content.Change{Seq: 5, Type: content.TypePattern, Key: "a"}); err != nil || got != nil {
		t.Errorf("before the first there is %+v (%v)", got, err)
	}
}
