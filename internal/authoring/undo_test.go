package authoring_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
)

// shown is what readers and authors see of the patterns of a fixture, by graph and key. It leaves out what
// counts writes: revisions and times.
func shown(d *fixture) map[string]content.Pattern {
	out := map[string]content.Pattern{}
	for p, entries := range d.store.state.graphs {
		for id, e := range entries {
			if e, ok := e.(*content.Pattern); ok {
				q := *e
				q.Meta = content.Meta{Slug: e.Slug, Name: e.Name, Summary: e.Summary, CreatedAt: e.CreatedAt, FormerSlugs: e.FormerSlugs}
				q.Relations = slices.SortedFunc(slices.Values(e.Relations), func(a, b content.RelationRow) int {
					return cmp.Or(cmp.Compare(a.PatternKey, b.PatternKey), cmp.Compare(a.Relation, b.Relation))
				})
				out[string(p)+" "+id.Key] = q
			}
		}
	}
	return out
}

// mustBeMutual checks that published copies have symmetric relations both ways, and that an entry with the
// status PUBLISHED has no changes.
func mustBeMutual(t *testing.T, d *fixture) {
	t.Helper()
	published := d.store.state.graphs[content.Published]
	there := func(key string) bool { return published[ofPattern(key)] != nil }
	for id, e := range published {
		p, ok := e.(*content.Pattern)
		if !ok {
			continue
		}
		for _, r := range p.Relations {
			other, _ := published[ofPattern(r.PatternKey)].(*content.Pattern)
			if r.Relation.Symmetric() && (other == nil || !slices.ContainsFunc(other.Relations, func(x content.RelationRow) bool { return x.PatternKey == id.Key && x.Relation == r.Relation })) {
				t.Fatalf("%s %s %s, but not the other way", p.Slug, r.Relation, r.PatternKey)
			}
		}
		draft := d.store.state.graphs[content.Drafts][id].(*content.Pattern)
		if draft.Status == content.StatusDraft || draft.Status == content.StatusPublished && !content.UpToDate(p, draft, there) {
			t.Fatalf("%s is %s with a published copy that differs or should not be:\n%s", p.Slug, draft.Status, gocmp.Diff(p, draft))
		}
	}
}

