package repository_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

// complements returns relations to patterns that a pattern complements.
func complements(slugs ...string) []content.RelationRow {
	out := []content.RelationRow{}
	for _, slug := range slugs {
		out = append(out, content.RelationRow{PatternKey: slug, Relation: "COMPLEMENTS"})
	}
	return out
}

// describe returns the status of a copy and the slugs of the patterns that it complements; "none" if
// there is no copy.
func describe(t *testing.T, s *repository.Store, p content.Perspective, id content.ID) string {
	t.Helper()
	e := storetest.ByKey(t, s.At(p).Patterns, id.Key)
	if e == nil {
		return "none"
	}
	out := []string{string(e.Status)}
	for _, r := range e.Relations {
		out = append(out, storetest.ByKey(t, s.At(content.Drafts).Patterns, r.PatternKey).Slug)
	}
	return strings.Join(out, " ")
}

// mustState compares the working copy and the published copy of a pattern, in the form of describe.
func mustState(t *testing.T, s *repository.Store, id content.ID, draft, published string) {
	t.Helper()
	if got := describe(t, s, content.Drafts, id); got != draft {
		t.Errorf("the working copy is %q, want %q", got, draft)
	}
	if got := describe(t, s, content.Published, id); got != published {
		t.Errorf("the published copy is %q, want %q", got, published)
	}
}

func mustRelease(t *testing.T, s *repository.Store, what content.Release) *content.Outcome {
	t.Helper()
	out, err := s.Release(t.Context(), me, what)
	return mustOutcome(t, out, err)
}

func only(id content.ID) content.Release { return content.Release{IDs: []content.ID{id}} }

// published returns the published copies of some patterns by key.
func published(t *testing.T, s *repository.Store, ids []content.ID) map[string]*content.Pattern {
	t.Helper()
	out := map[string]*content.Pattern{}
	for _, id := range ids {
		found, err := s.At(content.Published).Patterns.Pages(t.Context(), []string{id.Key})
		if err != nil {
			t.Fatal(err)
		}
		if found[0] != nil {
			out[id.Key] = found[0]
		}
	}
	return out
}

// mustBeMutual checks that each symmetric relation is in both published copies or in neither, that
// the log describes each copy as it is, and that an entry with the status PUBLISHED has no changes.
func mustBeMutual(t *testing.T, s *repository.Store, ids []content.ID) {
	t.Helper()
	copies := published(t, s, ids)
	for key, p := range copies {
		for _, r := range p.Relations {
			other := copies[r.PatternKey]
			back := func(x content.RelationRow) bool { return x.PatternKey == key && x.Relation == r.Relation }
			if r.Relation.Symmetric() && (other == nil || !slices.ContainsFunc(other.Relations, back)) {
				t.Fatalf("%s %s %s, but not the other way", p.Slug, r.Relation, r.PatternKey)
			}
		}
		by, err := s.LastPublish(t.Context(), content.Change{Seq: 1 << 40, Type: content.TypePattern, Key: key})
		if err != nil || by == nil {
			t.Fatalf("%s was never published: %v", p.Slug, err)
		}
		made, err := s.Revisions(t.Context(), p.ID(), by.Revision+1, 1)
		if err != nil || len(made) == 0 || by.Revision != p.Revision {
			t.Fatalf("%s is revision %d, by the log %d (%v)", p.Slug, p.Revision, by.Revision, err)
		}
		if d := cmp.Diff(p, content.AsPublished(made[0].Entry, *by), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("%s as published, and by the log (-is +said):\n%s", p.Slug, d)
		}
		draft, err := s.At(content.Drafts).Patterns.Pages(t.Context(), []string{key})
		if err != nil {
			t.Fatal(err)
		}
		current := content.UpToDate(p, draft[0], func(key string) bool { return copies[key] != nil })
		if draft[0].Status == content.StatusPublished && !current {
			t.Fatalf("%s is PUBLISHED and has changes", p.Slug)
		}
	}
}

