package authoring_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/authoring"
	"patternhub/internal/content"
)

// fixture is an Editor on a store in memory.
type fixture struct {
	*authoring.Editor
	store *memory
	now   time.Time
}

// me is a request of an author without an idempotency key.
var me = content.Request{By: "author"}

// newFixture returns a fixture with the tier gold, published.
func newFixture(t *testing.T) *fixture {
	t.Helper()
	d := &fixture{store: newMemory(), now: begun}
	d.Editor = authoring.New(authoring.Options{
		Store: d.store,
		Now:   func() time.Time { return d.now },
		Render: func(_ content.EntryType, _, markdown string, _ ...content.File) content.RichText {
			return content.RichText{Markdown: markdown, HTML: "<p>" + markdown}
		},
		Review: func(e content.Entry) []content.UserError {
			p, ok := e.(*content.Pattern)
			if ok && p.Body.Markdown == "bad" {
				return []content.UserError{{Field: []string{"body"}, Code: content.ErrInvalid}}
			}
			if ok {
				p.Problem = strings.TrimSpace(p.Problem)
			}
			return nil
		},
	})
	gold := &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: "gold", Slug: "gold", Name: "Gold", Summary: "A tier."}, Rank: 1}
	if _, err := d.Put(t.Context(), "test", gold); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Publish(t.Context(), "test", gold.ID()); err != nil {
		t.Fatal(err)
	}
	return d
}

// publishable returns a pattern that may be published, related to others.
func publishable(slug string, relations ...content.RelationRow) *content.Pattern {
	return &content.Pattern{
		Meta:    content.Meta{Type: content.TypePattern, Slug: slug, Name: strings.ToUpper(slug[:1]) + slug[1:], Summary: "A pattern."},
		TierKey: "gold", Category: "RESILIENCE", Difficulty: "BEGINNER", ReadingMinutes: 5,
		CatalogName: slug, CatalogGroup: "RESILIENCE", CatalogStatus: "PRODUCTION_READY",
		Recommendation: "RECOMMENDED", Relevance: "MAINSTREAM", Problem: "A problem.", Solution: "A solution.",
		Relations: relations,
	}
}

// to returns a relation to a pattern.
func to(slug string, relation content.PatternRelation) content.RelationRow {
	return content.RelationRow{PatternKey: slug, Relation: relation}
}

// edit returns an edit of all fields of a new pattern, or of the named fields of an entry.
func edit(p *content.Pattern, id content.ID, fields ...string) content.Edit {
	if len(fields) == 0 {
		fields = content.Authored(content.TypePattern)
	}
	id.Type, p.Type = content.TypePattern, content.TypePattern
	return content.Edit{ID: id, Fields: fields, Values: p}
}

// accepted returns the outcome of a write that must not be refused.
func accepted(t *testing.T, out *content.Outcome, err error) *content.Outcome {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(out.Errors)+len(out.Problems) > 0 {
		t.Fatalf("refused: %+v %+v", out.Errors, out.Problems)
	}
	return out
}