// TestUndoBringsBackWhatWasThere undoes random writes, and after that the undo itself.
func TestUndoBringsBackWhatWasThere(t *testing.T) {
	undone := map[string]int{}
	for seed := range uint64(40) {
		random := rand.New(rand.NewPCG(seed, 3))
		d := newFixture(t)
		slugs := []string{"a", "b", "c", "d", "e"}
		ids := map[string]content.ID{}
		for step := range 60 {
			slug := slugs[random.IntN(len(slugs))]
			id, there := ids[slug]
			if !there {
				out, err := d.Save(t.Context(), me, edit(publishable(slug), content.ID{}))
				ids[slug] = accepted(t, out, err).Entries[0].ID()
				continue
			}
			what := content.Release{IDs: []content.ID{id}, Cascade: true}
			for _, other := range slugs {
				if ids[other].Key != "" && other != slug && random.IntN(3) == 0 {
					what.IDs = append(what.IDs, ids[other])
				}
			}
			before := shown(d)
			var out *content.Outcome
			var err error
			act := []string{"save", "relate", "publish", "unpublish", "delete", "restore"}[random.IntN(6)]
			switch act {
			case "save":
				out, err = d.Save(t.Context(), me, edit(&content.Pattern{Problem: fmt.Sprint("Problem ", step)}, id, "problem"))
			case "relate":
				var rows []content.RelationRow
				for _, other := range slugs {
					if ids[other].Key != "" && other != slug && random.IntN(2) == 0 {
						rows = append(rows, to(other, []content.PatternRelation{"COMPLEMENTS", "PREREQUISITE"}[random.IntN(2)]))
					}
				}
				out, err = d.Save(t.Context(), me, edit(&content.Pattern{Relations: rows}, id, "relatedPatterns"))
			case "publish":
				out, err = d.Release(t.Context(), me, what)
			case "unpublish":
				out, err = d.Withdraw(t.Context(), me, what)
			case "delete":
				out, err = d.Remove(t.Context(), me, what)
			case "restore":
				out, err = d.Restore(t.Context(), me, id, 1, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(out.Errors) > 0 || act == "save" || act == "relate" || act == "restore" || random.IntN(2) == 0 {
				continue
			}
			after := shown(d)
			done, err := d.Undo(t.Context(), me, out.Seq)
			if err != nil {
				t.Fatal(err)
			}
			if len(done.Errors)+len(done.Problems) > 0 {
				// Publishing the same again is all that leaves nothing to undo.
				if len(done.Problems) > 0 || done.Errors[0].Field[0] != "token" || act != "publish" || gocmp.Diff(before, after, cmpopts.EquateEmpty()) != "" {
					t.Fatalf("seed %d, step %d: undo of %s refused: %+v", seed, step, act, done.Errors)
				}
				continue
			}
			undone[act]++
			if diff := gocmp.Diff(before, shown(d), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d, step %d: after the undo of %s (-before +after):\n%s", seed, step, act, diff)
			}
			mustBeMutual(t, d)
			again, err := d.Undo(t.Context(), me, done.Seq)
			if act == "delete" {
				refused(t, again, err, "CONFLICT token") // deleting again is a delete
				continue
			}
			accepted(t, again, err)
			if diff := gocmp.Diff(after, shown(d), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("seed %d, step %d: after the undo of the undo of %s (-before +after):\n%s", seed, step, act, diff)
			}
			mustBeMutual(t, d)
		}
	}
	for _, act := range []string{"publish", "unpublish", "delete"} {
		if undone[act] < 20 {
			t.Errorf("only %d undone: %v", undone[act], undone)
		}
	}
}

// mustBeWrong fails unless a write is refused with these codes and fields of entries.
func mustBeWrong(t *testing.T, out *content.Outcome, err error, want map[content.ID][]string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	got := map[content.ID][]string{}
	for _, p := range out.Problems {
		for _, e := range p.UserErrors {
			got[p.EntryID] = append(got[p.EntryID], string(e.Code)+" "+strings.Join(e.Field, "."))
		}
	}
	if d := gocmp.Diff(want, got); d != "" || len(out.Errors) > 0 {
		t.Fatalf("problems (-want +got):\n%s\n%+v", d, out.Errors)
	}
}

func TestUndoLeavesWhatHasChanged(t *testing.T) {
	d := newFixture(t)
	var ids []content.ID
	for _, slug := range []string{"a", "b"} {
		out, err := d.Save(t.Context(), me, edit(publishable(slug), content.ID{}))
		ids = append(ids, accepted(t, out, err).Entries[0].ID())
	}
	out, err := d.Release(t.Context(), me, content.Release{IDs: ids})
	write := accepted(t, out, err).Seq
	out, err = d.Save(t.Context(), me, edit(&content.Pattern{Problem: "Other."}, ids[1], "problem"))
	accepted(t, out, err)
	out, err = d.Release(t.Context(), me, content.Release{IDs: ids[1:]})
	accepted(t, out, err)
	ahead, err := d.Undo(t.Context(), content.Request{By: "author", ValidateOnly: true}, write)
	if got := accepted(t, ahead, err); got.Effects == nil || !slices.Equal(got.Kept, ids[1:]) {
		t.Errorf("looking ahead: %+v", got)
	}
	out, err = d.Undo(t.Context(), me, write)
	if got := accepted(t, out, err); !slices.Equal(got.Kept, ids[1:]) || len(got.Entries) != 1 {
		t.Errorf("kept %v, wrote %d entries", got.Kept, len(got.Entries))
	}
	published := d.store.state.graphs[content.Published]
	if published[ids[0]] != nil || published[ids[1]] == nil || d.store.state.graphs[content.Drafts][ids[0]].Head().Status != content.StatusDraft {
		t.Error("the wrong entries are published")
	}
	out, err = d.Undo(t.Context(), me, write)
	refused(t, out, err, "CONFLICT token")
	out, err = d.Undo(t.Context(), me, 1)
	refused(t, out, err, "NOT_FOUND token")
}

func TestUndoIsChecked(t *testing.T) {
	for name, tt := range map[string]struct {
		act  func(*fixture, content.ID) (*content.Outcome, error)
		then func(*fixture, content.ID) (*content.Outcome, error)
		want string
	}{
		"a published entry refers to it now": {
			func(d *fixture, id content.ID) (*content.Outcome, error) {
				return d.Release(t.Context(), me, content.Release{IDs: []content.ID{id}})
			},
			func(d *fixture, _ content.ID) (*content.Outcome, error) {
				out, err := d.Save(t.Context(), me, edit(publishable("b", to("a", "PREREQUISITE")), content.ID{}))
				if err != nil {
					return nil, err
				}
				return d.Release(t.Context(), me, content.Release{IDs: []content.ID{out.Entries[0].ID()}})
			},
			"STILL_REFERENCED ",
		},
		"its slug is taken": {
			func(d *fixture, id content.ID) (*content.Outcome, error) {
				return d.Remove(t.Context(), me, content.Release{IDs: []content.ID{id}})
			},
			func(d *fixture, _ content.ID) (*content.Outcome, error) {
				return d.Save(t.Context(), me, edit(publishable("a"), content.ID{}))
			},
			"TAKEN slug",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t)
			out, err := d.Save(t.Context(), me, edit(publishable("a"), content.ID{}))
			id := accepted(t, out, err).Entries[0].ID()
			out, err = tt.act(d, id)
			write := accepted(t, out, err).Seq
			out, err = tt.then(d, id)
			accepted(t, out, err)
			out, err = d.Undo(t.Context(), me, write)
			mustBeWrong(t, out, err, map[content.ID][]string{id: {tt.want}})
		})
	}
}
