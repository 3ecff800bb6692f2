package advisor_test

import (
	"context"
	"errors"
	"testing"

	"patternhub/advisor"
	"patternhub/content"
	"patternhub/mongodb"
	"patternhub/mongodb/mongotest"
)

func TestMain(m *testing.M) { mongotest.Main(m) }

// mustStore opens a store whose writes are told to a network, as the hub does it.
func mustStore(t *testing.T) (*mongodb.Store, *advisor.Live) {
	t.Helper()
	var live *advisor.Live
	uri, database := mongotest.Open(t)
	store, err := mongodb.Open(mongodb.Options{
		URI: uri, Database: database,
		Render:    func(content.EntryType, string, string) content.RichText { return content.RichText{} },
		Committed: func(changes []content.Change) { live.Note(changes...) },
	})
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

// mustPut writes a pattern that has others as prerequisites, and publishes it.
func mustPut(t *testing.T, store *mongodb.Store, p *content.Pattern, publish bool, on ...string) {
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

// dependents counts what rests on a pattern in a perspective; -1 where it is unknown.
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

// TestNetworkFollowsChanges writes, publishes, renames and deletes, and asks after each step.
func TestNetworkFollowsChanges(t *testing.T) {
	store, live := mustStore(t)
	a, b, c := named("a"), named("b"), named("c")
	if got := dependents(t, live, content.Published, "a"); got != -1 {
		t.Errorf("nothing is there, but %d", got)
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

// TestNetworkIsKept: a question after no change reads nothing.
func TestNetworkIsKept(t *testing.T) {
	store, live := mustStore(t)
	mustPut(t, store, named("a"), true)
	first, err := live.Network(t.Context(), content.Published)
	if err != nil {
		t.Fatal(err)
	}
	live.Note(content.Change{Type: content.TypeLaw, Graph: content.Published, Key: "x"})
	live.Note(content.Change{Type: content.TypePattern, Graph: content.Drafts, Key: "a"})
	if again, err := live.Network(t.Context(), content.Published); err != nil || again != first {
		t.Errorf("another network after changes that do not matter: %v", err)
	}
	live.Note(content.Change{Type: content.TypePattern, Graph: content.Published, Key: "a"})
	if again, err := live.Network(t.Context(), content.Published); err != nil || again == first {
		t.Errorf("the same network after a change: %v", err)
	}
}

// TestNetworkComesBack: a change that could not be read is read the next time.
func TestNetworkComesBack(t *testing.T) {
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
