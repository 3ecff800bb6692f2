package cache_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"patternhub/internal/cache"
	"patternhub/internal/content"
)

// publishedChange returns a change of the published graph.
func publishedChange(t content.EntryType, seq int64) content.Change {
	return content.Change{Seq: seq, Type: t, Graph: content.Published}
}

func TestGenerationsFollowPublishedChanges(t *testing.T) {
	r := cache.NewRevisions(content.State{})
	r.Begin(map[content.EntryType]int64{content.TypePattern: 3, content.TypeTier: 5}, content.State{Moment: 60, Seq: 6})
	questions := map[string][]string{
		"Pattern": {"Pattern"}, "Tier": {"Tier"}, "both": {"Pattern", "Tier"}, "PatternHealth": {"PatternHealth"}, "all": nil,
	}
	draft := publishedChange(content.TypeTier, 7)
	draft.Graph = content.Drafts
	for _, tt := range []struct {
		name  string
		seq   int64
		come  []content.Change
		moves []string
	}{
		{"a draft", 7, []content.Change{draft}, nil},
		{"a change", 8, []content.Change{publishedChange(content.TypePattern, 8)}, []string{"Pattern", "both", "all"}},
		{"nothing but time", 8, nil, nil},
		{"health", 9, []content.Change{publishedChange(content.NonEntryHealth, 9)}, []string{"PatternHealth", "all"}},
		{"several at once", 11, []content.Change{publishedChange(content.TypeTier, 10), publishedChange(content.TypePattern, 11)}, []string{"Pattern", "Tier", "both", "all"}},
	} {
		before, _ := r.Now()
		state := content.State{Moment: before.Moment + 1, Seq: tt.seq}
		r.Advance(state, tt.come...)
		now, _ := r.Now()
		if now.State != state {
			t.Errorf("%s: the state is %+v", tt.name, now.State)
		}
		for name, types := range questions {
			if moved := now.Of(types) != before.Of(types); moved != slices.Contains(tt.moves, name) {
				t.Errorf("%s: that %s moves is %v", tt.name, name, moved)
			}
		}
		if before.State == state || before.Of(nil) > now.Of(nil) {
			t.Errorf("%s: the older generation was modified", tt.name)
		}
	}
	if now, _ := r.Now(); now.Of([]string{"Company"}) != 0 {
		t.Errorf("a type without a change is %d", now.Of([]string{"Company"}))
	}
}

// TestReplicasNameStatesAlike: a state has one number, regardless of how it was reached.
func TestReplicasNameStatesAlike(t *testing.T) {
	one, two := cache.NewRevisions(content.State{}), cache.NewRevisions(content.State{})
	one.Advance(content.State{Seq: 4}, publishedChange(content.TypePattern, 3), publishedChange(content.TypePattern, 4))
	one.Advance(content.State{Seq: 9}, publishedChange(content.TypeTier, 9))
	two.Begin(map[content.EntryType]int64{content.TypeTier: 9, content.TypePattern: 4}, content.State{Seq: 9})
	a, _ := one.Now()
	b, _ := two.Now()
	for _, types := range [][]string{nil, {"Pattern"}, {"Tier"}, {"Tier", "Pattern"}} {
		if a.Of(types) != b.Of(types) {
			t.Errorf("%v has two numbers, %d and %d", types, a.Of(types), b.Of(types))
		}
	}
}

func TestOwnWritesAreWaitedFor(t *testing.T) {
	r := cache.NewRevisions(content.State{Seq: 2})
	if _, current := r.Now(); !current {
		t.Error("not current without a write")
	}
	r.Owe(4)
	r.Owe(3)
	if _, current := r.Now(); current {
		t.Error("current without its own write")
	}
	done := make(chan error, 1)
	go func() { done <- r.WaitFor(t.Context(), 0) }()
	r.Advance(content.State{Seq: 3})
	r.Advance(content.State{Seq: 4})
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, current := r.Now(); !current {
		t.Error("not current with its own write")
	}
}

func TestWaitForEndsWhenTheFeedArrives(t *testing.T) {
	r := cache.NewRevisions(content.State{Seq: 2})
	if err := r.WaitFor(t.Context(), 2); err != nil {
		t.Error(err)
	}
	done := make(chan error, 1)
	go func() { done <- r.WaitFor(t.Context(), 4) }()
	r.Advance(content.State{Seq: 3})
	r.Advance(content.State{Seq: 4})
	if err := <-done; err != nil {
		t.Error(err)
	}
	// A replica that starts receives many changes at once.
	go func() { done <- r.WaitFor(t.Context(), 6) }()
	r.Begin(nil, content.State{Seq: 6})
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.WaitFor(ctx, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want its context's error", err)
	}
}
