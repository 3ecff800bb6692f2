package authoring_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// TestAValidatedWriteSaysWhatTheWriteDoes runs random writes, each validated first. A validation changes
// nothing, finds the faults that the write finds, and names the copies that the write then changes, field
// by field.
func TestAValidatedWriteSaysWhatTheWriteDoes(t *testing.T) {
	t.Parallel()
	accepted, seen := 0, map[string]bool{}
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 1))
		d := newFixture(t)
		var ids []content.ID
		for range 25 {
			act, name := randomWrite(random, d, ids)
			before := d.store.state.clone()
			dry, err := act(t.Context(), content.Request{By: "author", Key: "k", Hash: "h", ValidateOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before.graphs, d.store.state.graphs); diff != "" || len(before.changes) != len(d.store.state.changes) || len(d.store.state.answers) > 0 {
				t.Fatalf("seed %d: a validated %s wrote: %s", seed, name, diff)
			}
			out, err := act(t.Context(), me)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(out.Errors, dry.Errors); diff != "" {
				t.Fatalf("seed %d: %s finds other faults: %s", seed, name, diff)
			}
			if (dry.Effects == nil) != (len(out.Errors) > 0) || out.Effects != nil || len(dry.Entries) > 0 || dry.Seq != 0 {
				t.Fatalf("seed %d: the outcome of a validated %s is %+v", seed, name, dry)
			}
			if dry.Effects == nil {
				continue
			}
			accepted++
			seen[name] = true
			for _, e := range out.Entries {
				if id := e.Head().ID(); !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
			compareEffects(t, fmt.Sprintf("seed %d: %s", seed, name), before, d.store.state, dry.Effects)
		}
	}
	if accepted < 100 || len(seen) < 5 {
		t.Errorf("%d writes of the kinds %v were accepted", accepted, seen)
	}
}

// compareEffects compares the effects of a write with what it has changed.
func compareEffects(t *testing.T, what string, before, after state, effects *content.WriteEffects) {
	t.Helper()
	slugs := func(id content.ID) string {
		for _, s := range []state{after, before} {
			if e := s.graphs[content.Drafts][id]; e != nil {
				return e.Head().Slug
			}
		}
		return ""
	}
	if effects.Count != len(effects.Entries) {
		t.Errorf("%s: %d effects are counted, and %d listed", what, effects.Count, len(effects.Entries))
	}
	told := map[content.Perspective]map[content.ID]bool{content.Drafts: {}, content.Published: {}}
	for _, e := range effects.Entries {
		id := created(before, after)
		if e.Target != nil {
			id = *e.Target
		}
		told[e.Graph][id] = true
		was, is := before.graphs[e.Graph][id], after.graphs[e.Graph][id]
		if e.Removed != (is == nil) {
			t.Errorf("%s: whether %v is removed from %s: %v", what, id, e.Graph, e.Removed)
		}
		if is == nil {
			continue
		}
		if e.Name != is.Head().Name || e.ResourcePath != is.Head().ResourcePath() {
			t.Errorf("%s: %v has the name %q and the path %q", what, id, e.Name, e.ResourcePath)
		}
		if diff := cmp.Diff(content.Diff(was, is, slugs), e.Changes); diff != "" {
			t.Errorf("%s: the changes of %v in %s (-written +told): %s", what, id, e.Graph, diff)
		}
	}
	for graph, copies := range after.graphs {
		for id, is := range copies {
			was := before.graphs[graph][id]
			if (was == nil || len(content.Changed(was, is)) > 0) && !told[graph][id] {
				t.Errorf("%s: nothing tells that %v changes in %s", what, id, graph)
			}
		}
		for id := range before.graphs[graph] {
			if copies[id] == nil && !told[graph][id] {
				t.Errorf("%s: nothing tells that %v leaves %s", what, id, graph)
			}
		}
	}
}

// created returns the id of the entry that only the later state has.
func created(before, after state) content.ID {
	for id := range after.graphs[content.Drafts] {
		if before.graphs[content.Drafts][id] == nil {
			return id
		}
	}
	return content.ID{}
}

// randomWrite returns a write of one of the kinds, which can be run twice, with its name.
func randomWrite(random *rand.Rand, d *fixture, ids []content.ID) (func(context.Context, content.Request) (*content.Outcome, error), string) {
	some := func() []content.ID {
		var out []content.ID
		for _, id := range ids {
			if random.IntN(3) == 0 {
				out = append(out, id)
			}
		}
		return out
	}
	slug := fmt.Sprintf("p%d", random.IntN(6))
	p := publishable(slug)
	if other := fmt.Sprintf("p%d", random.IntN(6)); random.IntN(2) == 0 && other != slug {
		p.Relations = append(p.Relations, to(other, []content.PatternRelation{"COMPLEMENTS", "USES"}[random.IntN(2)]))
	}
	what := content.Release{IDs: some(), Cascade: random.IntN(2) == 0}
	kind := random.IntN(8)
	if len(ids) == 0 || kind < 2 {
		return func(ctx context.Context, r content.Request) (*content.Outcome, error) {
			return d.Save(ctx, r, edit(p, content.ID{}))
		}, "create"
	}
	id := ids[random.IntN(len(ids))]
	switch kind {
	case 2, 3:
		p.Name = fmt.Sprintf("Name %d", random.IntN(100))
		return func(ctx context.Context, r content.Request) (*content.Outcome, error) {
			return d.Save(ctx, r, edit(p, id, "name", "relatedPatterns"))
		}, "update"
	case 4:
		return func(ctx context.Context, r content.Request) (*content.Outcome, error) {
			return d.Withdraw(ctx, r, what)
		}, "unpublish"
	case 5:
		what.IDs = []content.ID{id}
		return func(ctx context.Context, r content.Request) (*content.Outcome, error) { return d.Remove(ctx, r, what) }, "delete"
	case 6:
		revision := 1 + random.IntN(3)
		return func(ctx context.Context, r content.Request) (*content.Outcome, error) {
			return d.Restore(ctx, r, id, revision, nil)
		}, "restore"
	}
	return func(ctx context.Context, r content.Request) (*content.Outcome, error) { return d.Release(ctx, r, what) }, "publish"
}
