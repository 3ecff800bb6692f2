package loaders_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/loaders"
)

// flusher is an executor with no other work: it flushes as soon as a load waits.
type flusher struct {
	levels loaders.Levels
	ctx    context.Context
	waits  int
}

func (f *flusher) attach(ctx context.Context) context.Context {
	f.ctx = ctx
	return f.levels.Attach(ctx, func() { f.waits++; f.levels.Flush(f.ctx) })
}

// leveled returns the loaders of a response whose timers never fire.
func leveled(t *testing.T, f *fake) (context.Context, *loaders.Loaders, *flusher) {
	t.Helper()
	flush := &flusher{levels: loaders.Levels{Net: time.Hour}}
	ctx := flush.attach(loaders.With(t.Context(), graphOf(f), time.Hour))
	return ctx, loaders.For(ctx), flush
}

func TestLoadsGoOnWhenFlushed(t *testing.T) {
	f := laws()
	ctx, l, flush := leveled(t, f)
	if got, err := l.Laws.Load(ctx, "a"); err != nil || got.Key != "a" {
		t.Errorf("got %v, %v", got, err)
	}
	// A loaded value is returned without a wait.
	if got, err := l.Laws.LoadAll(ctx, []string{"a", "a"}); err != nil || len(got) != 2 {
		t.Errorf("got %v, %v", got, err)
	}
	if flush.waits != 1 || f.calls.Load() != 1 {
		t.Errorf("%d waits and %d calls, want one of each", flush.waits, f.calls.Load())
	}
}