func TestTheMirrorOfADraftBlocksNoPublish(t *testing.T) {
	s := openAuthored(t)
	saga := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	mustRelease(t, s, only(saga))
	x := publishable("x")
	x.Relations = complements("saga")
	draft := mustSave(t, s, edit(x, content.ID{})).ID()
	mustState(t, s, saga, "CHANGED x", "PUBLISHED")

	// An edit of the other side is published without the draft, which no cascade adds.
	mustSave(t, s, edit(&content.Pattern{Problem: "Another problem."}, saga, "problem"))
	out := mustRelease(t, s, content.Release{IDs: []content.ID{saga}, Cascade: true})
	if len(out.Entries) != 1 {
		t.Errorf("%d entries were published, want 1", len(out.Entries))
	}
	mustState(t, s, saga, "PUBLISHED x", "PUBLISHED")
	mustState(t, s, draft, "DRAFT saga", "none")
	if n, err := s.At(content.Published).Patterns.Count(t.Context(), nil, content.Scope{Ref: content.RelationTo(draft.Key)}); err != nil || n[0] != 0 {
		t.Errorf("%d published patterns refer to the draft (%v)", n[0], err)
	}
	mustBeMutual(t, s, []content.ID{saga, draft})

	// The relation exists while both are published.
	before, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	mustRelease(t, s, only(draft))
	mustState(t, s, saga, "PUBLISHED x", "PUBLISHED x")
	mustState(t, s, draft, "PUBLISHED saga", "PUBLISHED saga")
	changes, err := s.Changes(t.Context(), before, 10)
	if err != nil || !slices.ContainsFunc(changes, func(c content.Change) bool { return c.Key == saga.Key && c.Graph == content.Published }) {
		t.Errorf("the log does not have the other side: %+v (%v)", changes, err)
	}
	out, err = s.Withdraw(t.Context(), me, only(draft))
	mustOutcome(t, out, err)
	mustState(t, s, saga, "PUBLISHED x", "PUBLISHED")
	mustBeMutual(t, s, []content.ID{saga, draft})
	out, err = s.Remove(t.Context(), me, only(draft))
	mustRefuse(t, out, err, "STILL_REFERENCED ids.0") // by the working copy
}

func TestPublishingADraftFinishesItsMirrors(t *testing.T) {
	for name, tt := range map[string]struct {
		edit             bool
		draft, published string
		name             string
	}{
		"nothing else is new": {false, "PUBLISHED x", "PUBLISHED x", "Saga"},
		"an edit stays one":   {true, "CHANGED x", "PUBLISHED x", "Saga"},
	} {
		t.Run(name, func(t *testing.T) {
			s := openAuthored(t)
			saga := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
			mustRelease(t, s, only(saga))
			x := publishable("x")
			x.Relations = complements("saga")
			draft := mustSave(t, s, edit(x, content.ID{})).ID()
			if tt.edit {
				mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Name: "Sagas"}}, saga, "name"))
			}
			mustRelease(t, s, only(draft))
			mustState(t, s, saga, tt.draft, tt.published)
			if got := storetest.ByKey(t, s.At(content.Published).Patterns, saga.Key).Name; got != tt.name {
				t.Errorf("published as %q, want %q", got, tt.name)
			}
			mustBeMutual(t, s, []content.ID{saga, draft})
			// A relation that both drop is removed from both copies when one is published.
			mustSave(t, s, edit(&content.Pattern{}, draft, "relatedPatterns"))
			mustRelease(t, s, only(draft))
			mustState(t, s, saga, tt.draft[:len(tt.draft)-2], "PUBLISHED")
			mustBeMutual(t, s, []content.ID{saga, draft})
		})
	}
}

func TestMirrorsHideNoReferrer(t *testing.T) {
	s := openAuthored(t)
	centre := publishable("centre")
	entries := []content.Entry{centre}
	for i := range content.MaxReferrers + 1 {
		p := publishable(fmt.Sprintf("a%03d", i))
		p.Relations = complements("centre")
		entries = append(entries, p)
	}
	last := publishable("z")
	last.Relations = []content.RelationRow{{PatternKey: "centre", Relation: "PREREQUISITE"}}
	storetest.Publish(t, s, append(entries, last)...)
	out, err := s.Withdraw(t.Context(), me, only(centre.ID()))
	mustRefuse(t, out, err, "STILL_REFERENCED ids.0")
	if len(out.Referrers) != 1 || out.Referrers[0].Entry.ID() != last.ID() {
		t.Errorf("referrers are %+v", out.Referrers)
	}
	out, err = s.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{centre.ID(), last.ID()}})
	mustOutcome(t, out, err)
	mustState(t, s, content.ID{Type: content.TypePattern, Key: "a000"}, "PUBLISHED centre", "PUBLISHED")
}
