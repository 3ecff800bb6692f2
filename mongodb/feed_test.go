package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"patternhub/content"
	"patternhub/mongodb"
)

// enough ends a follower that has seen what it waited for.
var errEnough = errors.New("enough")

// patience is how long a test waits for the feed before it calls it broken.
const patience = 20 * time.Second

// follow collects changes from since until it has n of them.
func follow(ctx context.Context, f content.Feed, since int64, n int) ([]content.Change, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var got []content.Change
	err := f.Follow(ctx, since, func(c content.Change) error {
		if got = append(got, c); len(got) == n {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		return got, fmt.Errorf("after %d changes: %w", len(got), err)
	}
	return got, nil
}

func run(t *testing.T, f *mongodb.Feed) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestFeedHandsEveryChangeToEveryFollowerInOrder(t *testing.T) {
	s := open(t)
	for i := range 5 {
		mustPut(t, s, pattern(fmt.Sprint("before", i), "P", 1))
	}
	f := mongodb.NewFeed(s, slog.New(slog.DiscardHandler))
	run(t, f)
	const writes, followers = 20, 4
	results := make(chan error, followers)
	for i := range followers {
		go func() {
			got, err := follow(context.WithoutCancel(t.Context()), f, int64(i), 5-i+writes)
			for j, c := range got {
				if c.Seq != int64(i+j+1) {
					err = fmt.Errorf("follower %d got change %d in place %d", i, c.Seq, j)
				}
			}
			results <- err
		}()
	}
	for i := range writes {
		mustPut(t, s, pattern(fmt.Sprint("p", i), "P", 1))
	}
	for range followers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestFeedSeesWritesOfOtherReplicas(t *testing.T) {
	uri, database := "", ""
	s := open(t, func(o *mongodb.Options) { uri, database = o.URI, o.Database })
	other, err := mongodb.Open(mongodb.Options{URI: uri, Database: database, Render: func(_ content.EntryType, _, m string) content.RichText { return content.RichText{Markdown: m} }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close(context.WithoutCancel(t.Context())) })
	f := mongodb.NewFeed(s, slog.New(slog.DiscardHandler))
	run(t, f)
	got := make(chan error, 1)
	go func() {
		_, err := follow(context.WithoutCancel(t.Context()), f, 0, 2)
		got <- err
	}()
	mustPut(t, s, pattern("own", "P", 1))
	mustPut(t, other, pattern("others", "P", 1))
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestFollowerEndsWithItsContext(t *testing.T) {
	s := open(t)
	f := mongodb.NewFeed(s, slog.New(slog.DiscardHandler))
	run(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := f.Follow(ctx, 0, func(content.Change) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want its context's error", err)
	}
}

func TestFeedWakesItsWatchers(t *testing.T) {
	s := open(t)
	f := mongodb.NewFeed(s, slog.New(slog.DiscardHandler))
	woken, others := make(chan struct{}, 100), make(chan struct{}, 100)
	stop := f.Watch(func() { woken <- struct{}{} })
	stopOther := f.Watch(func() { others <- struct{}{} })
	run(t, f)
	mustPut(t, s, pattern("a", "A", 1))
	var got []content.Change
	for len(got) == 0 {
		<-woken
		var err error
		if got, err = f.After(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 || got[0].Key != "a" {
		t.Errorf("after a wake there is %v", got)
	}
	if rest, err := f.After(t.Context(), got[0].Seq); err != nil || len(rest) != 0 {
		t.Errorf("after all there is %v (%v)", rest, err)
	}
	stop()
	for len(woken) > 0 {
		<-woken
	}
	for len(others) > 0 {
		<-others
	}
	mustPut(t, s, pattern("b", "B", 1))
	<-others
	stopOther()
	if len(woken) > 0 {
		t.Error("a watcher that stopped is woken")
	}
}
