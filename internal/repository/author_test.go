package repository_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
)

var me = content.Request{By: "author"}

// publishable returns a pattern that may be published.
func publishable(slug string) *content.Pattern {
	p := storetest.Pattern(slug, strings.ToUpper(slug[:1])+slug[1:], 5)
	p.CatalogName, p.CatalogGroup, p.CatalogStatus = p.Name, "RESILIENCE", "PRODUCTION_READY"
	p.Recommendation, p.Relevance, p.Problem, p.Solution = "RECOMMENDED", "MAINSTREAM", "A problem.", "A solution."
	return p
}

// edit returns an edit of all fields of a new pattern, or of the named fields of an entry.
func edit(p *content.Pattern, id content.ID, fields ...string) content.Edit {
	if len(fields) == 0 {
		fields = content.Authored(content.TypePattern)
	}
	if id.Type == "" {
		id = content.ID{Type: content.TypePattern}
	}
	p.Type, p.Key = content.TypePattern, ""
	return content.Edit{ID: id, Fields: fields, Values: p}
}

// mustOutcome returns the outcome of a write that must not be refused.
func mustOutcome(t *testing.T, out *content.Outcome, err error) *content.Outcome {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Errors) > 0 {
		t.Fatalf("refused: %+v", out.Errors)
	}
	return out
}

// mustRefuse fails unless a write is refused with these codes and fields.
func mustRefuse(t *testing.T, out *content.Outcome, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range out.Errors {
		got = append(got, string(e.Code)+" "+strings.Join(e.Field, "."))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("user errors (-want +got):\n%s\n%+v", d, out.Errors)
	}
}

func mustSave(t *testing.T, s *repository.Store, e content.Edit) content.Entry {
	t.Helper()
	out, err := s.Save(t.Context(), me, e)
	return mustOutcome(t, out, err).Entries[0]
}

// openAuthored returns a store with the tier gold, published.
func openAuthored(t *testing.T, change ...func(*mongodb.Options)) *repository.Store {
	t.Helper()
	s := storetest.Open(t, change...)
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	return s
}

func TestSaveReportsAllErrorsAtOnce(t *testing.T) {
	s := openAuthored(t)
	mustSave(t, s, edit(publishable("saga"), content.ID{}))
	p := publishable("saga")
	p.Slug, p.Name, p.Category = "Not a slug", "", "NOWHERE"
	p.LawKeys = []string{"no-law"}
	p.Adoptions = []content.Adoption{{CompanyKey: "missing"}}
	p.Introduced = new(string)
	*p.Introduced = "yesterday"
	out, err := s.Save(t.Context(), me, edit(p, content.ID{}))
	mustRefuse(t, out, err, "NOT_FOUND input.laws.0", "NOT_FOUND input.companies.0.company",
		"INVALID input.slug", "REQUIRED input.name", "INVALID input.category", "INVALID input.introduced")
	out, err = s.Save(t.Context(), me, edit(publishable("saga"), content.ID{}))
	mustRefuse(t, out, err, "TAKEN input.slug")
	if n, err := s.LastSeq(t.Context()); err != nil || n != 4 {
		t.Errorf("%d changes after refused writes, want 4 (%v)", n, err)
	}
}

func TestSaveChangesOnlyTheNamedFields(t *testing.T) {
	s := openAuthored(t)
	made := mustSave(t, s, edit(publishable("saga"), content.ID{}))
	out, err := s.Save(t.Context(), me, edit(&content.Pattern{Meta: content.Meta{Name: "Sagas"}}, made.ID(), "name", "introduced"))
	after := mustOutcome(t, out, err).Entries[0].(*content.Pattern)
	if after.Name != "Sagas" || after.Problem != "A problem." || after.Revision != 2 || after.TierKey != "gold" {
		t.Errorf("after the change: %+v", after)
	}
	if out.Seq == 0 {
		t.Error("the outcome does not name its change")
	}
	out, err = s.Save(t.Context(), me, edit(&content.Pattern{}, made.ID(), "category"))
	mustRefuse(t, out, err, "REQUIRED input.category")
	out, err = s.Save(t.Context(), me, edit(&content.Pattern{}, content.ID{Type: content.TypePattern, Key: "nothing"}, "name"))
	mustRefuse(t, out, err, "NOT_FOUND id")
}

