package mongodb_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/event"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// counting runs the counter of a store until the end of the test. It returns once the counter holds a number of
// collections, with a function that returns the newest state that the counter has seen.
func counting(t *testing.T, s *repository.Store, collections int) func() content.State {
	t.Helper()
	_, begun, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	f := mongodb.NewFeed(s.Store, slog.New(slog.DiscardHandler))
	f.Lead(begun.Seq, s.Counter().Note, func(at content.State, _ ...content.Change) {
		mu.Lock()
		defer mu.Unlock()
		begun = at
	})
	run(t, f)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Counter().Run(ctx, func(err error) { t.Error(err) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	patience, stop := context.WithTimeout(t.Context(), feedTimeout)
	defer stop()
	if !s.Counter().Await(patience, collections) {
		t.Fatal("the counter is not ready")
	}
	return func() content.State {
		mu.Lock()
		defer mu.Unlock()
		return begun
	}
}

// commands returns an option that counts the commands in contexts with the key counted.
func commands(n *atomic.Int64) func(*mongodb.Options) {
	return func(o *mongodb.Options) {
		o.CountFrom = 1
		o.Monitor = &mongodb.Monitor{Started: func(ctx context.Context, _ *event.CommandStartedEvent) {
			if ctx.Value(ours{}) != nil {
				n.Add(1)
			}
		}}
	}
}

// ours is the key of contexts whose commands are counted.
type ours struct{}

// TestCountsInMemoryNeedNoCommand counts what the counter holds, and what it does not.
func TestCountsInMemoryNeedNoCommand(t *testing.T) {
	var n atomic.Int64
	s := storetest.Open(t, commands(&n))
	library(t, s)
	state := counting(t, s, 4)
	if entries, bytes := s.Counter().Size(); entries != 2*(40+3) || bytes < 40*entries {
		t.Errorf("%d entries are held in %d bytes", entries, bytes)
	}
	c := s.At(content.Published).Patterns
	for name, test := range map[string]struct {
		filter *filter
		scope  content.Scope
		held   bool
	}{
		"all":                 {nil, content.Scope{}, true},
		"an enum":             {&filter{Category: &content.PatternCategoryFilter{In: []content.PatternCategory{"SCALING"}}}, content.Scope{}, true},
		"two conditions":      {&filter{Enhanced: new(true), ReadingMinutes: &content.IntFilter{Gt: new(2)}}, content.Scope{}, true},
		"a part of a tag":     {&filter{Tags: &content.TextFilter{Contains: new("ätn")}}, content.Scope{}, true},
		"a relation":          {nil, content.Scope{Ref: content.RefTo("tier", "gold")}, true},
		"keys":                {nil, content.Scope{Keys: "p01\np02\nnobody"}, true},
		"nested":              {&filter{Or: []*filter{{Enhanced: new(true)}, {Not: &filter{ReadingMinutes: &content.IntFilter{Lte: new(1)}}}}}, content.Scope{}, true},
		"a name":              {&filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{StartsWith: new("b")}}}, content.Scope{}, false},
		"a relation no facet": {nil, content.Scope{Ref: content.RefTo("relations.pattern", "p01")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			want, err := c.Count(t.Context(), content.FilterOrNil(test.filter), test.scope)
			if err != nil {
				t.Fatal(err)
			}
			before := n.Load()
			got, err := c.Count(context.WithValue(content.ReadOne(t.Context(), state), ours{}, true), content.FilterOrNil(test.filter), test.scope)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("in the database (-) and in memory (+): %v\n%s", err, diff)
			}
			if held := n.Load() == before; held != test.held {
				t.Errorf("counted in memory: %v, want %v", held, test.held)
			}
		})
	}
}

