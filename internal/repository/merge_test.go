package repository_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
)

// TestAMergeUndoesNothing sends a whole form with one changed field, as editors do.
func TestAMergeUndoesNothing(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	mustSave(t, s, edit(&content.Pattern{Problem: "Theirs."}, id, "problem"))
	form := publishable("saga")
	form.Solution = "Yours."
	e := edit(form, id)
	one := 1
	e.IfRevision, e.Merge = &one, content.MergeFields
	out, err := s.Save(t.Context(), me, e)
	got := mustOutcome(t, out, err).Entries[0].(*content.Pattern)
	if got.Problem != "Theirs." || got.Solution != "Yours." {
		t.Errorf("merged into %q and %q", got.Problem, got.Solution)
	}
}

// TestAWriteWithoutAChangeDoesNothing repeats writes that an entry has already had.
func TestAWriteWithoutAChangeDoesNothing(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	out, err := s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}})
	mustOutcome(t, out, err)
	begun, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	one := 1
	stale := edit(&content.Pattern{Problem: "A problem."}, id, "problem")
	stale.IfRevision, stale.Merge = &one, content.MergeFields
	keyed := content.Request{By: "author", Key: "k", Hash: "h"}
	for name, write := range map[string]func() (*content.Outcome, error){
		"nothing": func() (*content.Outcome, error) {
			return s.Save(t.Context(), me, content.Edit{ID: id, Values: &content.Pattern{Meta: content.Meta{Type: content.TypePattern}}})
		},
		"the whole form": func() (*content.Outcome, error) { return s.Save(t.Context(), me, edit(publishable("saga"), id)) },
		"an empty list": func() (*content.Outcome, error) {
			return s.Save(t.Context(), me, edit(&content.Pattern{Tags: []string{}}, id, "tags"))
		},
		"a merge":   func() (*content.Outcome, error) { return s.Save(t.Context(), me, stale) },
		"a restore": func() (*content.Outcome, error) { return s.Restore(t.Context(), me, id, 1, nil) },
		"under a key": func() (*content.Outcome, error) {
			if _, err := s.Save(t.Context(), keyed, edit(publishable("saga"), id)); err != nil {
				return nil, err
			}
			return s.Save(t.Context(), keyed, edit(publishable("saga"), id))
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := write()
			h := mustOutcome(t, out, err).Entries[0].Head()
			if h.Revision != 1 || h.Status != content.StatusPublished || out.Seq != begun {
				t.Errorf("revision %d, %s, change %d", h.Revision, h.Status, out.Seq)
			}
			if n, err := s.LastSeq(t.Context()); err != nil || n != begun {
				t.Errorf("change %d was logged (%v)", n, err)
			}
		})
	}
}

func TestAStaleWriteGetsAHint(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	mustSave(t, s, edit(&content.Pattern{Problem: "Theirs."}, id, "problem"))
	one := 1
	for field, hint := range map[string]bool{"solution": true, "problem": false} {
		e := edit(&content.Pattern{Problem: "Yours.", Solution: "Yours."}, id, field)
		e.IfRevision = &one
		out, err := s.Save(t.Context(), me, e)
		mustRefuse(t, out, err, "CONFLICT ifRevision")
		if strings.Contains(out.Errors[0].Message, "FIELDS") != hint {
			t.Errorf("%s: %s", field, out.Errors[0].Message)
		}
	}
}

func TestDeletedEntryIsRestored(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := openAuthored(t, func(o *mongodb.Options) { o.Now = func() time.Time { return now } })
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	for _, slug := range []string{"sagas", "long-saga"} {
		mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Slug: slug}}, id, "slug"))
	}
	now = now.Add(time.Hour)
	out, err := s.Remove(t.Context(), me, content.Release{IDs: []content.ID{id}})
	mustOutcome(t, out, err)
	mustSave(t, s, edit(publishable("sagas"), content.ID{})) // takes a free slug
	other := 2
	out, err = s.Restore(t.Context(), me, id, 1, &other)
	mustRefuse(t, out, err, "CONFLICT ifRevision")
	last := 3
	out, err = s.Restore(t.Context(), me, id, 1, &last)
	h := mustOutcome(t, out, err).Entries[0].Head()
	if h.Slug != "saga" || h.Revision != 4 || !h.CreatedAt.Equal(now.Add(-time.Hour)) || !slices.Equal(h.FormerSlugs, []string{"long-saga"}) {
		t.Errorf("it came back as %+v", h)
	}
}

func TestARestoreReportsItsConflicts(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	for _, problem := range []string{"Second.", "Third."} {
		mustSave(t, s, edit(&content.Pattern{Problem: problem}, id, "problem"))
	}
	two := 2
	out, err := s.Restore(t.Context(), me, id, 1, &two)
	mustRefuse(t, out, err, "CONFLICT ifRevision")
	want := []content.FieldConflict{{Path: "problem", Base: new("Second."), Theirs: new("Third."), Yours: new("A problem.")}}
	if d := cmp.Diff(want, out.Conflicts); d != "" {
		t.Errorf("conflicts (-want +got):\n%s", d)
	}
}

