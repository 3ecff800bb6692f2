package authoring_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
)

// TestTransactors runs the contract of content.Transactor against the memory store and against
// MongoDB.
func TestTransactors(t *testing.T) {
	for store, open := range map[string]func(*testing.T) content.Transactor{
		"memory":  func(*testing.T) content.Transactor { return newMemory() },
		"mongodb": openMongoDB,
	} {
		for name, test := range map[string]func(*testing.T, content.Transactor){
			"plans are written at the end":       plansAreWrittenAtTheEnd,
			"an error undoes everything":         anErrorUndoesEverything,
			"writes name a revision":             writesNameARevision,
			"publishing copies":                  publishingCopies,
			"relations of published copies":      relationsOfPublishedCopies,
			"missing entries are omitted":        missingEntriesAreOmitted,
			"sizes can be bounded":               sizesCanBeBounded,
			"slugs identify entries":             slugsIdentifyEntries,
			"referring entries are found":        referringEntriesAreFound,
			"relations around patterns":          relationsAroundPatterns,
			"revisions outlive entries":          revisionsOutliveEntries,
			"rows of the log have numbers":       rowsOfTheLogHaveNumbers,
			"schedules end once":                 schedulesEndOnce,
			"releases are found":                 releasesAreFound,
			"answers belong to an author":        answersBelongToAnAuthor,
			"what a write did is kept":           whatAWriteDidIsKept,
			"autosaves are kept":                 autosavesAreKept,
			"what remains is kept":               whatRemainsIsKept,
			"matching entries are found":         matchingEntriesAreFound,
			"only entry types have transactions": onlyEntryTypes,
		} {
			t.Run(store+"/"+name, func(t *testing.T) { test(t, open(t)) })
		}
	}
}

func plansAreWrittenAtTheEnd(t *testing.T, s content.Transactor) {
	p := saved("saga", "outbox")
	p.Body.Markdown, p.FormerSlugs = "Text.", []string{"old"}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		err := put(x, p)
		if there, err := x.Exist(ctx, content.Drafts, []content.ID{p.ID()}); err != nil || len(there) > 0 {
			t.Errorf("a transaction reads what it has planned: %v, %v", there, err)
		}
		return err
	})
	if d := cmp.Diff(p, mustCopy(t, s, content.Drafts, "saga"), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("stored (-want +got):\n%s", d)
	}
	if got := mustCopy(t, s, content.Published, "saga"); got != nil {
		t.Errorf("a working copy is published: %+v", got)
	}
	transact(t, s, func(_ context.Context, x content.Transaction) error { x.Delete(content.Drafts, p.ID()); return nil })
	if got := mustCopy(t, s, content.Drafts, "saga"); got != nil {
		t.Errorf("a deleted entry still exists: %+v", got)
	}
}

func anErrorUndoesEverything(t *testing.T, s content.Transactor) {
	broken := errors.New("broken")
	r := content.Request{By: "author", Key: "once"}
	err := s.Transact(t.Context(), func(ctx context.Context, x content.Transaction) error {
		x.Schedule(content.Schedule{Type: content.TypePattern, Key: "saga", Action: content.SchedulePublish, At: begun, State: content.ScheduleWaiting})
		return errors.Join(broken, put(x, saved("saga")), x.Remember(ctx, r, content.Answer{At: begun}))
	})
	if !errors.Is(err, broken) {
		t.Errorf("the plan failed with %v", err)
	}
	err = s.Transact(t.Context(), func(_ context.Context, x content.Transaction) error {
		x.Finish(func(context.Context, int64) error { return broken })
		return put(x, saved("saga"))
	})
	if !errors.Is(err, broken) {
		t.Errorf("the end failed with %v", err)
	}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		_, answered, err := x.Answer(ctx, r, begun.Add(-time.Hour))
		if answered {
			t.Error("an answer remains")
		}
		revisions, rerr := x.LastRevisions(ctx, []content.ID{ofPattern("saga")})
		if len(revisions) > 0 {
			t.Errorf("revisions remain: %v", revisions)
		}
		return errors.Join(err, rerr)
	})
	if waiting, err := s.Waiting(t.Context(), 10); err != nil || len(waiting) > 0 {
		t.Errorf("schedules remain: %v, %v", waiting, err)
	}
	if mustCopy(t, s, content.Drafts, "saga") != nil {
		t.Error("an entry remains")
	}
}

