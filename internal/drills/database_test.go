package drills_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"
)

// drillNoDB starts the program before its database.
func drillNoDB(t *testing.T, s *scene) {
	t.Helper()
	s.proxy.Stop()
	h := start(t, "--mongodb-uri", s.proxy.uri())
	if got := h.status(t.Context(), h.admin+"/livez"); got != http.StatusOK {
		t.Errorf("/livez is %d", got)
	}
	if got := h.status(t.Context(), h.admin+"/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("/readyz is %d", got)
	}
	a, err := h.read(t.Context(), probe(0))
	if err != nil {
		t.Fatal(err)
	}
	if a.status != http.StatusServiceUnavailable || a.code() != "UNAVAILABLE" || a.took > within(time.Second) {
		t.Errorf("a query returns %d %s after %v", a.status, a.code(), a.took)
	}
	s.proxy.mustOpen(t)
	took := h.serves(t)
	if took > within(2*time.Second) {
		t.Errorf("it serves %v after the database has started", took)
	}
	for begun := time.Now(); h.status(t.Context(), h.admin+"/readyz") != http.StatusOK; {
		if time.Since(begun) > within(2*time.Second) {
			t.Fatal("it is not ready after the database has started")
		}
	}
	t.Logf("without a database: 503 after %v; serving %v after it came", a.took, took)
}

// drillHang drops every packet to and from the database under load: every request ends within its
// budget, and the number of goroutines does not grow.
func drillHang(t *testing.T, s *scene) {
	t.Helper()
	const budget = 2 * time.Second
	h := ready(t, "--mongodb-uri", s.proxy.uri(), "--response-cache", "off", "--entity-cache", "off", "--limit-deadline", budget.String())
	ctx, cancel := context.WithTimeout(t.Context(), 3*maxWait)
	defer cancel()
	h.load(ctx, t, time.Second, func(a *answer) {
		if !a.ok() {
			t.Errorf("before the fault: %d %+v", a.status, a.Errors)
		}
	})
	before := h.mustStats(t)
	s.proxy.mustHang(t)
	var slowest longest
	var during stats
	for range repeats(2) {
		h.load(ctx, t, 2*budget, func(a *answer) {
			slowest.note(a.took)
			if !a.ok() && a.status != http.StatusServiceUnavailable && a.status != http.StatusGatewayTimeout {
				t.Errorf("a request returns %d %+v", a.status, a.Errors)
			}
		})
		during = h.mustStats(t)
	}
	s.proxy.heal(t)
	took := h.serves(t)
	if took > within(2*time.Second) {
		t.Errorf("it serves %v after the connection was restored", took)
	}
	// A tenth more than the budget allows for the network on a busy machine.
	if got := slowest.all(); got > budget+within(budget/10) {
		t.Errorf("a request took %v, its budget is %v", got, budget)
	}
	// 16 clients need a few goroutines each on both sides of the connection.
	if during.Goroutines > before.Goroutines+300 || during.Heap > 2*before.Heap+64<<20 {
		t.Errorf("before %+v, during %+v", before, during)
	}
	h.load(ctx, t, time.Second, func(*answer) {})
	h.mustReceiveChanges(ctx, t, s)
	after := h.mustStats(t)
	if after.Goroutines > before.Goroutines+100 || after.Heap > 2*before.Heap+64<<20 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	t.Logf("slowest %v of %v, serving again after %v; before %+v, during %+v, after %+v",
		slowest.all(), budget, took, before, during, after)
}

// longest is the longest of several times; its zero value is ready for use.
type longest struct {
	mu   sync.Mutex
	took time.Duration
}

func (l *longest) note(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.took = max(l.took, d)
}

func (l *longest) all() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.took
}

// load reads with 16 clients for a while and passes every answer to report.
func (h *hub) load(ctx context.Context, t *testing.T, lasts time.Duration, report func(*answer)) {
	t.Helper()
	var clients sync.WaitGroup
	end := time.Now().Add(lasts)
	for i := range 16 {
		clients.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				a, err := h.read(ctx, probe(10_000*i+n))
				if err != nil {
					t.Errorf("a request gets no answer: %v", err)
					return
				}
				report(a)
			}
		})
	}
	clients.Wait()
}
