package authoring_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// expected is what the list of a fixture has for a filter.
func expected(t *testing.T, d *fixture, f *content.EntriesFilter) content.EntriesExpected {
	t.Helper()
	var digest content.EntriesDigest
	transact(t, d.store, func(ctx context.Context, x content.Transaction) error {
		digest = content.EntriesDigest{}
		return x.Matching(ctx, f, func(id content.ID, revision int) error { digest.Add(id, revision); return nil })
	})
	return content.EntriesExpected{Count: digest.Count, Digest: digest.String()}
}

// with saves drafts of patterns and returns their ids by slug.
func with(t *testing.T, d *fixture, slugs ...string) map[string]content.ID {
	t.Helper()
	out := map[string]content.ID{}
	for _, slug := range slugs {
		saved, err := d.Save(t.Context(), me, edit(publishable(slug), content.ID{}))
		out[slug] = accepted(t, saved, err).Entries[0].ID()
	}
	return out
}

// drafts selects patterns that are not published.
func drafts() *content.EntriesFilter {
	return &content.EntriesFilter{Types: []content.EntryType{content.TypePattern}, Status: &content.PublicationStatusFilter{In: []content.PublicationStatus{content.StatusDraft}}}
}

// statuses counts the patterns of a fixture by their status.
func statuses(d *fixture) map[content.PublicationStatus]int {
	out := map[content.PublicationStatus]int{}
	for id, e := range d.store.state.graphs[content.Drafts] {
		if id.Type == content.TypePattern {
			out[e.Head().Status]++
		}
	}
	return out
}

// TestBulkRefusesAMovingFilter changes what the filter selects between the look and the write.
func TestBulkRefusesAMovingFilter(t *testing.T) {
	for name, move := range map[string]func(*fixture, map[string]content.ID) (*content.Outcome, error){
		"one more": func(d *fixture, _ map[string]content.ID) (*content.Outcome, error) {
			return d.Save(t.Context(), me, edit(publishable("c"), content.ID{}))
		},
		"one less": func(d *fixture, ids map[string]content.ID) (*content.Outcome, error) {
			return d.Remove(t.Context(), me, content.Release{IDs: []content.ID{ids["a"]}})
		},
		"one in and one out": func(d *fixture, ids map[string]content.ID) (*content.Outcome, error) {
			if out, err := d.Release(t.Context(), me, content.Release{IDs: []content.ID{ids["a"]}}); err != nil || len(out.Errors) > 0 {
				return out, err
			}
			return d.Save(t.Context(), me, edit(publishable("c"), content.ID{}))
		},
		"a newer revision": func(d *fixture, ids map[string]content.ID) (*content.Outcome, error) {
			return d.Save(t.Context(), me, edit(&content.Pattern{Problem: "Other."}, ids["a"], "problem"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t)
			ids := with(t, d, "a", "b")
			b := content.Bulk{Action: content.BulkPublish, Filter: drafts(), Expected: expected(t, d, drafts())}
			out, err := move(d, ids)
			accepted(t, out, err)
			before, now := statuses(d), expected(t, d, drafts())
			out, err = d.Bulk(t.Context(), me, b)
			refused(t, out, err, "CONFLICT expected")
			if out.Bulk.Found != now || out.Bulk.Done != 0 {
				t.Errorf("state %+v, want %+v", out.Bulk, now)
			}
			if diff := gocmp.Diff(before, statuses(d)); diff != "" {
				t.Errorf("a refused write has written (-before +after):\n%s", diff)
			}
			b.Expected = now
			out, err = d.Bulk(t.Context(), me, b)
			if got := accepted(t, out, err); got.Bulk.Done != now.Count || got.Bulk.Remaining != 0 || statuses(d)[content.StatusDraft] != 0 {
				t.Errorf("state %+v, %v", got.Bulk, statuses(d))
			}
		})
	}
}

