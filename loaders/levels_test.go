package loaders_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"patternhub/content"
	"patternhub/loaders"
)

// flusher is an executor that has nothing else to do: whoever waits is flushed at once.
type flusher struct {
	levels loaders.Levels
	ctx    context.Context
	waits  int
}

func (f *flusher) attach(ctx context.Context) context.Context {
	f.ctx = ctx
	return f.levels.Attach(ctx, func() { f.waits++; f.levels.Flush(f.ctx) })
}

// leveled gives the loaders of a response whose timers never fire.
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
	// What is known is answered without a wait.
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
	// The net catches a load that nobody flushes.
	if err := <-answered; err != nil || !slices.Equal(other.batches[0], []int{1, 2}) {
		t.Errorf("%v, %v", other.batches, err)
	}
	loaders.Levels{}.Flush(t.Context()) // without loaders there is nothing to do
}
