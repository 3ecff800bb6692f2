package mongodb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/content"
	"patternhub/mongodb"
)

// TestAMergeUndoesNothing sends a whole form, as editors do, of which one field is changed.
func TestAMergeUndoesNothing(t *testing.T) {
	s := authored(t)
	id := mustSave(t, s, edit(whole("saga"), content.ID{})).ID()
	mustSave(t, s, edit(&content.Pattern{Problem: "Theirs."}, id, "problem"))
	form := whole("saga")
	form.Solution = "Yours."
	e := edit(form, id)
	one := 1
	e.IfRevision, e.Merge = &one, content.MergeFields
	out, err := s.Save(t.Context(), me, e)
	got := mustOutcome(t, out, err).Entries[0].(*content.Pattern)
	if got.Problem != "Theirs." || got.Solution != "Yours." {
		t.Errorf("the merge gives %q and %q", got.Problem, got.Solution)
	}
}

func TestAStaleWriteIsToldHowToGoOn(t *testing.T) {
	s := authored(t)
	id := mustSave(t, s, edit(whole("saga"), content.ID{})).ID()
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

func TestADeletedEntryComesBackAsItWas(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := authored(t, func(o *mongodb.Options) { o.Now = func() time.Time { return now } })
	id := mustSave(t, s, edit(whole("saga"), content.ID{})).ID()
	for _, slug := range []string{"sagas", "long-saga"} {
		mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Slug: slug}}, id, "slug"))
	}
	now = now.Add(time.Hour)
	out, err := s.Remove(t.Context(), me, content.Release{IDs: []content.ID{id}})
	mustOutcome(t, out, err)
	mustSave(t, s, edit(whole("sagas"), content.ID{})) // takes a slug that is free now
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

func TestARestoreTellsItsConflicts(t *testing.T) {
	s := authored(t)
	id := mustSave(t, s, edit(whole("saga"), content.ID{})).ID()
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

// TestWhatACascadeBringsInIsToldAtItsId wants no path that leads past the end of the arguments.
func TestWhatACascadeBringsInIsToldAtItsId(t *testing.T) {
	s := authored(t)
	fit, unfit := whole("fit"), whole("unfit")
	unfit.Solution = ""
	mustSave(t, s, edit(unfit, content.ID{}))
	fit.Relations = []content.RelationRow{{PatternKey: "unfit", Relation: "PREREQUISITE"}}
	ids := []content.ID{mustSave(t, s, edit(whole("alone"), content.ID{})).ID(), mustSave(t, s, edit(fit, content.ID{})).ID()}
	out, err := s.Release(t.Context(), me, content.Release{IDs: ids, Cascade: true})
	mustRefuse(t, out, err, "REQUIRED ids.1")
	if !strings.Contains(out.Errors[0].Message, "/patterns/unfit") {
		t.Errorf("told: %s", out.Errors[0].Message)
	}
	out, err = s.Release(t.Context(), me, content.Release{IDs: ids})
	mustRefuse(t, out, err, "UNPUBLISHED_REFERENCE ids.1.relatedPatterns.0.pattern")
	if !strings.Contains(out.Errors[0].Message, `"unfit"`) {
		t.Errorf("told: %s, which names no slug", out.Errors[0].Message)
	}
}

func TestOnePathLeadsToOneEntry(t *testing.T) {
	s := authored(t)
	id := mustSave(t, s, edit(whole("saga"), content.ID{})).ID()
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
	out, err := s.Save(t.Context(), me, edit(whole("outbox"), content.ID{}))
	mustRefuse(t, out, err, "TAKEN input.slug")
}

func TestTextsAreReviewed(t *testing.T) {
	s := authored(t, func(o *mongodb.Options) {
		o.Review = func(text string) []error {
			if text == "bad" {
				return []error{errors.New("1:1: this"), errors.New("2:1: that")}
			}
			return nil
		}
	})
	p := whole("saga")
	p.Body.Markdown, p.Name = "bad", ""
	out, err := s.Save(t.Context(), me, edit(p, content.ID{}))
	mustRefuse(t, out, err, "REQUIRED input.name", "INVALID input.body", "INVALID input.body")
	p = whole("saga")
	p.Body.Markdown = "good"
	mustSave(t, s, edit(p, content.ID{}))
}

func TestPlansAreOfARevision(t *testing.T) {
	s := authored(t)
	id := mustSave(t, s, edit(whole("saga"), content.ID{})).ID()
	at, stale, current := time.Now().Add(time.Hour), 9, 1
	out, err := s.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &at, IfRevision: &stale})
	mustRefuse(t, out, err, "CONFLICT ifRevision")
	out, err = s.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &at, IfRevision: &current})
	mustOutcome(t, out, err)
}

// TestOtherWritesHappenOnce has many try the same write under one key.
func TestOtherWritesHappenOnce(t *testing.T) {
	s := authored(t)
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
		t.Errorf("%d endpoints were made and told as %v (%v)", len(list), got, err)
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
	s := authored(t)
	request := content.Request{By: "author", Key: "observed", Hash: "a"}
	var told []*content.Observation
	for _, value := range []float64{1, 1} {
		out, err := s.Record(t.Context(), request, &content.Observation{PatternKey: "saga", Metric: "GITHUB_STARS", Month: "2026-01", Value: &value, CompanyKeys: []string{}, CollectedAt: time.Now()})
		told = append(told, mustOutcome(t, out, err).Observation)
	}
	if d := cmp.Diff(told[0], told[1]); d != "" {
		t.Errorf("the second answer differs (-first +second):\n%s", d)
	}
	if n, err := s.LastSeq(t.Context()); err != nil || n != 4 {
		t.Errorf("%d changes, want 4 (%v)", n, err)
	}
	request.Hash = "b"
	out, err := s.Record(t.Context(), request, &content.Observation{PatternKey: "saga", Metric: "GITHUB_STARS", Month: "2026-02"})
	mustRefuse(t, out, err, "IDEMPOTENCY_MISMATCH key")
}