// TestBulkReportsByEntry shows that nothing happens when one of the entries is wrong.
func TestBulkReportsByEntry(t *testing.T) {
	gold := content.ID{Type: content.TypeTier, Key: "gold"}
	at := begun.Add(time.Hour)
	past := begun.Add(-time.Hour)
	tiers := &content.EntriesFilter{Types: []content.EntryType{content.TypeTier}}
	for name, tt := range map[string]struct {
		bulk   content.Bulk
		want   func(map[string]content.ID) map[content.ID][]string
		errors []string
	}{
		"publishing what is not complete": {
			bulk: content.Bulk{Action: content.BulkPublish, Filter: drafts()},
			want: func(ids map[string]content.ID) map[content.ID][]string {
				return map[content.ID][]string{ids["b"]: {"REQUIRED solution"}}
			},
		},
		"unpublishing what is not published": {
			bulk: content.Bulk{Action: content.BulkUnpublish, Filter: drafts()},
			want: func(ids map[string]content.ID) map[content.ID][]string {
				return map[content.ID][]string{ids["a"]: {"INVALID "}, ids["b"]: {"INVALID "}}
			},
		},
		"deleting what others refer to": {
			bulk: content.Bulk{Action: content.BulkDelete, Filter: tiers},
			want: func(map[string]content.ID) map[content.ID][]string {
				return map[content.ID][]string{gold: {"STILL_REFERENCED "}}
			},
		},
		"scheduling for a time that has passed": {
			bulk:   content.Bulk{Action: content.BulkSchedule, Filter: drafts(), Scheduled: content.SchedulePublish, At: &past},
			errors: []string{"INVALID at"},
		},
		"nothing": {
			bulk:   content.Bulk{Action: content.BulkDelete, Filter: &content.EntriesFilter{Types: []content.EntryType{content.TypeLaw}}},
			errors: []string{"INVALID filter"},
		},
		"scheduling":    {bulk: content.Bulk{Action: content.BulkSchedule, Filter: drafts(), Scheduled: content.SchedulePublish, At: &at}},
		"not any more":  {bulk: content.Bulk{Action: content.BulkSchedule, Filter: drafts(), Scheduled: content.SchedulePublish}},
		"really delete": {bulk: content.Bulk{Action: content.BulkDelete, Filter: drafts()}},
	} {
		t.Run(name, func(t *testing.T) {
			d := newFixture(t)
			ids := with(t, d, "a", "b")
			out, err := d.Save(t.Context(), me, edit(&content.Pattern{}, ids["b"], "solution"))
			accepted(t, out, err)
			tt.bulk.Expected = expected(t, d, tt.bulk.Filter)
			before := len(d.store.state.changes)
			out, err = d.Bulk(t.Context(), content.Request{By: "author", ValidateOnly: true}, tt.bulk)
			if err != nil || len(d.store.state.changes) != before || len(d.store.state.schedules) != 0 {
				t.Fatalf("looking ahead has written (%v)", err)
			}
			ahead := *out
			if want := (content.BulkState{Found: tt.bulk.Expected, Remaining: tt.bulk.Expected.Count}); *ahead.Bulk != want {
				t.Errorf("state ahead %+v, want %+v", *ahead.Bulk, want)
			}
			out, err = d.Bulk(t.Context(), me, tt.bulk)
			if diff := gocmp.Diff(ahead.Problems, out.Problems); diff != "" {
				t.Errorf("problems ahead and then (-ahead +then):\n%s", diff)
			}
			switch {
			case tt.want != nil:
				mustBeWrong(t, out, err, tt.want(ids))
			case tt.errors != nil:
				refused(t, out, err, tt.errors...)
			default:
				accepted(t, out, err)
				wantSchedules := 0
				if tt.bulk.At != nil {
					wantSchedules = 2
				}
				if out.Bulk.Done != 2 || len(d.store.state.schedules) != wantSchedules || ahead.Effects == nil {
					t.Errorf("state %+v, %d schedules, effects %v", out.Bulk, len(d.store.state.schedules), ahead.Effects)
				}
				return
			}
			if len(d.store.state.changes) != before || out.Bulk.Done != 0 {
				t.Errorf("a refused write has written: %+v", out.Bulk)
			}
		})
	}
}