func writesNameARevision(t *testing.T, s content.Transactor) {
	mustPublish(t, s, saved("saga"))
	conflicts(t, s, func(x content.Transaction) error { return put(x, saved("saga")) })
	third := saved("saga")
	third.Revision = 3
	conflicts(t, s, func(x content.Transaction) error { return put(x, saved("other"), third) })
	for _, p := range []*content.Pattern{third, saved("none")} {
		conflicts(t, s, func(x content.Transaction) error { x.Mark(&p.Meta); return nil })
		conflicts(t, s, func(x content.Transaction) error { x.Relate(p); return nil })
	}
	for _, p := range []content.Perspective{content.Drafts, content.Published} {
		conflicts(t, s, func(x content.Transaction) error { x.Delete(p, ofPattern("none")); return nil })
	}
	if mustCopy(t, s, content.Drafts, "other") != nil {
		t.Error("part of a refused write is stored")
	}
	second := saved("saga")
	second.Revision, second.Name = 2, "Sagas"
	mustPut(t, s, second)
	if got := mustCopy(t, s, content.Drafts, "saga"); got.Name != "Sagas" || got.Revision != 2 {
		t.Errorf("the next revision is %+v", got.Meta)
	}
}

func publishingCopies(t *testing.T, s content.Transactor) {
	p := saved("saga", "outbox")
	p.Body = content.RichText{Markdown: "Text.", HTML: "<p>Text.</p>", Renderer: 1}
	mustPublish(t, s, p)
	p.Status, p.PublishedAt, p.Publication = content.StatusPublished, new(begun), published()
	for _, perspective := range []content.Perspective{content.Drafts, content.Published} {
		if d := cmp.Diff(p, mustCopy(t, s, perspective, "saga"), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("in %s (-want +got):\n%s", perspective, d)
		}
	}
	transact(t, s, func(_ context.Context, x content.Transaction) error {
		h := p.Meta
		h.Status, h.PublishedAt, h.Publication = content.StatusDraft, nil, nil
		x.Mark(&h)
		return nil
	})
	if got := mustCopy(t, s, content.Drafts, "saga"); got.Status != content.StatusDraft || got.PublishedAt != nil || got.Publication != nil || got.Name != "saga" {
		t.Errorf("the working copy is %+v", got.Meta)
	}
}

func relationsOfPublishedCopies(t *testing.T, s content.Transactor) {
	mustPut(t, s, saved("saga", "outbox", "inbox"))
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		copies, err := x.Copies(ctx, content.Drafts, []content.ID{ofPattern("saga")}, nil)
		if err != nil {
			return err
		}
		return x.Publish(copies[ofPattern("saga")], &saved("saga", "inbox").Relations)
	})
	if got := mustCopy(t, s, content.Published, "saga").Relations; len(got) != 1 || got[0].PatternKey != "inbox" {
		t.Errorf("published with %+v", got)
	}
	later := begun.Add(time.Hour)
	transact(t, s, func(_ context.Context, x content.Transaction) error {
		p := saved("saga", "outbox")
		p.Name, p.PublishedAt, p.Publication = "left alone", &later, published()
		x.Relate(p)
		return nil
	})
	got := mustCopy(t, s, content.Published, "saga")
	if len(got.Relations) != 1 || got.Relations[0].PatternKey != "outbox" || got.Name != "saga" || !got.PublishedAt.Equal(later) || !cmp.Equal(got.Publication, published()) {
		t.Errorf("related as %+v", got)
	}
	if got := mustCopy(t, s, content.Drafts, "saga").Relations; len(got) != 2 {
		t.Errorf("the working copy states %+v", got)
	}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for key, want := range map[string]int{"outbox": 1, "inbox": 0} {
			rows, err := x.Referring(ctx, content.Published, content.TypePattern, []content.ID{ofPattern(key)}, func(content.Reference) bool { return true })
			if err != nil || len(rows) != want {
				t.Errorf("%d references to %s, want %d (%v)", len(rows), key, want, err)
			}
		}
		return nil
	})
}

