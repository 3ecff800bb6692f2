package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// errEnough stops a follower that has all its changes.
var errEnough = errors.New("enough")

// feedTimeout bounds how long a test waits for changes of the feed.
const feedTimeout = 20 * time.Second

// follow collects changes from since until it has n of them.
func follow(ctx context.Context, f content.Feed, since int64, n int) ([]content.Change, error) {
	ctx, cancel := context.WithTimeout(ctx, feedTimeout)
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

func TestFeedDeliversEveryChangeToEveryFollowerInOrder(t *testing.T) {
	s := storetest.Open(t)
	for i := range 5 {
		storetest.Put(t, s, storetest.Pattern(fmt.Sprint("before", i), "P", 1))
	}
	f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	run(t, f)
	const writes, followers = 20, 4
	results := make(chan error, followers)
	for i := range followers {
		go func() {
			got, err := follow(context.WithoutCancel(t.Context()), f, int64(i), 5-i+writes)
			for j, c := range got {
				if c.Seq != int64(i+j+1) {
					err = fmt.Errorf("follower %d got change %d at index %d", i, c.Seq, j)
				}
			}
			results <- err
		}()
	}
	for i := range writes {
		storetest.Put(t, s, storetest.Pattern(fmt.Sprint("p", i), "P", 1))
	}
	for range followers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
}

func TestFeedDeliversWritesOfOtherReplicas(t *testing.T) {
	uri, database := "", ""
	s := storetest.Open(t, func(o *mongodb.Options) { uri, database = o.URI, o.Database })
	other, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: func(_ content.EntryType, _, m string, _ ...content.File) content.RichText {
		return content.RichText{Markdown: m}
	}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close(context.WithoutCancel(t.Context())) })
	f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	run(t, f)
	got := make(chan error, 1)
	go func() {
		_, err := follow(context.WithoutCancel(t.Context()), f, 0, 2)
		got <- err
	}()
	storetest.Put(t, s, storetest.Pattern("own", "P", 1))
	storetest.Put(t, other, storetest.Pattern("others", "P", 1))
	if err := <-got; err != nil {
		t.Error(err)
	}
}

func TestFollowerEndsWithItsContext(t *testing.T) {
	s := storetest.Open(t)
	f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	run(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := f.Follow(ctx, 0, func(content.Change) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want its context's error", err)
	}
}

func TestFeedCallsItsWatchers(t *testing.T) {
	s := storetest.Open(t)
	f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	called, others := make(chan struct{}, 100), make(chan struct{}, 100)
	stop := f.Watch(func() { called <- struct{}{} })
	stopOther := f.Watch(func() { others <- struct{}{} })
	run(t, f)
	storetest.Put(t, s, storetest.Pattern("a", "A", 1))
	var got []content.Change
	for len(got) == 0 {
		<-called
		var err error
		if got, err = f.After(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 || got[0].Key != "a" {
		t.Errorf("after the call there are %v", got)
	}
	if rest, err := f.After(t.Context(), got[0].Seq); err != nil || len(rest) != 0 {
		t.Errorf("after the last change there are %v (%v)", rest, err)
	}
	stop()
	for len(called) > 0 {
		<-called
	}
	for len(others) > 0 {
		<-others
	}
	storetest.Put(t, s, storetest.Pattern("b", "B", 1))
	<-others
	stopOther()
	if len(called) > 0 {
		t.Error("a stopped watcher was called")
	}
}
