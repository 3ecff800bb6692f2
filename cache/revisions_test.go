package cache_test

import (
	"context"
	"errors"
	"testing"

	"patternhub/cache"
	"patternhub/content"
)

func TestRevisionsFollowPublishedChanges(t *testing.T) {
	r := cache.NewRevisions(map[content.EntryType]int64{content.TypePattern: 3, content.TypeTier: 5}, 6)
	check := func(want uint64, types ...string) {
		t.Helper()
		if got := r.Of(types); got != want {
			t.Errorf("of %v: %d, want %d", types, got, want)
		}
	}
	check(3, "Pattern")
	check(5, "Pattern", "Tier")
	check(5)
	check(0, "Company")
	r.Advance(content.Change{Seq: 9, Type: content.TypePattern, Graph: content.Published}, content.Change{Seq: 10, Type: content.TypeTier, Graph: content.Drafts})
	check(9, "Pattern")
	check(5, "Tier")
	r.Advance(content.Change{Seq: 8, Type: content.TypePattern, Graph: content.Published}, content.Change{Seq: 11, Type: content.TypeHealth, Graph: content.Published})
	check(9, "Pattern")
	check(11, "PatternHealth")
	check(11)
}

func TestWaitForEndsWhenTheFeedArrives(t *testing.T) {
	r := cache.NewRevisions(nil, 2)
	if err := r.WaitFor(t.Context(), 2); err != nil {
		t.Error(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.WaitFor(t.Context(), 4) }()
	r.Reach(3)
	r.Reach(4)
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.WaitFor(ctx, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want its context's error", err)
	}
	if r.Seen() != 4 {
		t.Errorf("seen is %d", r.Seen())
	}
}