// refused fails unless a write is refused with these codes and fields.
func refused(t *testing.T, out *content.Outcome, err error, want ...string) {
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

func (d *fixture) save(t *testing.T, e content.Edit) *content.Pattern {
	t.Helper()
	out, err := d.Save(t.Context(), me, e)
	return accepted(t, out, err).Entries[0].(*content.Pattern)
}

func (d *fixture) make(t *testing.T, p *content.Pattern) content.ID {
	t.Helper()
	return d.save(t, edit(p, content.ID{})).ID()
}

func (d *fixture) release(t *testing.T, ids ...content.ID) *content.Outcome {
	t.Helper()
	out, err := d.Release(t.Context(), me, content.Release{IDs: ids, Cascade: true})
	return accepted(t, out, err)
}

// copyOf returns a copy as it is stored; nil when there is none.
func (d *fixture) copyOf(p content.Perspective, id content.ID) *content.Pattern {
	e, _ := d.store.state.graphs[p][id].(*content.Pattern)
	return e
}

// log describes the rows of the change log after the first ones.
func (d *fixture) log(after int) []string {
	var out []string
	for _, c := range d.store.state.changes[after:] {
		line := fmt.Sprintf("%s %s %d in %s", c.Op, d.name(c), c.Revision, c.Graph)
		if c.Relations != nil {
			line += fmt.Sprintf(" with %d relations", len(*c.Relations))
		}
		out = append(out, line)
	}
	return out
}

// name returns the slug of an entry, even of a deleted one.
func (d *fixture) name(c content.Change) string {
	if all := d.store.state.revisions[content.ID{Type: c.Type, Key: c.Key}]; len(all) > 0 {
		return all[len(all)-1].Entry.Head().Slug
	}
	return c.Key
}

// TestRowsOfTheLog: each write logs what it changes, in this order.
func TestRowsOfTheLog(t *testing.T) {
	d := newFixture(t)
	saga, outbox := d.make(t, publishable("saga")), d.make(t, publishable("outbox"))
	d.release(t, saga)
	for _, tt := range []struct {
		name  string
		write func() (*content.Outcome, error)
		want  []string
	}{
		{"a save writes the other side first", func() (*content.Outcome, error) {
			return d.Save(t.Context(), me, edit(&content.Pattern{Relations: []content.RelationRow{to("saga", "COMPLEMENTS")}}, outbox, "relatedPatterns"))
		}, []string{"UPSERT saga 2 in DRAFTS", "UPSERT outbox 2 in DRAFTS"}},
		{"what is as it was is not written", func() (*content.Outcome, error) {
			return d.Save(t.Context(), me, edit(&content.Pattern{Problem: "A problem."}, outbox, "problem"))
		}, nil},
		{"a copy may have fewer relations", func() (*content.Outcome, error) {
			return d.Release(t.Context(), me, content.Release{IDs: []content.ID{saga}})
		}, []string{"UPSERT saga 2 in PUBLISHED with 0 relations", "UPSERT saga 2 in DRAFTS"}},
		{"a release reaches the other side", func() (*content.Outcome, error) {
			return d.Release(t.Context(), me, content.Release{IDs: []content.ID{outbox}})
		}, []string{"UPSERT outbox 2 in PUBLISHED", "UPSERT outbox 2 in DRAFTS", "UPSERT saga 2 in PUBLISHED", "UPSERT saga 2 in DRAFTS"}},
		{"so does a withdrawal", func() (*content.Outcome, error) {
			return d.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{outbox}})
		}, []string{"DELETE outbox 2 in PUBLISHED", "UPSERT outbox 2 in DRAFTS", "UPSERT saga 2 in PUBLISHED with 0 relations", "UPSERT saga 2 in DRAFTS"}},
		{"a refusal is not logged", func() (*content.Outcome, error) {
			return d.Remove(t.Context(), me, content.Release{IDs: []content.ID{outbox}})
		}, nil},
		{"entries go from both graphs", func() (*content.Outcome, error) {
			return d.Remove(t.Context(), me, content.Release{IDs: []content.ID{outbox, saga}})
		}, []string{"DELETE outbox 2 in DRAFTS", "DELETE saga 2 in PUBLISHED", "DELETE saga 2 in DRAFTS"}},
		{"a restore goes on with the numbers", func() (*content.Outcome, error) {
			return d.Restore(t.Context(), me, outbox, 1, nil)
		}, []string{"UPSERT outbox 3 in DRAFTS"}},
	} {
		before := len(d.store.state.changes)
		if _, err := tt.write(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, d.log(before)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestTextsAreReviewedAndRendered(t *testing.T) {
	d := newFixture(t)
	p := publishable("saga")
	p.Body.Markdown, p.Name = "bad", ""
	out, err := d.Save(t.Context(), me, edit(p, content.ID{}))
	refused(t, out, err, "REQUIRED input.name", "INVALID input.body")
	p = publishable("saga")
	p.Body.Markdown, p.Problem = "good", " Trimmed. "
	if saved := d.save(t, edit(p, content.ID{})); saved.Problem != "Trimmed." || saved.Body.HTML != "<p>good" {
		t.Errorf("stored as %q with the body %q", saved.Problem, saved.Body.HTML)
	}
	if p.Problem != " Trimmed. " || p.TierKey != "gold" || p.Key != "" {
		t.Errorf("a save changes its argument: %+v", p)
	}
}

func TestUnknownTypesAreFaults(t *testing.T) {
	d := newFixture(t)
	id := content.ID{Type: content.NonEntryWebhookEndpoint, Key: "x"}
	what := content.Release{IDs: []content.ID{id}}
	for name, write := range map[string]func() error{
		"save": func() error {
			e := edit(publishable("saga"), content.ID{})
			e.ID = content.ID{Type: id.Type}
			_, err := d.Save(t.Context(), me, e)
			return err
		},
		"release":  func() error { _, err := d.Release(t.Context(), me, what); return err },
		"withdraw": func() error { _, err := d.Withdraw(t.Context(), me, what); return err },
		"remove":   func() error { _, err := d.Remove(t.Context(), me, what); return err },
		"plan": func() error {
			_, err := d.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &begun})
			return err
		},
		"publish":   func() error { _, err := d.Publish(t.Context(), "test", id); return err },
		"unpublish": func() error { _, err := d.Unpublish(t.Context(), "test", id); return err },
		"delete":    func() error { return d.Delete(t.Context(), "test", id) },
	} {
		if err := write(); content.CodeOf(err) != content.BadUserInput {
			t.Errorf("%s: %v, want BAD_USER_INPUT", name, err)
		}
	}
}

