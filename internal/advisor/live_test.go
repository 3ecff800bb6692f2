package advisor_test

import (
	"context"
	"errors"
	"testing"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// mustStore opens a store that reports its writes to a network, as in the hub.
func mustStore(t *testing.T) (*repository.Store, *advisor.Live) {
	t.Helper()
	var live *advisor.Live
	uri, database := mongotest.Open(t)
	store, err := repository.Open(mongodb.Options{
		URI: uri, Database: database,
		Render:    func(content.EntryType, string, string, ...content.File) content.RichText { return content.RichText{} },
		Committed: func(changes []content.Change) { live.Note(content.State{}, changes...) },
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	live = advisor.NewLive(store)
	if err := store.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store, live
}

// mustPut writes a pattern with prerequisites, and publishes it if asked.
func mustPut(t *testing.T, store *repository.Store, p *content.Pattern, publish bool, on ...string) {
	t.Helper()
	p.Type, p.Relations = content.TypePattern, nil
	for _, key := range on {
		p.Relations = append(p.Relations, content.RelationRow{PatternKey: key, Relation: "PREREQUISITE", Weight: 1})
	}
	if _, err := store.Put(t.Context(), "test", p); err != nil {
		t.Fatal(err)
	}
	if publish {
		if _, err := store.Publish(t.Context(), "test", p.ID()); err != nil {
			t.Fatal(err)
		}
	}
}

func named(slug string) *content.Pattern {
	return &content.Pattern{Meta: content.Meta{Key: slug, Slug: slug, Name: slug}}
}

// dependents counts the patterns that need one in a perspective; -1 if it is unknown.
func dependents(t *testing.T, live *advisor.Live, p content.Perspective, slug string) int {
	t.Helper()
	n, err := live.Network(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := n.Keys([]string{slug})
	if err != nil {
		return -1
	}
	impact, err := n.Impact(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	return len(impact.Dependents)
}

// TestNetworkFollowsChanges writes, publishes, renames and deletes, and queries after each step.
func TestNetworkFollowsChanges(t *testing.T) {
	store, live := mustStore(t)
	a, b, c := named("a"), named("b"), named("c")
	if got := dependents(t, live, content.Published, "a"); got != -1 {
		t.Errorf("the store is empty, but got %d", got)
	}
	mustPut(t, store, a, true)
	mustPut(t, store, b, true, "a")
	mustPut(t, store, c, false, "b")
	for name, tt := range map[string]struct {
		perspective content.Perspective
		want        int
	}{
		"drafts see drafts":          {content.Drafts, 2},
		"the published graph hasn't": {content.Published, 1},
	} {
		if got := dependents(t, live, tt.perspective, "a"); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
	c.Slug = "renamed"
	mustPut(t, store, c, true, "a")
	if got := dependents(t, live, content.Published, "a"); got != 2 {
		t.Errorf("after publishing: %d", got)
	}
	if got := dependents(t, live, content.Published, "c"); got != 0 {
		t.Errorf("by its former slug: %d", got)
	}
	if err := store.Delete(t.Context(), "test", b.ID()); err != nil {
		t.Fatal(err)
	}
	if got := dependents(t, live, content.Published, "a"); got != 1 {
		t.Errorf("after deletion: %d", got)
	}
	if got := dependents(t, live, content.Published, "b"); got != -1 {
		t.Errorf("the deleted one: %d", got)
	}
}

// TestNetworkIsCached: without a change, a call reads nothing.
func TestNetworkIsCached(t *testing.T) {
	store, live := mustStore(t)
	mustPut(t, store, named("a"), true)
	first, err := live.Network(t.Context(), content.Published)
	if err != nil {
		t.Fatal(err)
	}
	live.Note(content.State{}, content.Change{Type: content.TypeLaw, Graph: content.Published, Key: "x"})
	live.Note(content.State{}, content.Change{Type: content.TypePattern, Graph: content.Drafts, Key: "a"})
	if again, err := live.Network(t.Context(), content.Published); err != nil || again != first {
		t.Errorf("another network after changes that do not matter: %v", err)
	}
	live.Note(content.State{}, content.Change{Type: content.TypePattern, Graph: content.Published, Key: "a"})
	if again, err := live.Network(t.Context(), content.Published); err != nil || again == first {
		t.Errorf("the same network after a change: %v", err)
	}
}

// TestNetworkIsReadAgain: after a change that stands for many, a call reads all patterns.
func TestNetworkIsReadAgain(t *testing.T) {
	store, _ := mustStore(t)
	mustPut(t, store, named("a"), true)
	live := advisor.NewLive(store) // the store reports its writes to another one
	if got := dependents(t, live, content.Published, "a"); got != 0 {
		t.Fatalf("%d", got)
	}
	mustPut(t, store, named("b"), true, "a")
	live.Note(content.State{}, content.Change{Type: content.TypePattern, Graph: content.Drafts})
	if got := dependents(t, live, content.Published, "a"); got != 0 {
		t.Errorf("after changes of drafts: %d", got)
	}
	live.Note(content.State{}, content.Change{Type: content.TypePattern, Graph: content.Published})
	if got := dependents(t, live, content.Published, "a"); got != 1 {
		t.Errorf("after changes of patterns: %d", got)
	}
}

// TestNetworkRecoversFromAnError: a change that could not be read is read by the next call.
func TestNetworkRecoversFromAnError(t *testing.T) {
	store, live := mustStore(t)
	mustPut(t, store, named("a"), true)
	if got := dependents(t, live, content.Published, "a"); got != 0 {
		t.Fatalf("%d", got)
	}
	mustPut(t, store, named("b"), true, "a")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := live.Network(gone, content.Published); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	if got := dependents(t, live, content.Published, "a"); got != 1 {
		t.Errorf("after that: %d", got)
	}
	if _, err := live.Network(t.Context(), "NONE"); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("unknown perspective: %v", err)
	}
}

// TestNewerNetworkMarksTheResponse queries in a state before the last change, and in the one after it.
func TestNewerNetworkMarksTheResponse(t *testing.T) {
	store, live := mustStore(t)
	mustPut(t, store, named("a"), true)
	last, err := store.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for seq, want := range map[int64]bool{1: true, last: false} {
		ctx := content.ReadOne(t.Context(), func() content.State { return content.State{Seq: seq} })
		if _, err := live.Network(ctx, content.Published); err != nil || content.Left(ctx) != want {
			t.Errorf("the state at %d of %d: left %v, want %v (%v)", seq, last, content.Left(ctx), want, err)
		}
	}
}
