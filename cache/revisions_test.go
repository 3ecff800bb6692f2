package cache_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"patternhub/cache"
	"patternhub/content"
)

// told is a change of the published graph.
func told(t content.EntryType, seq int64) content.Change {
	return content.Change{Seq: seq, Type: t, Graph: content.Published}
}

func TestRevisionsFollowPublishedChanges(t *testing.T) {
	r := cache.NewRevisions(map[content.EntryType]int64{content.TypePattern: 3, content.TypeTier: 5}, 6)
	questions := map[string][]string{
		"Pattern": {"Pattern"}, "Tier": {"Tier"}, "both": {"Pattern", "Tier"}, "PatternHealth": {"PatternHealth"}, "all": nil,
	}
	state := func() map[string]uint64 {
		out := map[string]uint64{}
		for name, types := range questions {
			out[name] = r.Of(types)
		}
		return out
	}
	if got := r.Of([]string{"Company"}); got != 0 {
		t.Errorf("a type without a change is %d", got)
	}
	draft := told(content.TypeTier, 10)
	draft.Graph = content.Drafts
	for _, tt := range []struct {
		name  string
		comes content.Change
		moves []string
	}{
		{"a change", told(content.TypePattern, 9), []string{"Pattern", "both", "all"}},
		{"a draft", draft, nil},
		{"a change that was known", told(content.TypePattern, 9), nil},
		{"one from before it", told(content.TypePattern, 8), nil},
		{"a late one of another type", told(content.TypeTier, 7), []string{"Tier", "both", "all"}},
		{"health", told(content.TypeHealth, 11), []string{"PatternHealth", "all"}},
	} {
		before := state()
		r.Advance(tt.comes)
		for name, now := range state() {
			if moved := now != before[name]; moved != slices.Contains(tt.moves, name) {
				t.Errorf("%s: that %s moves is %v", tt.name, name, moved)
			}
		}
	}
}

// TestRevisionsNameStates wants one number for a state however it was reached, and others for
// other states, those with the same sum of numbers among them.
func TestRevisionsNameStates(t *testing.T) {
	types := []string{"Pattern", "Tier"}
	one, two := cache.NewRevisions(nil, 0), cache.NewRevisions(map[content.EntryType]int64{content.TypeTier: 9}, 9)
	one.Advance(told(content.TypeTier, 9), told(content.TypePattern, 4))
	two.Advance(told(content.TypePattern, 3), told(content.TypePattern, 4))
	if one.Of(types) != two.Of(types) || one.Of(nil) != two.Of(nil) {
		t.Error("the same state has two numbers")
	}
	states := map[uint64]string{}
	for pattern := range int64(30) {
		for tier := range int64(30) {
			r := cache.NewRevisions(map[content.EntryType]int64{content.TypePattern: pattern, content.TypeTier: tier}, 0)
			here := fmt.Sprintf("patterns at %d and tiers at %d", pattern, tier)
			if there, ok := states[r.Of(types)]; ok {
				t.Fatalf("%s are as %s", here, there)
			}
			states[r.Of(types)] = here
		}
	}
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
	// A replica that starts reaches much at once.
	go func() { done <- r.WaitFor(t.Context(), 6) }()
	r.Begin(nil, 6)
	if err := <-done; err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.WaitFor(ctx, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want its context's error", err)
	}
	if r.Seen() != 6 {
		t.Errorf("seen is %d", r.Seen())
	}
}