func TestStaleWritesConflict(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Name: "Theirs"}}, id, "name"))
	one := 1
	change := func(name, problem string, fields ...string) content.Edit {
		e := edit(&content.Pattern{Meta: content.Meta{Name: name}, Problem: problem}, id, fields...)
		e.IfRevision = &one
		return e
	}
	out, err := s.Save(t.Context(), me, change("Yours", "Other.", "name", "problem"))
	mustRefuse(t, out, err, "CONFLICT ifRevision")
	text := func(s string) *string { return &s }
	want := []content.FieldConflict{{Path: "name", Base: text("Saga"), Theirs: text("Theirs"), Yours: text("Yours")}}
	if d := cmp.Diff(want, out.Conflicts); d != "" {
		t.Errorf("conflicts (-want +got):\n%s", d)
	}
	out, err = s.Save(t.Context(), me, change("", "Other.", "problem"))
	mustRefuse(t, out, err, "CONFLICT ifRevision")
	e := change("", "Other.", "problem")
	e.Merge = content.MergeFields
	out, err = s.Save(t.Context(), me, e)
	got := mustOutcome(t, out, err).Entries[0].(*content.Pattern)
	if got.Name != "Theirs" || got.Problem != "Other." || got.Revision != 3 {
		t.Errorf("merged into %q, %q, revision %d", got.Name, got.Problem, got.Revision)
	}
	e = change("Yours", "", "name")
	e.Merge = content.MergeFields
	out, err = s.Save(t.Context(), me, e)
	mustRefuse(t, out, err, "CONFLICT ifRevision")
}

func TestOneOfManyWritersOfARevisionWins(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	const writers, rounds = 32, 4
	for revision := 1; revision <= rounds; revision++ {
		var won atomic.Int32
		var all sync.WaitGroup
		for w := range writers {
			all.Go(func() {
				e := edit(&content.Pattern{Meta: content.Meta{Name: fmt.Sprintf("Writer %d of round %d", w, revision)}}, id, "name")
				e.IfRevision = &revision
				out, err := s.Save(t.Context(), me, e)
				switch {
				case err != nil:
					t.Error(err)
				case len(out.Errors) == 0:
					won.Add(1)
				case out.Errors[0].Code != content.ErrConflict:
					t.Errorf("a loser gets %+v", out.Errors)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d of %d writers won revision %d", won.Load(), writers, revision)
		}
	}
}

func TestRelationsAreMirrored(t *testing.T) {
	s := openAuthored(t)
	a, b := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID(), mustSave(t, s, edit(publishable("outbox"), content.ID{})).ID()
	relate := func(rows ...content.RelationRow) {
		mustSave(t, s, edit(&content.Pattern{Relations: rows}, a, "relatedPatterns"))
	}
	other := func() []content.RelationRow {
		return storetest.ByKey(t, s.At(content.Drafts).Patterns, b.Key).Relations
	}
	relate(content.RelationRow{PatternKey: "outbox", Relation: "COMPLEMENTS", Weight: 2}, content.RelationRow{PatternKey: "outbox", Relation: "PREREQUISITE"})
	if got := other(); len(got) != 1 || got[0].PatternKey != a.Key || got[0].Relation != "COMPLEMENTS" || got[0].Weight != 2 {
		t.Fatalf("the other side states %+v", got)
	}
	relate(content.RelationRow{PatternKey: "outbox", Relation: "PREREQUISITE"})
	if got := other(); len(got) != 0 {
		t.Fatalf("the other side still states %+v", got)
	}
}

func TestPublishingNeedsPublishedReferences(t *testing.T) {
	s := openAuthored(t)
	storetest.Put(t, s, storetest.Tier("silver", 2))
	p := publishable("saga")
	p.TierKey = "silver"
	id := mustSave(t, s, edit(p, content.ID{})).ID()
	out, err := s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}})
	mustRefuse(t, out, err, "UNPUBLISHED_REFERENCE ids.0.tier")
	if storetest.ByKey(t, s.At(content.Published).Patterns, id.Key) != nil {
		t.Fatal("a refused release has published something")
	}
	out, err = s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}, IfRevisions: []int{7}, Cascade: true})
	mustRefuse(t, out, err, "CONFLICT ifRevisions.0")
	mustSave(t, s, edit(&content.Pattern{}, id, "solution"))
	out, err = s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}, Cascade: true})
	if err != nil || len(out.Errors) == 0 || !slices.Contains([]content.UserErrorCode{content.ErrRequired}, out.Errors[0].Code) {
		t.Fatalf("published without a solution: %+v, %v", out, err)
	}
	mustSave(t, s, edit(&content.Pattern{Solution: "Again."}, id, "solution"))
	sv := storetest.Tier("silver", 2)
	sv.Badge, sv.Revision = "Silver", 1
	storetest.Put(t, s, sv)
	out, err = s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}, Cascade: true})
	if got := mustOutcome(t, out, err); len(got.Entries) != 2 {
		t.Errorf("cascade published %d entries, want 2", len(got.Entries))
	}
	out, err = s.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{{Type: content.TypeTier, Key: "silver"}}})
	mustRefuse(t, out, err, "STILL_REFERENCED ids.0")
	if len(out.Referrers) != 1 || out.Referrers[0].Place != "tier" || out.Referrers[0].Entry.ID() != id {
		t.Errorf("referrers are %+v", out.Referrers)
	}
	out, err = s.Remove(t.Context(), me, content.Release{IDs: []content.ID{{Type: content.TypeTier, Key: "silver"}}})
	mustRefuse(t, out, err, "STILL_REFERENCED ids.0")
	out, err = s.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{{Type: content.TypeTier, Key: "silver"}, id}})
	mustOutcome(t, out, err)
	out, err = s.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{id}})
	mustRefuse(t, out, err, "INVALID ids.0")
}