func TestPlainWritesCheckLittle(t *testing.T) {
	d := newFixture(t)
	none := content.ID{Type: content.TypePattern, Key: "none"}
	for name, tt := range map[string]struct {
		write func(ctx context.Context) error
		want  content.Code
	}{
		"publishing nothing":   {func(ctx context.Context) error { _, err := d.Publish(ctx, "test", none); return err }, content.NotFound},
		"unpublishing nothing": {func(ctx context.Context) error { _, err := d.Unpublish(ctx, "test", none); return err }, content.NotFound},
		"deleting nothing":     {func(ctx context.Context) error { return d.Delete(ctx, "test", none) }, content.NotFound},
		"a stale revision": {func(ctx context.Context) error {
			p := publishable("saga")
			p.Revision = 4
			_, err := d.Put(ctx, "test", p)
			return err
		}, content.Conflict},
		"too many": {func(ctx context.Context) error {
			_, err := d.Put(ctx, "test", make([]content.Entry, content.MaxBatch+1)...)
			return err
		}, content.LimitExceeded},
		"too many at once": {func(ctx context.Context) error {
			_, err := d.Publish(ctx, "test", make([]content.ID, content.MaxRelease+1)...)
			return err
		}, content.LimitExceeded},
	} {
		if err := tt.write(t.Context()); content.CodeOf(err) != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
	draft := d.make(t, publishable("draft"))
	if _, err := d.Unpublish(t.Context(), "test", draft); content.CodeOf(err) != content.Conflict {
		t.Errorf("unpublishing a draft: %v, want CONFLICT", err)
	}
}

// TestFormerSlugsAreReserved renames an entry and lets another one ask for the old slug.
func TestFormerSlugsAreReserved(t *testing.T) {
	d := newFixture(t)
	id := d.make(t, publishable("saga"))
	for _, slug := range []string{"sagas", "long-saga", "saga"} {
		d.save(t, edit(&content.Pattern{Meta: content.Meta{Slug: slug}}, id, "slug"))
	}
	if got := d.copyOf(content.Drafts, id).FormerSlugs; !slices.Equal(got, []string{"sagas", "long-saga"}) {
		t.Errorf("former slugs are %v", got)
	}
	out, err := d.Save(t.Context(), me, edit(publishable("sagas"), content.ID{}))
	refused(t, out, err, "TAKEN input.slug")
	if _, err := d.Put(t.Context(), "test", publishable("sagas")); content.CodeOf(err) != content.Conflict {
		t.Errorf("a plain write takes a former slug: %v", err)
	}
	other := d.make(t, publishable("other", to("long-saga", "PREREQUISITE")))
	if got := d.copyOf(content.Drafts, other).Relations[0].PatternKey; got != id.Key {
		t.Errorf("a former slug resolves to %q", got)
	}
}

// TestACascadePublishesChains: a cascade publishes everything that a release needs, but not the
// other side of symmetric relations.
func TestACascadePublishesChains(t *testing.T) {
	d := newFixture(t)
	last := d.make(t, publishable("last"))
	middle := d.make(t, publishable("middle", to("last", "PREREQUISITE")))
	aside := d.make(t, publishable("aside"))
	first := d.make(t, publishable("first", to("middle", "PREREQUISITE"), to("aside", "COMPLEMENTS")))
	out, err := d.Release(t.Context(), me, content.Release{IDs: []content.ID{first}})
	refused(t, out, err, "UNPUBLISHED_REFERENCE ids.0.relatedPatterns.0.pattern")
	var got []content.ID
	for _, e := range d.release(t, first).Entries {
		got = append(got, e.ID())
	}
	if diff := cmp.Diff([]content.ID{first, middle, last}, got); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	if d.copyOf(content.Published, aside) != nil || len(d.copyOf(content.Published, first).Relations) != 1 {
		t.Error("the other side of a symmetric relation was published or is shown")
	}
}

func TestSchedules(t *testing.T) {
	d := newFixture(t)
	fit := d.make(t, publishable("fit"))
	unfit := publishable("unfit")
	unfit.Solution = ""
	bad := d.make(t, unfit)
	soon, later := begun.Add(time.Hour), begun.Add(2*time.Hour)
	for id, at := range map[content.ID]time.Time{fit: soon, bad: later} {
		out, err := d.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &at})
		accepted(t, out, err)
	}
	if next, err := d.Due(t.Context(), nil); err != nil || next == nil || !next.Equal(soon) {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	d.now = soon
	if next, err := d.Due(t.Context(), nil); err != nil || next == nil || !next.Equal(later) || d.copyOf(content.Published, fit) == nil {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	d.now = later
	if next, err := d.Due(t.Context(), nil); err != nil || next != nil {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	for _, s := range d.store.state.schedules {
		failed := s.EntryID() == bad
		if want := map[bool]content.ScheduleState{true: content.ScheduleFailed, false: content.ScheduleDone}[failed]; s.State != want || failed != (s.Problem != nil) {
			t.Errorf("a schedule has ended as %+v", s)
		}
	}
	out, err := d.Remove(t.Context(), me, content.Release{IDs: []content.ID{bad}})
	accepted(t, out, err)
	if len(d.store.state.schedules) != 1 {
		t.Errorf("schedules of a deleted entry remain: %+v", d.store.state.schedules)
	}
}

func TestIdempotency(t *testing.T) {
	d := newFixture(t)
	r := content.Request{By: "author", Key: "once", Hash: "a"}
	save := func() (*content.Outcome, error) {
		return d.Save(t.Context(), r, edit(publishable("saga"), content.ID{}))
	}
	out, err := save()
	first := accepted(t, out, err)
	d.now = begun.Add(content.AnswerLife - time.Second)
	out, err = save()
	if diff := cmp.Diff(first, accepted(t, out, err)); diff != "" {
		t.Errorf("the second answer (-first +second):\n%s", diff)
	}
	r.Hash = "b"
	out, err = save()
	refused(t, out, err, "IDEMPOTENCY_MISMATCH key")
	d.now = begun.Add(content.AnswerLife)
	out, err = save()
	refused(t, out, err, "TAKEN input.slug")
	r = content.Request{By: "author", Key: "observed", Hash: "a"}
	var records []*content.Observation
	for range 2 {
		out, err := d.Record(t.Context(), r, &content.Observation{PatternKey: "saga", Metric: "GITHUB_STARS", Month: "2026-01"})
		records = append(records, accepted(t, out, err).Observation)
		d.now = d.now.Add(time.Second)
	}
	if diff := cmp.Diff(records[0], records[1]); diff != "" || records[0].RecordedBy != "author" || len(d.store.state.observations) != 1 {
		t.Errorf("the second record (-first +second):\n%s", diff)
	}
}

// TestInvariantsHoldAfterRandomWrites: after each write no reference has a missing target, a
// symmetric relation is in both published copies or in neither, the log has no gap, and what is published
// says what was changed.
func TestInvariantsHoldAfterRandomWrites(t *testing.T) {
	d := newFixture(t)
	random := rand.New(rand.NewPCG(3, 5))
	var ids []content.ID
	for i := range 6 {
		ids = append(ids, d.make(t, publishable(fmt.Sprint("p", i))))
	}
	taken := 0
	for range 2000 {
		id := ids[random.IntN(len(ids))]
		before := d.store.state.graphs[content.Published] // it is replaced, not changed
		what := content.Release{IDs: []content.ID{id}, Cascade: random.IntN(2) == 0}
		var out *content.Outcome
		var err error
		switch random.IntN(7) {
		case 0, 1, 2:
			row := to(fmt.Sprint("p", random.IntN(6)), content.PatternRelation(content.PatternRelation("").Values()[random.IntN(6)]))
			out, err = d.Save(t.Context(), me, edit(&content.Pattern{Relations: []content.RelationRow{row}}, id, "relatedPatterns"))
		case 3:
			out, err = d.Release(t.Context(), me, what)
		case 4:
			out, err = d.Withdraw(t.Context(), me, what)
		case 5:
			out, err = d.Remove(t.Context(), me, what)
		default:
			out, err = d.Restore(t.Context(), me, id, 1+random.IntN(3), nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Errors) == 0 {
			taken++
		}
		d.mustHoldInvariants(t)
		d.mustSayWhatChanged(t, before)
	}
	if taken < 500 {
		t.Errorf("only %d of 2000 writes were accepted", taken)
	}
}

// mustHoldInvariants checks the rules in both graphs.
func (d *fixture) mustHoldInvariants(t *testing.T) {
	t.Helper()
	for perspective, graph := range d.store.state.graphs {
		for id, e := range graph {
			for _, r := range content.References(e) {
				other, ok := graph[r.Target]
				if !ok {
					t.Fatalf("%s refers to %s, which is not in %s", id.Key, r.Target.Key, perspective)
				}
				back := func(x content.Reference) bool { return x.Target == id && x.Mutual }
				if r.Mutual && !slices.ContainsFunc(content.References(other), back) {
					t.Fatalf("%s states a relation with %s alone in %s", id.Key, r.Target.Key, perspective)
				}
			}
			if status := e.Head().Status; perspective == content.Published && status != content.StatusPublished {
				t.Fatalf("a published copy is %s", status)
			}
		}
	}
	for i, c := range d.store.state.changes {
		if c.Seq != int64(i+1) {
			t.Fatalf("change %d is number %d", i+1, c.Seq)
		}
	}
}

// TestAReleaseChangesABoundedNumberOfOthers publishes two patterns with more related patterns than a
// release may change, together and one after the other.
func TestAReleaseChangesABoundedNumberOfOthers(t *testing.T) {
	d := newFixture(t)
	var ids []content.ID
	hubs := []*content.Pattern{publishable("hub-0"), publishable("hub-1")}
	var others []content.Entry
	for i := range content.MaxReflected + 1 {
		hub := hubs[i%2]
		p := publishable(fmt.Sprint("p", i), to(hub.Slug, "COMPLEMENTS"))
		p.Key = p.Slug
		hub.Relations = append(hub.Relations, to(p.Slug, "COMPLEMENTS"))
		others, ids = append(others, p), append(ids, p.ID())
	}
	for part := range slices.Chunk(others, content.MaxBatch) {
		if _, err := d.Put(t.Context(), "test", part...); err != nil {
			t.Fatal(err)
		}
	}
	for part := range slices.Chunk(ids, content.MaxRelease) {
		if _, err := d.Publish(t.Context(), "test", part...); err != nil {
			t.Fatal(err)
		}
	}
	for _, hub := range hubs {
		hub.Key = hub.Slug
	}
	if _, err := d.Put(t.Context(), "test", hubs[0], hubs[1]); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Publish(t.Context(), "test", hubs[0].ID(), hubs[1].ID()); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("both: %v, want LIMIT_EXCEEDED", err)
	}
	for _, hub := range hubs {
		if _, err := d.Publish(t.Context(), "test", hub.ID()); err != nil {
			t.Errorf("%s alone: %v", hub.Slug, err)
		}
	}
}
