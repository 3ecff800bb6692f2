package mongodb_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/repository/storetest"
)

func TestLeases(t *testing.T) {
	s := storetest.Open(t)
	take := func(holder string, length time.Duration) *content.Lease {
		t.Helper()
		l, err := s.TakeLease(t.Context(), "work", holder, length)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	save := func(l *content.Lease, state string) bool {
		t.Helper()
		l.State = []byte(state)
		ok, err := s.SaveLease(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	if l, err := s.LeaseByName(t.Context(), "work"); l != nil || err != nil {
		t.Errorf("a lease that nobody had: %v, %v", l, err)
	}
	first := take("a", time.Hour)
	if first == nil || first.Epoch != 1 {
		t.Fatalf("the first lease is %v", first)
	}
	if l := take("b", time.Hour); l != nil {
		t.Errorf("another process took it: %v", l)
	}
	if !save(first, "one") {
		t.Error("its holder cannot save")
	}
	if again := take("a", -time.Second); again == nil || again.Epoch != 1 || string(again.State) != "one" {
		t.Errorf("renewed by its holder it is %v", again)
	}
	second := take("b", time.Hour) // its time is over
	if second == nil || second.Epoch != 2 || string(second.State) != "one" {
		t.Fatalf("taken over it is %v", second)
	}
	if save(first, "late") {
		t.Error("the holder of an older epoch saves")
	}
	if err := s.EndLease(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if l := take("a", time.Hour); l != nil {
		t.Errorf("the holder of an older epoch ended it: %v", l)
	}
	if err := s.EndLease(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if third := take("a", time.Hour); third == nil || third.Epoch != 3 {
		t.Errorf("after its end it is %v", third)
	}
	got, err := s.LeaseByName(t.Context(), "work")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&content.Lease{Name: "work", Holder: "a", Epoch: 3, State: []byte("one")}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOneOfManyTakesALease lets many processes want a lease that none has.
func TestOneOfManyTakesALease(t *testing.T) {
	s := storetest.Open(t)
	var mu sync.Mutex
	holders := 0
	var running sync.WaitGroup
	for _, holder := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		running.Go(func() {
			l, err := s.TakeLease(t.Context(), "work", holder, time.Hour)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			if l != nil {
				holders++
			}
		})
	}
	running.Wait()
	if holders != 1 {
		t.Errorf("%d processes have it", holders)
	}
}