// TestBulkInSteps publishes more than one step holds. Between steps the context is cancelled, other entries
// come to match, and one of the remaining ones is changed.
func TestBulkInSteps(t *testing.T) {
	d := newFixture(t)
	const n = 2*content.MaxRelease + 3
	var entries []content.Entry
	for i := range n {
		p := publishable(fmt.Sprintf("p%04d", i))
		p.Key = p.Slug
		entries = append(entries, p)
	}
	for part := range slices.Chunk(entries, content.MaxBatch) {
		if _, err := d.Put(t.Context(), "test", part...); err != nil {
			t.Fatal(err)
		}
	}
	b := content.Bulk{Action: content.BulkPublish, Filter: drafts(), Expected: expected(t, d, drafts())}
	step := func(done, remaining int) *content.Outcome {
		t.Helper()
		out, err := d.Bulk(t.Context(), me, b)
		got := accepted(t, out, err)
		if want := (content.BulkState{Found: b.Expected, Done: done, Remaining: remaining}); *got.Bulk != want {
			t.Fatalf("state %+v, want %+v", *got.Bulk, want)
		}
		if got := statuses(d)[content.StatusPublished]; got != n-remaining {
			t.Fatalf("%d are published, want %d", got, n-remaining)
		}
		return got
	}
	first := step(content.MaxRelease, n-content.MaxRelease)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d.store.refuse = ctx.Err
	if _, err := d.Bulk(ctx, me, b); err == nil {
		t.Fatal("a step has happened after its end")
	}
	d.store.refuse = nil
	with(t, d, "late")
	step(content.MaxRelease, 3)
	last := ofPattern(fmt.Sprintf("p%04d", n-1))
	out, err := d.Save(t.Context(), me, edit(&content.Pattern{Problem: "Other."}, last, "problem"))
	accepted(t, out, err)
	out, err = d.Bulk(t.Context(), me, b)
	mustBeWrong(t, out, err, map[content.ID][]string{last: {"CONFLICT "}})
	if out.Bulk.Remaining != 3 {
		t.Errorf("state %+v", out.Bulk)
	}
	b.Expected = expected(t, d, drafts())
	out, err = d.Bulk(t.Context(), me, b)
	if got := accepted(t, out, err); got.Bulk.Done != 4 || got.Bulk.Remaining != 0 {
		t.Errorf("state %+v", got.Bulk)
	}
	out, err = d.Undo(t.Context(), me, first.Seq)
	if got := accepted(t, out, err); len(got.Entries) != content.MaxRelease || statuses(d)[content.StatusDraft] != content.MaxRelease {
		t.Errorf("%d were undone, %v", len(got.Entries), statuses(d))
	}
}

// TestBulkMakesSmallerSteps publishes entries that are together too large for one step.
func TestBulkMakesSmallerSteps(t *testing.T) {
	d := newFixture(t)
	const n = 50 // of 190 kB
	var entries []content.Entry
	for i := range n {
		p := publishable(fmt.Sprintf("p%02d", i))
		p.Body.Markdown = strings.Repeat("Text. ", 190_000/6)
		entries = append(entries, p)
	}
	if _, err := d.Put(t.Context(), "test", entries...); err != nil {
		t.Fatal(err)
	}
	b := content.Bulk{Action: content.BulkPublish, Filter: drafts(), Expected: expected(t, d, drafts())}
	for _, done := range []int{31, 19} {
		out, err := d.Bulk(t.Context(), me, b)
		if got := accepted(t, out, err); got.Bulk.Done != done {
			t.Fatalf("state %+v, want %d done", got.Bulk, done)
		}
	}
	if got := statuses(d)[content.StatusPublished]; got != n {
		t.Errorf("%d are published", got)
	}
}

// TestBulkIsBounded shows that a filter that selects too much is refused.
func TestBulkIsBounded(t *testing.T) {
	d := newFixture(t)
	all := maps.Clone(d.store.state.graphs[content.Drafts])
	for i := range content.MaxBulk + 1 {
		p := publishable(fmt.Sprint("p", i))
		p.Key, p.Status, p.Revision = p.Slug, content.StatusDraft, 1
		all[p.ID()] = p
	}
	d.store.state.graphs[content.Drafts] = all
	out, err := d.Bulk(t.Context(), me, content.Bulk{Action: content.BulkDelete, Filter: drafts(), Expected: expected(t, d, drafts())})
	refused(t, out, err, "TOO_LONG filter")
}
