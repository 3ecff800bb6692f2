package drills_test

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	// concurrent is the hub's limit of concurrent operations in this drill, low enough that the
	// machine itself is not the bottleneck.
	concurrent = 4
	// slow is the latency of each answer of the database, half of it in each direction.
	slow = 50 * time.Millisecond
)

// sample is the durations of requests, by their result.
type sample struct {
	mu               sync.Mutex
	served, rejected []time.Duration
}

// percentile returns the time that so many percent stay below.
func percentile(of []time.Duration, percent int) time.Duration {
	if len(of) == 0 {
		return 0
	}
	slices.Sort(of)
	return of[(len(of)-1)*percent/100]
}

// offer sends requests at a steady rate, regardless of earlier answers, and waits for the last
// answer.
func (h *hub) offer(ctx context.Context, t *testing.T, every, lasts time.Duration) *sample {
	t.Helper()
	out, clock := &sample{}, time.NewTicker(every)
	defer clock.Stop()
	var requests sync.WaitGroup
	for n, end := 0, time.Now().Add(lasts); time.Now().Before(end); n++ {
		<-clock.C
		requests.Go(func() {
			a, err := h.read(ctx, probe(n+int(time.Now().UnixNano()%1_000_000)))
			if err != nil {
				t.Errorf("a request gets no answer: %v", err)
				return
			}
			out.mu.Lock()
			defer out.mu.Unlock()
			switch {
			case a.ok():
				out.served = append(out.served, a.took)
			case a.status == http.StatusServiceUnavailable && a.code() == "UNAVAILABLE":
				out.rejected = append(out.rejected, a.took)
			default:
				t.Errorf("a request returns %d %+v", a.status, a.Errors)
			}
		})
	}
	requests.Wait()
	return out
}

// drillOverload sends five times as many requests as can be served.
func drillOverload(t *testing.T, s *scene) {
	t.Helper()
	s.proxy.mustHarm(t, "latency", "downstream", `{"latency":50}`)
	defer s.proxy.heal(t)
	h := ready(t, "--mongodb-uri", s.proxy.uri(), "--response-cache", "off", "--entity-cache", "off", "--limit-concurrent", "4")
	ctx, cancel := context.WithTimeout(t.Context(), 3*maxWait)
	defer cancel()
	lasts := time.Duration(repeats(2)) * time.Second
	// A probe reads two collections one after the other, so this is half of the capacity.
	capacity := 2 * slow / concurrent
	calm := h.offer(ctx, t, 2*capacity, 2*time.Second)
	busy := h.offer(ctx, t, capacity/5, lasts)
	begun := time.Now()
	var recovered time.Duration
	for recovered == 0 {
		// The first round without a rejection is the return to normal.
		if round := h.offer(ctx, t, 2*capacity, 500*time.Millisecond); len(round.rejected) == 0 {
			recovered = time.Since(begun)
		} else if time.Since(begun) > within(5*time.Second) {
			t.Fatal("it does not return to normal")
		}
	}
	if len(busy.rejected) == 0 || len(busy.served) == 0 {
		t.Fatalf("%d were served and %d rejected", len(busy.served), len(busy.rejected))
	}
	before, after, no := percentile(calm.served, 50), percentile(busy.served, 50), percentile(busy.rejected, 99)
	if after > within(2*before) {
		t.Errorf("served requests take %v under overload, %v before", after, before)
	}
	if no > within(50*time.Millisecond) {
		t.Errorf("the rest is rejected after %v", no)
	}
	t.Logf("calm: %v; overload: %d served in %v, %d refused in %v (99 of 100); normal again within %v",
		before, len(busy.served), after, len(busy.rejected), no, recovered)
}