// TestErrorsOfACascadeAreAtTheNamedId: no path may go past the end of the arguments.
func TestErrorsOfACascadeAreAtTheNamedId(t *testing.T) {
	s := openAuthored(t)
	fit, unfit := publishable("fit"), publishable("unfit")
	unfit.Solution = ""
	mustSave(t, s, edit(unfit, content.ID{}))
	fit.Relations = []content.RelationRow{{PatternKey: "unfit", Relation: "PREREQUISITE"}}
	ids := []content.ID{mustSave(t, s, edit(publishable("alone"), content.ID{})).ID(), mustSave(t, s, edit(fit, content.ID{})).ID()}
	out, err := s.Release(t.Context(), me, content.Release{IDs: ids, Cascade: true})
	mustRefuse(t, out, err, "REQUIRED ids.1")
	if !strings.Contains(out.Errors[0].Message, "/patterns/unfit") {
		t.Errorf("message: %s", out.Errors[0].Message)
	}
	out, err = s.Release(t.Context(), me, content.Release{IDs: ids})
	mustRefuse(t, out, err, "UNPUBLISHED_REFERENCE ids.1.relatedPatterns.0.pattern")
	if !strings.Contains(out.Errors[0].Message, `"unfit"`) {
		t.Errorf("message: %s, without the slug", out.Errors[0].Message)
	}
}

func TestPathsAreUnique(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Slug: "sagas"}}, id, "slug"))
	page := func(slug string) content.Edit {
		p := &content.Page{Meta: content.Meta{Type: content.TypePage, Slug: slug, Name: "A page"}}
		return content.Edit{ID: content.ID{Type: content.TypePage}, Fields: []string{"slug", "name"}, Values: p}
	}
	for _, slug := range []string{"patterns/saga", "patterns/sagas"} {
		out, err := s.Save(t.Context(), me, page(slug))
		mustRefuse(t, out, err, "TAKEN input.slug")
	}
	mustSave(t, s, page("patterns/outbox"))
	out, err := s.Save(t.Context(), me, edit(publishable("outbox"), content.ID{}))
	mustRefuse(t, out, err, "TAKEN input.slug")
}

func TestPlanChecksTheRevision(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	at, stale, current := time.Now().Add(time.Hour), 9, 1
	out, err := s.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &at, IfRevision: &stale})
	mustRefuse(t, out, err, "CONFLICT ifRevision")
	out, err = s.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &at, IfRevision: &current})
	mustOutcome(t, out, err)
}

// TestOtherWritesHappenOnce tries the same write under one key many times concurrently.
func TestOtherWritesHappenOnce(t *testing.T) {
	s := openAuthored(t)
	request := content.Request{By: "author", Key: "once", Hash: "a"}
	endpoint := func(ctx context.Context, key string) (string, bool, error) {
		var out content.WebhookEndpoint
		mismatch, err := s.Once(ctx, request, &out, func(ctx context.Context) (bool, error) {
			out = content.WebhookEndpoint{Key: key, URL: "https://example.org"}
			return true, s.PutEndpoint(ctx, &out)
		})
		return out.Key, mismatch, err
	}
	const writers = 8
	got := make([]string, writers)
	var all sync.WaitGroup
	for i := range writers {
		all.Go(func() {
			var err error
			if got[i], _, err = endpoint(context.WithoutCancel(t.Context()), fmt.Sprint("endpoint ", i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if list, err := s.Endpoints(t.Context()); err != nil || len(list) != 1 || len(slices.Compact(got)) != 1 || got[0] != list[0].Key {
		t.Errorf("%d endpoints were made and returned as %v (%v)", len(list), got, err)
	}
	request.Hash = "b"
	if _, mismatch, err := endpoint(t.Context(), "other"); err != nil || !mismatch {
		t.Errorf("another input: mismatch %v, %v", mismatch, err)
	}
	request.Key = "refused"
	tries := 0
	for range 2 {
		if _, err := s.Once(t.Context(), request, &struct{}{}, func(context.Context) (bool, error) { tries++; return false, nil }); err != nil {
			t.Error(err)
		}
	}
	if tries != 2 {
		t.Errorf("a refused write was tried %d times", tries)
	}
}

func TestObservationsAreRecordedOnce(t *testing.T) {
	s := openAuthored(t)
	request := content.Request{By: "author", Key: "observed", Hash: "a"}
	var got []*content.Observation
	for _, value := range []float64{1, 1} {
		out, err := s.Record(t.Context(), request, &content.Observation{PatternKey: "saga", Metric: "GITHUB_STARS", Month: "2026-01", Value: &value, CompanyKeys: []string{}, CollectedAt: time.Now()})
		got = append(got, mustOutcome(t, out, err).Observation)
	}
	if d := cmp.Diff(got[0], got[1]); d != "" {
		t.Errorf("the second answer differs (-first +second):\n%s", d)
	}
	if n, err := s.LastSeq(t.Context()); err != nil || n != 4 {
		t.Errorf("%d changes, want 4 (%v)", n, err)
	}
	request.Hash = "b"
	out, err := s.Record(t.Context(), request, &content.Observation{PatternKey: "saga", Metric: "GITHUB_STARS", Month: "2026-02"})
	mustRefuse(t, out, err, "IDEMPOTENCY_MISMATCH key")
}