func missingEntriesAreOmitted(t *testing.T, s content.Transactor) {
	p := saved("saga")
	p.FormerSlugs = []string{"old"}
	law := &content.Law{Meta: content.Meta{Type: content.TypeLaw, Key: "saga", Slug: "saga", Name: "A law", Revision: 1, Status: content.StatusDraft, CreatedAt: begun, UpdatedAt: begun}}
	mustPut(t, s, p, law)
	ids := []content.ID{p.ID(), law.ID(), ofPattern("none")}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		there, err := x.Exist(ctx, content.Drafts, ids)
		if d := cmp.Diff(map[content.ID]bool{p.ID(): true, law.ID(): true}, there); d != "" || err != nil {
			t.Errorf("what exists (-want +got):\n%s%v", d, err)
		}
		copies, err := x.Copies(ctx, content.Drafts, ids, nil)
		if len(copies) != 2 || err != nil {
			t.Errorf("copies: %v, %v", copies, err)
		}
		heads, err := x.Heads(ctx, ids)
		want := p.Meta
		want.Name, want.UpdatedAt = "", time.Time{}
		if d := cmp.Diff(&want, heads[p.ID()]); d != "" || len(heads) != 2 || err != nil {
			t.Errorf("heads (-want +got):\n%s%v", d, err)
		}
		for _, ids := range [][]content.ID{nil, {ofPattern("none")}} {
			last, err := x.LastRevisions(ctx, ids)
			if len(last) > 0 || err != nil {
				t.Errorf("last revisions of nothing: %v, %v", last, err)
			}
		}
		return nil
	})
}

func sizesCanBeBounded(t *testing.T, s content.Transactor) {
	mustPut(t, s, saved("saga"), saved("outbox"))
	enough := errors.New("enough")
	err := s.Transact(t.Context(), func(ctx context.Context, x content.Transaction) error {
		ids := []content.ID{ofPattern("saga"), ofPattern("outbox")}
		calls := 0
		if _, err := x.Copies(ctx, content.Drafts, ids, func(bytes int) error {
			if calls++; bytes <= 0 {
				t.Errorf("a copy has %d bytes", bytes)
			}
			return nil
		}); err != nil || calls != 2 {
			t.Errorf("%d calls, %v", calls, err)
		}
		_, err := x.Copies(ctx, content.Drafts, ids, func(int) error { return enough })
		return err
	})
	if !errors.Is(err, enough) {
		t.Errorf("the read ended with %v", err)
	}
}

func slugsIdentifyEntries(t *testing.T, s content.Transactor) {
	a, b := saved("a"), saved("b")
	a.Slug, a.FormerSlugs, b.Slug = "now", []string{"before"}, "other"
	mustPut(t, s, a, b)
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for slug, want := range map[string]string{"now": "a", "before": "a", "other": "b", "none": ""} {
			found, err := x.BySlugs(ctx, content.TypePattern, []string{slug})
			if err != nil {
				return err
			}
			if got := len(found); got != min(1, len(want)) || got == 1 && found[0].Key != want {
				t.Errorf("BySlugs(%s) = %+v, want %q", slug, found, want)
			}
		}
		found, err := x.BySlugs(ctx, content.TypePattern, []string{"now", "before", "other"})
		if len(found) != 2 {
			t.Errorf("two entries are found as %+v", found)
		}
		return err
	})
}

func referringEntriesAreFound(t *testing.T, s content.Transactor) {
	centre := saved("centre", "a000")
	entries := []content.Entry{centre}
	for i := range content.MaxReferrers + 1 {
		entries = append(entries, saved(fmt.Sprintf("a%03d", i), "centre"))
	}
	last := saved("z", "centre")
	last.TierKey = "gold"
	mustPut(t, s, append(entries, last)...)
	gold := content.ID{Type: content.TypeTier, Key: "gold"}
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		referring := func(meant func(content.Reference) bool, ids ...content.ID) []content.ReferenceRow {
			rows, err := x.Referring(ctx, content.Drafts, content.TypePattern, ids, meant)
			if err != nil {
				t.Error(err)
			}
			return rows
		}
		any := func(content.Reference) bool { return true }
		if rows := referring(any, centre.ID()); len(rows) != content.MaxReferrers {
			t.Errorf("%d references, want %d", len(rows), content.MaxReferrers)
		}
		rows := referring(func(r content.Reference) bool { return !r.Mutual }, centre.ID(), gold)
		if len(rows) != 1 || rows[0].Entry.ID() != last.ID() || rows[0].Place != "tier" || rows[0].Target != gold {
			t.Errorf("filtered references: %+v", rows)
		}
		if rows := referring(any, centre.ID(), ofPattern("a000")); slices.ContainsFunc(rows, func(r content.ReferenceRow) bool { return r.Entry.ID() == centre.ID() }) {
			t.Error("an entry that is asked about refers to another one")
		}
		return nil
	})
}