func TestRestoreBringsRevisionsAndDeletedEntriesBack(t *testing.T) {
	s := openAuthored(t)
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Name: "Later"}}, id, "name"))
	out, err := s.Restore(t.Context(), me, id, 1, nil)
	if got := mustOutcome(t, out, err).Entries[0].Head(); got.Name != "Saga" || got.Revision != 3 {
		t.Errorf("restored as %q, revision %d", got.Name, got.Revision)
	}
	out, err = s.Remove(t.Context(), me, content.Release{IDs: []content.ID{id}})
	mustOutcome(t, out, err)
	out, err = s.Restore(t.Context(), me, id, 2, nil)
	if got := mustOutcome(t, out, err).Entries[0].Head(); got.Name != "Later" || got.Revision != 4 || got.Status != content.StatusDraft {
		t.Errorf("brought back as %q, revision %d, %s", got.Name, got.Revision, got.Status)
	}
	out, err = s.Restore(t.Context(), me, id, 9, nil)
	mustRefuse(t, out, err, "NOT_FOUND revision")
}

func TestIdempotentWrites(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := openAuthored(t, func(o *mongodb.Options) { o.Now = func() time.Time { return now } })
	r := content.Request{By: "author", Key: "once", Hash: "a"}
	save := func(r content.Request) (*content.Outcome, error) {
		return s.Save(t.Context(), r, edit(publishable("saga"), content.ID{}))
	}
	out, err := save(r)
	first := mustOutcome(t, out, err)
	mustSave(t, s, edit(&content.Pattern{Meta: content.Meta{Name: "Later"}}, first.Entries[0].ID(), "name"))
	out, err = save(r)
	second := mustOutcome(t, out, err)
	if d := cmp.Diff(first.Entries[0].Head(), second.Entries[0].Head()); d != "" || second.Seq != first.Seq {
		t.Errorf("second answer, %d and %d (-first +second):\n%s", first.Seq, second.Seq, d)
	}
	r.Hash = "b"
	out, err = save(r)
	mustRefuse(t, out, err, "IDEMPOTENCY_MISMATCH key")
	now = now.Add(25 * time.Hour)
	out, err = save(r)
	mustRefuse(t, out, err, "TAKEN input.slug")
}