func TestManyKeysWaitOnce(t *testing.T) {
	f := laws()
	ctx, l, flush := leveled(t, f)
	got, err := l.Laws.LoadAll(ctx, []string{"c", "none", "a"})
	if err != nil || len(got) != 2 || got[0].Key != "c" {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := l.Entries(ctx, []content.ID{{Type: content.TypeLaw, Key: "b"}, {Type: content.TypeLaw, Key: "a"}}); err != nil {
		t.Error(err)
	}
	if flush.waits != 2 || f.calls.Load() != 2 {
		t.Errorf("%d waits and %d calls, want one for each question", flush.waits, f.calls.Load())
	}
}

func TestFlushStartsOnlyTheResponsesOwn(t *testing.T) {
	other := &recorder{}
	l := loaders.New(time.Hour, other.read)
	f := laws()
	ctx, set, _ := leveled(t, f)
	answered := make(chan error, 1)
	lonely, cancel := context.WithCancel(loaders.Levels{Net: time.Millisecond}.Attach(t.Context(), func() {}))
	defer cancel()
	go func() {
		_, err := l.LoadMany(lonely, []int{1, 2})
		answered <- err
	}()
	if _, err := set.Laws.Load(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	// The safety net reads a load that is not flushed.
	if err := <-answered; err != nil || !slices.Equal(other.batches[0], []int{1, 2}) {
		t.Errorf("%v, %v", other.batches, err)
	}
	loaders.Levels{}.Flush(t.Context()) // nothing to do without loaders
}

// ask asks until everything is there, with a flush after each time, and returns the number of flushes.
func ask(ctx context.Context, t *testing.T, ready func() bool) (flushes int) {
	t.Helper()
	for !ready() {
		if flushes++; flushes > 5 {
			t.Fatal("nothing is ready")
		}
		loaders.Levels{}.Flush(ctx)
	}
	return flushes
}

func TestRowsAreReadTogether(t *testing.T) {
	f := laws()
	ctx, l, flush := leveled(t, f)
	rows := loaders.RowsOf(content.TypeLaw)
	keys := []string{"c", "none", "", "a", "c"}
	out := make([]any, len(keys))
	n := ask(ctx, t, func() bool {
		failed, ready := rows.Ask(ctx, keys, out)
		if failed != nil {
			t.Error(failed)
		}
		return ready
	})
	a, err := l.Laws.Load(ctx, "a")
	if err != nil || out[0].(*content.Law).Key != "c" || out[1] != nil || out[2] != nil || out[3] != any(a) || out[4] != out[0] {
		t.Errorf("got %v, %v", out, err)
	}
	if n != 1 || flush.waits != 0 || f.calls.Load() != 1 {
		t.Errorf("%d flushes, %d waits, %d reads", n, flush.waits, f.calls.Load())
	}
}

func TestAskedLoadsReturnTheErrorOfTheRead(t *testing.T) {
	f := laws()
	ctx, l, flush := leveled(t, f)
	want := errors.New("no database")
	f.err = want
	out := make([]any, 2)
	rows := loaders.RowsOf(content.TypeLaw)
	var failed []error
	ask(ctx, t, func() (ready bool) { failed, ready = rows.Ask(ctx, []string{"a", ""}, out); return ready })
	if !errors.Is(failed[0], want) || failed[1] != nil {
		t.Errorf("got %v", failed)
	}
	f.err = nil
	// The error is that of all loads until the next flush, and no read repeats.
	if _, err := l.Laws.LoadAll(ctx, []string{"a"}); !errors.Is(err, want) || f.calls.Load() != 1 {
		t.Errorf("got %v after %d reads", err, f.calls.Load())
	}
	loaders.Levels{}.Flush(ctx)
	if e, err := l.Laws.Load(ctx, "a"); err != nil || e.Key != "a" || flush.waits != 1 {
		t.Errorf("got %v, %v after %d waits", e, err, flush.waits)
	}
}

func TestErrorsOfBlockingLoadsDoNotStick(t *testing.T) {
	f := laws()
	ctx, l, _ := leveled(t, f)
	f.err = errors.New("no database")
	if _, err := l.Laws.Load(ctx, "a"); !errors.Is(err, f.err) {
		t.Errorf("got %v", err)
	}
	if _, err := l.Laws.LoadAll(ctx, []string{"b", "a"}); !errors.Is(err, f.err) {
		t.Errorf("got %v", err)
	}
	f.err = nil
	if got, err := l.Laws.Load(ctx, "a"); err != nil || got.Key != "a" || f.calls.Load() != 3 {
		t.Errorf("got %v, %v after %d reads", got, err, f.calls.Load())
	}
}

func TestTheTimerDoesNotRepeatASlowRead(t *testing.T) {
	f := laws()
	reading, gate := make(chan struct{}), make(chan struct{})
	f.before = func(keys []string) {
		if keys[0] == "a" {
			close(reading)
			<-gate
		}
	}
	timers := make(chan struct{}, 1)
	levels := loaders.Levels{Net: time.Millisecond, OnTimer: func() { timers <- struct{}{} }}
	of := loaders.With(t.Context(), graphOf(f), time.Hour)
	waiting := make(chan struct{})
	// The load runs in its own goroutine, which the executor does not wait for.
	ctx := levels.Attach(of, func() { waiting <- struct{}{} })
	slow, other := make(chan error, 1), make(chan error, 1)
	go func() { _, err := loaders.For(ctx).Laws.Load(ctx, "a"); slow <- err }()
	<-waiting
	go levels.Flush(of)
	<-reading
	// The timer reads keys without a flush, but not those that are being read.
	go func() { _, err := loaders.For(ctx).Laws.Load(ctx, "b"); other <- err }()
	<-waiting
	if err := <-other; err != nil {
		t.Error(err)
	}
	<-timers
	close(gate)
	if err := <-slow; err != nil || len(timers) > 0 || f.calls.Load() != 2 {
		t.Errorf("%d reads, %d more of them by the timer: %v", f.calls.Load(), len(timers), err)
	}
}

func TestPanicsOfTheStoreAreErrors(t *testing.T) {
	f := laws()
	ctx, l, _ := leveled(t, f)
	f.before = func([]string) { panic("out of order") }
	_, err := l.Laws.Load(ctx, "a")
	if err == nil || !strings.Contains(err.Error(), "levels_test.go:") || !strings.Contains(err.Error(), "out of order") {
		t.Errorf("got %v", err)
	}
	f.before = nil
	if got, err := l.Laws.Load(ctx, "a"); err != nil || got == nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestLargeLevelsAreReadInParts(t *testing.T) {
	f := laws()
	var sizes []int
	lost := errors.New("lost")
	f.before = func(keys []string) {
		if sizes = append(sizes, len(keys)); len(sizes) == 2 {
			f.err = lost
		}
	}
	keys := []string{"a"}
	for i := range 1500 {
		keys = append(keys, strconv.Itoa(i))
	}
	ctx, l, _ := leveled(t, f)
	if _, err := l.Laws.LoadAll(ctx, keys); !errors.Is(err, lost) || !slices.Equal(sizes, []int{1000, 501}) {
		t.Errorf("read %v: %v", sizes, err)
	}
	f.err = nil
	// The first part was read.
	if got, err := l.Laws.Load(ctx, "a"); err != nil || got.Key != "a" || len(sizes) != 2 {
		t.Errorf("got %v, %v after %v", got, err, sizes)
	}
	if got, err := l.Laws.LoadAll(ctx, keys); err != nil || len(got) != 1 || sizes[2] != 501 {
		t.Errorf("got %v, %v after %v", got, err, sizes)
	}
}