func relationsAroundPatterns(t *testing.T, s content.Transactor) {
	mustPublish(t, s, saved("a", "centre"), saved("b"))
	mustPut(t, s, saved("c", "centre"), saved("centre", "a"))
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for _, p := range []content.Perspective{content.Drafts, content.Published} {
			rows, err := x.Relations(ctx, p, []string{"centre"})
			if got := slices.Sorted(maps.Keys(rows)); err != nil || !slices.Equal(got, []string{"a"}) || len(rows["a"]) != 1 || rows["a"][0].PatternKey != "centre" {
				t.Errorf("relations in %s: %+v, %v", p, rows, err)
			}
		}
		return nil
	})
}

func revisionsOutliveEntries(t *testing.T, s content.Transactor) {
	p := saved("saga")
	mustPut(t, s, p)
	second := saved("saga")
	second.Revision, second.Name = 2, "Sagas"
	mustPut(t, s, second)
	transact(t, s, func(_ context.Context, x content.Transaction) error { x.Delete(content.Drafts, p.ID()); return nil })
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for before, want := range map[int]string{0: "Sagas", 3: "Sagas", 2: "saga"} {
			found, err := x.Revisions(ctx, p.ID(), before, 1)
			if err != nil || len(found) != 1 || found[0].Entry.Head().Name != want || found[0].By != "author" || !found[0].At.Equal(begun) {
				t.Errorf("before %d: %+v, %v", before, found, err)
			}
		}
		if found, err := x.Revisions(ctx, p.ID(), 1, 1); err != nil || len(found) > 0 {
			t.Errorf("before the first: %+v, %v", found, err)
		}
		last, err := x.LastRevisions(ctx, []content.ID{p.ID(), ofPattern("none")})
		if d := cmp.Diff(map[content.ID]int{p.ID(): 2}, last); d != "" {
			t.Errorf("last revisions (-want +got):\n%s", d)
		}
		return err
	})
}

func rowsOfTheLogHaveNumbers(t *testing.T, s content.Transactor) {
	row := content.Change{Type: content.TypePattern, Key: "saga", Op: content.OpUpsert, Graph: content.Drafts, Revision: 1, At: begun, By: "author"}
	for _, tt := range []struct {
		rows int
		last int64
	}{{2, 2}, {0, 0}, {1, 3}} {
		var last int64
		transact(t, s, func(_ context.Context, x content.Transaction) error {
			for range tt.rows {
				x.Log(row)
			}
			x.Finish(func(_ context.Context, n int64) error { last = n; return nil })
			return nil
		})
		if last != tt.last {
			t.Errorf("after %d rows the last is %d, want %d", tt.rows, last, tt.last)
		}
	}
	var last int64
	transact(t, s, func(_ context.Context, x content.Transaction) error {
		x.Finish(func(_ context.Context, n int64) error { last = n; return nil })
		return x.Observe(&content.Observation{PatternKey: "saga", Metric: "GITHUB_STARS", Month: "2026-01", RecordedAt: begun, CollectedAt: begun})
	})
	if last != 4 {
		t.Errorf("an observation is change %d, want 4", last)
	}
}