func TestSchedulesFireOnce(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	uri, database := mongotest.Open(t)
	var replicas []*repository.Store
	for range 3 {
		s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: func(content.EntryType, string, string, ...content.File) content.RichText { return content.RichText{} }, Now: func() time.Time { return now }}, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close(context.WithoutCancel(t.Context())) })
		replicas = append(replicas, s)
	}
	s := replicas[0]
	if err := s.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	storetest.Publish(t, s, storetest.Tier("gold", 1))
	id := mustSave(t, s, edit(publishable("saga"), content.ID{})).ID()
	lost := publishable("lost")
	lost.Solution = ""
	unfit := mustSave(t, s, edit(lost, content.ID{})).ID()
	at := now.Add(time.Hour)
	past := now.Add(-time.Hour)
	out, err := s.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &past})
	mustRefuse(t, out, err, "INVALID at")
	for _, x := range []content.ID{id, unfit} {
		out, err = s.Plan(t.Context(), me, content.Intent{ID: x, Action: content.SchedulePublish, At: &at})
		mustOutcome(t, out, err)
	}
	if next, err := s.Due(t.Context(), nil); err != nil || next == nil || !next.Equal(at) {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	before, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	now = at
	var all sync.WaitGroup
	for _, r := range replicas {
		all.Go(func() {
			if next, err := r.Due(t.Context(), nil); err != nil || next != nil {
				t.Errorf("next %v, %v", next, err)
			}
		})
	}
	all.Wait()
	if after, err := s.LastSeq(t.Context()); err != nil || after != before+2 {
		t.Errorf("%d changes, want the 2 of one publish (%v)", after-before, err)
	}
	list, err := s.Schedules(t.Context(), 10)
	if err != nil || len(list) != 1 || list[0].State != content.ScheduleFailed || list[0].Problem == nil || list[0].EntryID() != unfit {
		t.Errorf("schedules that wait or have failed: %+v, %v", list, err)
	}
}

// TestRandomWritesBreakNoReference looks for references to missing entries, and for symmetric
// relations that only one published side has.
func TestRandomWritesBreakNoReference(t *testing.T) {
	s := openAuthored(t)
	random := rand.New(rand.NewPCG(7, 11))
	slugs := []string{"a", "b", "c", "d", "e", "f"}
	ids := map[string]content.ID{}
	accepted := 0
	for range 150 {
		slug := slugs[random.IntN(len(slugs))]
		id, there := ids[slug]
		target := slugs[random.IntN(len(slugs))]
		var out *content.Outcome
		var err error
		switch act := random.IntN(8); {
		case !there:
			out, err = s.Save(t.Context(), me, edit(publishable(slug), content.ID{}))
			if err == nil && len(out.Errors) == 0 {
				ids[slug] = out.Entries[0].ID()
			}
		case act < 3:
			row := content.RelationRow{PatternKey: target, Relation: content.PatternRelation(content.PatternRelation("").Values()[random.IntN(6)])}
			out, err = s.Save(t.Context(), me, edit(&content.Pattern{Relations: []content.RelationRow{row}}, id, "relatedPatterns"))
		case act == 3:
			out, err = s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}})
		case act == 4:
			out, err = s.Release(t.Context(), me, content.Release{IDs: []content.ID{id}, Cascade: true})
		case act == 5:
			out, err = s.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{id}})
		case act == 6:
			out, err = s.Remove(t.Context(), me, content.Release{IDs: []content.ID{id}})
			if err == nil && len(out.Errors) == 0 {
				delete(ids, slug)
			}
		default:
			out, err = s.Restore(t.Context(), me, id, 1+random.IntN(3), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Errors) == 0 {
			accepted++
		}
		for _, p := range []content.Perspective{content.Drafts, content.Published} {
			if rows, err := s.Broken(t.Context(), p, 10); err != nil || len(rows) > 0 {
				t.Fatalf("broken in %s: %+v, %v", p, rows, err)
			}
		}
		mustBeMutual(t, s, slices.Collect(maps.Values(ids)))
	}
	if accepted < 50 {
		t.Errorf("only %d of 150 writes were accepted", accepted)
	}
}

func TestBrokenFindsReferencesToMissingEntries(t *testing.T) {
	s := openAuthored(t)
	p := publishable("saga")
	p.LawKeys = []string{"gone"}
	storetest.Put(t, s, p) // a plain write does not check references
	rows, err := s.Broken(t.Context(), content.Drafts, 10)
	if err != nil || len(rows) != 1 || rows[0].Place != "laws[0]" || rows[0].Target.Key != "gone" {
		t.Errorf("broken: %+v, %v", rows, err)
	}
}

func TestReleasesAreBounded(t *testing.T) {
	s := openAuthored(t)
	_, err := s.Release(t.Context(), me, content.Release{IDs: make([]content.ID, content.MaxRelease+1)})
	var fault *content.Error
	if !errors.As(err, &fault) || fault.Code != content.LimitExceeded {
		t.Errorf("a release that is too large: %v", err)
	}
	out, err := s.Release(t.Context(), me, content.Release{})
	mustRefuse(t, out, err, "REQUIRED ids")
}