// TestCountsAreAsOfTheirState counts at each state of a database that changes, while the counter follows, and
// compares with the database at the same state.
func TestCountsAreAsOfTheirState(t *testing.T) {
	s := storetest.Open(t, func(o *mongodb.Options) { o.CountFrom = 1 })
	library(t, s)
	state := counting(t, s, 4)
	written := make(chan error, 1)
	go func() { written <- scribble(t.Context(), s) }()
	q := content.FacetQuery{Fields: []string{"CATEGORY", "TAG", "TIER"}, Limit: 100}
	compared, states := 0, []content.State{}
	for running := true; running || compared < 50; compared++ {
		select {
		case err := <-written:
			if running = false; err != nil {
				t.Fatal(err)
			}
		default:
		}
		// The newest state, and one that the counter has left if anything was written meanwhile.
		states = append(states, state())
		read := states[max(0, len(states)-1-compared%4)]
		for p, g := range map[string]*content.Graph{"drafts": s.At(content.Drafts), "published": s.At(content.Published)} {
			ctx := content.ReadOne(t.Context(), func() content.State { return read })
			got, err := g.Patterns.Facets(ctx, q, content.Scope{})
			if err != nil {
				t.Fatal(err)
			}
			// A condition that the counter does not have: the database counts.
			all := q
			all.Filter = &filter{EntryFilter: content.EntryFilter{Name: &content.TextFilter{Contains: new("")}}}
			want, err := g.Patterns.Facets(ctx, all, content.Scope{})
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Fatalf("%s: in the database (-) and in memory (+): %v\n%s", p, err, diff)
			}
		}
	}
}

// TestCountsAreReadAgain adds patterns of which the counter learns only that there are some.
func TestCountsAreReadAgain(t *testing.T) {
	var n atomic.Int64
	s := storetest.Open(t, commands(&n))
	library(t, s)
	counter := s.Counter()
	_, at, err := s.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counter.Note(at)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() { defer close(done); counter.Run(ctx, func(err error) { t.Error(err) }) }()
	t.Cleanup(func() { cancel(); <-done })
	held := func() int {
		t.Helper()
		patience, stop := context.WithTimeout(t.Context(), feedTimeout)
		defer stop()
		if !counter.Await(patience, 4) {
			t.Fatal("the counter is not ready")
		}
		before := n.Load()
		read := context.WithValue(content.ReadOne(t.Context(), func() content.State { return at }), ours{}, true)
		got, err := s.At(content.Published).Patterns.Count(read, nil, content.Scope{Ref: content.RefTo("tier", "gold")})
		if err != nil || n.Load() != before {
			t.Fatalf("counted with %d commands: %v", n.Load()-before, err)
		}
		return got[0]
	}
	few := held()
	storetest.Publish(t, s, storetest.Pattern("one", "One", 1), storetest.Pattern("two", "Two", 1))
	if _, at, err = s.Now(t.Context()); err != nil {
		t.Fatal(err)
	}
	counter.Note(at, content.Change{Type: content.TypePattern, Graph: content.Published}, content.Change{Type: content.TypePattern, Graph: content.Drafts})
	if got := held(); got != few+2 {
		t.Errorf("%d patterns are counted, want %d", got, few+2)
	}
}

// scribble adds, changes, withdraws and deletes patterns at random.
func scribble(ctx context.Context, s *repository.Store) error {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		p := storetest.Pattern(fmt.Sprint("new", i), "N", r.IntN(9))
		p.Tags = []string{fmt.Sprint("tag ", r.IntN(5))}
		if _, err := s.Put(ctx, "test", p); err != nil {
			return err
		}
		if _, err := s.Publish(ctx, "test", p.ID()); err != nil {
			return err
		}
		old := content.ID{Type: content.TypePattern, Key: fmt.Sprint("new", i/2)}
		var err error
		switch i % 6 {
		case 5:
			err = s.Delete(ctx, "test", old)
		case 3:
			_, err = s.Unpublish(ctx, "test", p.ID())
		}
		if err != nil && content.CodeOf(err) != content.NotFound {
			return err
		}
	}
	return nil
}