func schedulesEndOnce(t *testing.T, s content.Transactor) {
	plan := func(key string, action content.ScheduleAction, after time.Duration) content.Schedule {
		return content.Schedule{Type: content.TypePattern, Key: key, Action: action, At: begun.Add(after), State: content.ScheduleWaiting, By: "author"}
	}
	first, second := plan("saga", content.SchedulePublish, time.Hour), plan("saga", content.ScheduleUnpublish, 2*time.Hour)
	transact(t, s, func(_ context.Context, x content.Transaction) error {
		for _, p := range []content.Schedule{second, plan("saga", content.SchedulePublish, 3*time.Hour), first, plan("other", content.SchedulePublish, 0)} {
			x.Schedule(p)
		}
		x.Unschedule(ofPattern("other"), content.SchedulePublish, content.ScheduleUnpublish)
		return nil
	})
	waiting, err := s.Waiting(t.Context(), 10)
	if d := cmp.Diff([]content.Schedule{first, second}, waiting); d != "" || err != nil {
		t.Fatalf("waiting schedules (-want +got):\n%s%v", d, err)
	}
	if waiting, err := s.Waiting(t.Context(), 1); err != nil || len(waiting) != 1 || waiting[0].Action != content.SchedulePublish {
		t.Errorf("the next one is %+v, %v", waiting, err)
	}
	end := func(p content.Schedule) (ended bool) {
		transact(t, s, func(ctx context.Context, x content.Transaction) (err error) {
			p.State = content.ScheduleDone
			ended, err = x.EndSchedule(ctx, p)
			return err
		})
		return ended
	}
	moved := first
	moved.At = begun
	if end(moved) {
		t.Error("a schedule ended at its old time")
	}
	if !end(first) || end(first) {
		t.Error("a schedule did not end once")
	}
	if waiting, err := s.Waiting(t.Context(), 10); err != nil || len(waiting) != 1 || waiting[0].Action != content.ScheduleUnpublish {
		t.Errorf("still waiting: %+v, %v", waiting, err)
	}
}

func answersBelongToAnAuthor(t *testing.T, s content.Transactor) {
	want := content.Answer{
		Hash: "a", At: begun, Entries: []content.Meta{saved("saga").Meta}, Deleted: []content.ID{ofPattern("outbox")}, Seq: 7,
		Schedule: &content.Schedule{Type: content.TypePattern, Key: "saga", Action: content.SchedulePublish, At: begun},
	}
	r := content.Request{By: "author", Key: "once"}
	transact(t, s, func(ctx context.Context, x content.Transaction) error { return x.Remember(ctx, r, want) })
	for name, tt := range map[string]struct {
		by    string
		after time.Time
		found bool
	}{
		"the same":       {"author", begun.Add(-time.Second), true},
		"too old":        {"author", begun, false},
		"another author": {"other", begun.Add(-time.Second), false},
	} {
		t.Run(name, func(t *testing.T) {
			transact(t, s, func(ctx context.Context, x content.Transaction) error {
				got, found, err := x.Answer(ctx, content.Request{By: tt.by, Key: "once"}, tt.after)
				if found != tt.found {
					t.Errorf("found: %v", found)
				}
				if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); found && d != "" {
					t.Errorf("answer (-want +got):\n%s", d)
				}
				return err
			})
		})
	}
}

func onlyEntryTypes(t *testing.T, s content.Transactor) {
	ids := []content.ID{{Type: content.NonEntryWebhookEndpoint, Key: "x"}}
	for name, read := range map[string]func(context.Context, content.Transaction) error{
		"copies": func(ctx context.Context, x content.Transaction) error {
			_, err := x.Copies(ctx, content.Drafts, ids, nil)
			return err
		},
		"heads": func(ctx context.Context, x content.Transaction) error { _, err := x.Heads(ctx, ids); return err },
		"exist": func(ctx context.Context, x content.Transaction) error {
			_, err := x.Exist(ctx, content.Published, ids)
			return err
		},
		"slugs": func(ctx context.Context, x content.Transaction) error {
			_, err := x.BySlugs(ctx, content.NonEntryWebhookEndpoint, []string{"x"})
			return err
		},
		"referring": func(ctx context.Context, x content.Transaction) error {
			_, err := x.Referring(ctx, content.Drafts, content.NonEntryWebhookEndpoint, ids, func(content.Reference) bool { return true })
			return err
		},
	} {
		if err := s.Transact(t.Context(), read); content.CodeOf(err) != content.BadUserInput {
			t.Errorf("%s of a type without entries: %v, want BAD_USER_INPUT", name, err)
		}
	}
}
