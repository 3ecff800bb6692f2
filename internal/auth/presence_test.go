package auth_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/auth"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

// hall is two replicas that report presence, at a time that the test moves, with the people Ada and Bob.
type hall struct {
	*clock
	store    *repository.Store
	here     *auth.Presences
	there    *auth.Presences
	ada, bob *content.Person
}

func openHall(t *testing.T) *hall {
	t.Helper()
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{URI: uri, Database: database}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close(context.WithoutCancel(t.Context())) })
	h := &hall{clock: &clock{at: time.Now().UTC().Truncate(time.Second)}, store: store}
	people := auth.NewPeople(store, h.now)
	names := auth.NewNames(auth.NewKeys(store, h.now), people, h.now)
	h.here, h.there = auth.NewPresences(store, names, h.now), auth.NewPresences(store, names, h.now)
	for who, name := range map[**content.Person]string{&h.ada: "Ada", &h.bob: "Bob"} {
		if *who, err = people.Invite(t.Context(), name, "", content.RoleAuthor); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

// entry returns the id of a pattern.
func entry(key string) content.ID { return content.ID{Type: content.TypePattern, Key: key} }

// next looks on the second replica and returns the next event of a subscription there.
func (h *hall) next(t *testing.T, events <-chan *content.EntryPresence) *content.EntryPresence {
	t.Helper()
	if err := h.there.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case e := <-events:
		return e
	case <-t.Context().Done():
		return nil
	}
}

// TestPresenceIsSeenOnOtherReplicas lets people come, move, and go. Each step makes one event, so one too many
// would be in the place of the next.
func TestPresenceIsSeenOnOtherReplicas(t *testing.T) {
	h := openHall(t)
	saga, law := entry("saga"), content.ID{Type: content.TypeLaw, Key: "saga"}
	events := h.there.Watch(t.Context(), h.bob.Key, []content.ID{saga})
	beat := func(who *content.Person, id content.ID, field *string) func() {
		return func() {
			ends, err := h.here.Beat(t.Context(), who.Key, id, field)
			if err != nil || !ends.Equal(h.now().Add(15*time.Second)) {
				t.Fatalf("a sign until %v: %v", ends, err)
			}
		}
	}
	pass := func(d time.Duration) func() { return func() { h.at = h.at.Add(d) } }
	ada := content.PresentPerson{Name: "Ada"}
	adaThere := content.PresentPerson{Name: "Ada", Field: new("problem")}
	bob := content.PresentPerson{Name: "Bob", Field: new("name"), IsViewer: true}
	for _, step := range []struct {
		name string
		acts []func()
		want []content.PresentPerson
	}{
		{"Ada comes", []func(){beat(h.ada, saga, nil)}, []content.PresentPerson{ada}},
		{"she stays, others are elsewhere, and she moves", []func(){
			pass(time.Second), beat(h.ada, saga, nil), beat(h.bob, law, nil), beat(h.bob, entry("outbox"), nil), func() { h.look(t) }, pass(time.Second), beat(h.ada, saga, new("problem")),
		}, []content.PresentPerson{adaThere}},
		{"Bob comes", []func(){pass(10 * time.Second), beat(h.bob, saga, new("name"))}, []content.PresentPerson{adaThere, bob}},
		{"15 seconds after her last sign", []func(){pass(5*time.Second - time.Millisecond), func() { h.look(t) }, pass(time.Millisecond)}, []content.PresentPerson{bob}},
		{"all are gone", []func(){pass(time.Minute)}, []content.PresentPerson{}},
	} {
		for _, act := range step.acts {
			act()
		}
		if d := cmp.Diff(&content.EntryPresence{Target: saga, People: step.want}, h.next(t, events)); d != "" {
			t.Errorf("%s (-want +got): %s", step.name, d)
		}
	}
}

// look looks on the second replica, where nothing has changed.
func (h *hall) look(t *testing.T) {
	t.Helper()
	if err := h.there.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestSlowReadersGetTheNewestState does not read until the state has changed several times.
func TestSlowReadersGetTheNewestState(t *testing.T) {
	h := openHall(t)
	ctx, cancel := context.WithCancel(t.Context())
	events := h.there.Watch(ctx, h.bob.Key, []content.ID{entry("saga")})
	for i := range 5 {
		h.at = h.at.Add(time.Second)
		if _, err := h.here.Beat(t.Context(), h.ada.Key, entry("saga"), new(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
		h.look(t)
	}
	var last string
	for last != "4" {
		last = *(<-events).People[0].Field
	}
	cancel()
	h.look(t) // nobody reads any more
}

// TestSignsAreBounded shows how often a person can send a sign, and at how many entries. What has ended leaves room.
func TestSignsAreBounded(t *testing.T) {
	h := openHall(t)
	beat := func(key string) content.Code {
		_, err := h.here.Beat(t.Context(), h.ada.Key, entry(key), nil)
		return content.CodeOf(err)
	}
	for i, step := range []struct {
		after time.Duration
		key   string
		want  content.Code
	}{
		{0, "0", ""},
		{999 * time.Millisecond, "0", content.RateLimited},
		{0, "1", ""},
		{time.Millisecond, "0", ""},
		{content.PresenceLife, "0", ""},
	} {
		h.at = h.at.Add(step.after)
		if got := beat(step.key); got != step.want {
			t.Errorf("sign %d: %q, want %q", i, got, step.want)
		}
	}
	for i := range content.MaxPresenceIDs - 1 {
		if got := beat("more " + strconv.Itoa(i)); got != "" {
			t.Fatalf("entry %d: %s", i, got)
		}
	}
	if got := beat("too many"); got != content.LimitExceeded {
		t.Errorf("one more: %q", got)
	}
	h.at = h.at.Add(content.PresencePause)
	if got := beat("0"); got != "" {
		t.Errorf("one of them again: %q", got)
	}
	h.at = h.at.Add(content.PresenceLife)
	if got := beat("too many"); got != "" {
		t.Errorf("after the others have ended: %q", got)
	}
}
