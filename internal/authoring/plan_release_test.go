package authoring_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// publishing and unpublishing return entries of a release.
func publishing(ids ...content.ID) []content.ReleaseEntry {
	return entriesOf(content.SchedulePublish, ids)
}

func unpublishing(ids ...content.ID) []content.ReleaseEntry {
	return entriesOf(content.ScheduleUnpublish, ids)
}

func entriesOf(action content.ScheduleAction, ids []content.ID) (out []content.ReleaseEntry) {
	for _, id := range ids {
		out = append(out, content.ReleaseEntry{Type: id.Type, Key: id.Key, Action: action})
	}
	return out
}

// compose makes a release.
func (d *fixture) compose(t *testing.T, name string, entries ...content.ReleaseEntry) *content.NamedRelease {
	t.Helper()
	out, err := d.ChangeRelease(t.Context(), me, content.ReleaseChange{Name: &name, Add: entries})
	return accepted(t, out, err).Release
}

// named returns a release as it is stored.
func (d *fixture) named(key string) content.NamedRelease { return d.store.state.releases[key] }

// rename changes the name of a pattern.
func (d *fixture) rename(t *testing.T, id content.ID, name string) {
	t.Helper()
	d.save(t, edit(&content.Pattern{Meta: content.Meta{Name: name}}, id, "name"))
}

func (d *fixture) gate(t *testing.T, key string) *content.ReleaseGate {
	t.Helper()
	gate, err := d.Gate(t.Context(), key)
	if err != nil || gate == nil {
		t.Fatalf("the gate is %v, %v", gate, err)
	}
	return gate
}

func TestChangesOfReleases(t *testing.T) {
	d := newFixture(t)
	a, b := d.make(t, publishable("a")), d.make(t, publishable("b"))
	gold, none := content.ID{Type: content.TypeTier, Key: "gold"}, ofPattern("none")
	made := d.compose(t, " Spring ", publishing(a)...)
	if made.Name != "Spring" || made.State != content.ReleaseOpen || made.By != "author" {
		t.Errorf("made %+v", made)
	}
	many := make([]content.ReleaseEntry, content.MaxRelease+1)
	long, empty, lines := strings.Repeat("n", content.MaxReleaseName+1), " ", "two\nlines"
	for name, tt := range map[string]struct {
		change content.ReleaseChange
		want   []string
	}{
		"no such release":     {content.ReleaseChange{Key: "none"}, []string{"NOT_FOUND id"}},
		"a long name":         {content.ReleaseChange{Key: made.Key, Name: &long}, []string{"TOO_LONG name"}},
		"no name":             {content.ReleaseChange{Key: made.Key, Name: &empty}, []string{"REQUIRED name"}},
		"a name of two lines": {content.ReleaseChange{Key: made.Key, Name: &lines}, []string{"INVALID name"}},
		"a new one without":   {content.ReleaseChange{Name: &empty, Add: publishing(none)}, []string{"REQUIRED name", "NOT_FOUND entries.0.id"}},
		"no such entry":       {content.ReleaseChange{Key: made.Key, Add: publishing(b, none)}, []string{"NOT_FOUND add.1.id"}},
		"named twice":         {content.ReleaseChange{Key: made.Key, Add: publishing(b, b)}, []string{"INVALID add.1.id"}},
		"not in it":           {content.ReleaseChange{Key: made.Key, Remove: []content.ID{b}}, []string{"NOT_FOUND remove.0"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := d.ChangeRelease(t.Context(), me, tt.change)
			refused(t, out, err, tt.want...)
		})
	}
	if _, err := d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key, Add: many}); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("too many entries: %v", err)
	}
	out, err := d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key, Add: append(publishing(b), unpublishing(a, gold)...)})
	accepted(t, out, err)
	out, err = d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key, Remove: []content.ID{gold}})
	accepted(t, out, err)
	want := []content.ReleaseEntry{unpublishing(a)[0], publishing(b)[0]}
	if diff := cmp.Diff(want, d.named(made.Key).Entries); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	out, err = d.DropRelease(t.Context(), me, made.Key)
	accepted(t, out, err)
	out, err = d.DropRelease(t.Context(), me, made.Key)
	refused(t, out, err, "NOT_FOUND id")
}

// TestReleasesAreBounded fills a hub with releases, and one release with entries and with text.
func TestReleasesAreBounded(t *testing.T) {
	d := newFixture(t)
	large, other := publishable("large"), publishable("other")
	large.Key, other.Key = large.Slug, other.Slug
	large.Body.Markdown = strings.Repeat("text ", 1<<20)
	other.Body.Markdown = large.Body.Markdown
	if _, err := d.Put(t.Context(), "test", large, other); err != nil {
		t.Fatal(err)
	}
	made := d.compose(t, "Large", publishing(large.ID())...)
	out, err := d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key, Add: publishing(other.ID())})
	refused(t, out, err, "TOO_LONG add")
	var small []content.Entry
	for i := range content.MaxRelease {
		p := publishable(fmt.Sprint("s", i))
		p.Key = p.Slug
		small = append(small, p)
	}
	for part := range slices.Chunk(small, content.MaxBatch) {
		if _, err := d.Put(t.Context(), "test", part...); err != nil {
			t.Fatal(err)
		}
	}
	all := make([]content.ID, len(small))
	for i, e := range small {
		all[i] = e.ID()
	}
	out, err = d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key, Add: publishing(all...)})
	refused(t, out, err, "TOO_LONG add")
	for i := range content.MaxReleases - 1 {
		d.compose(t, fmt.Sprint("Release ", i))
	}
	name := "One more"
	if _, err := d.ChangeRelease(t.Context(), me, content.ReleaseChange{Name: &name}); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("a release too many: %v", err)
	}
}

// TestAReleaseDoesAllOrNothing publishes an entry and unpublishes what its published copy needed.
func TestAReleaseDoesAllOrNothing(t *testing.T) {
	d := newFixture(t)
	old, heir := d.make(t, publishable("old")), d.make(t, publishable("heir"))
	user := d.make(t, publishable("user", to("old", "PREREQUISITE")))
	d.release(t, user)
	made := d.compose(t, "Replace", append(publishing(user, heir), unpublishing(old)...)...)
	out, err := d.PublishRelease(t.Context(), me, made.Key)
	refused(t, out, err, "UNPUBLISHED_REFERENCE entries.0.relatedPatterns.0.pattern")
	if gate := d.gate(t, made.Key); len(gate.Errors) != 1 || gate.Effects != nil {
		t.Errorf("the gate has %+v", gate.Outcome)
	}
	if d.copyOf(content.Published, heir) != nil || d.named(made.Key).State != content.ReleaseOpen {
		t.Fatal("a refused release did something")
	}
	d.save(t, edit(&content.Pattern{Relations: []content.RelationRow{to("heir", "PREREQUISITE")}}, user, "relatedPatterns"))
	if gate := d.gate(t, made.Key); len(gate.Errors) > 0 || gate.Effects == nil || gate.Effects.Count < 3 {
		t.Errorf("the gate has %+v", gate.Outcome)
	}
	before := len(d.store.state.changes)
	out, err = d.PublishRelease(t.Context(), me, made.Key)
	done := accepted(t, out, err).Release
	statuses := map[string]content.PublicationStatus{}
	for _, e := range out.Entries {
		statuses[e.Head().Slug] = e.Head().Status
	}
	if diff := cmp.Diff(map[string]content.PublicationStatus{"user": content.StatusPublished, "heir": content.StatusPublished, "old": content.StatusDraft}, statuses); diff != "" {
		t.Errorf("entries of the outcome (-want +got):\n%s", diff)
	}
	if draft := d.copyOf(content.Drafts, old); draft.Status != content.StatusDraft || draft.PublishedAt != nil {
		t.Errorf("the working copy is %s", draft.Status)
	}
	if done.State != content.ReleasePublished || !done.At.Equal(begun) || done.Seq != int64(len(d.store.state.changes)) || done.Actor != "author" {
		t.Errorf("it is %+v", done)
	}
	if d.copyOf(content.Published, old) != nil || d.copyOf(content.Published, heir) == nil || len(d.store.state.changes) != before+6 {
		t.Errorf("the log has %v", d.log(before))
	}
	for name, write := range map[string]func() (*content.Outcome, error){
		"publish again": func() (*content.Outcome, error) { return d.PublishRelease(t.Context(), me, made.Key) },
		"change": func() (*content.Outcome, error) {
			return d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: made.Key})
		},
		"delete": func() (*content.Outcome, error) { return d.DropRelease(t.Context(), me, made.Key) },
		"schedule": func() (*content.Outcome, error) {
			return d.ScheduleRelease(t.Context(), me, made.Key, new(begun.Add(time.Hour)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := write()
			refused(t, out, err, "NOT_ALLOWED id")
		})
	}
	if gate, err := d.Gate(t.Context(), made.Key); gate != nil || err != nil {
		t.Errorf("the gate of a published release is %v, %v", gate, err)
	}
}

func TestClashes(t *testing.T) {
	d := newFixture(t)
	base, shared := d.make(t, publishable("base")), d.make(t, publishable("shared"))
	user := d.make(t, publishable("user", to("base", "PREREQUISITE")))
	d.release(t, base, shared)
	one := d.compose(t, "One", publishing(user, shared)...)
	two := d.compose(t, "Two", unpublishing(base, shared)...)
	d.compose(t, "Agrees", publishing(shared)...)
	done := d.compose(t, "Done", unpublishing(shared)...)
	out, err := d.PublishRelease(t.Context(), me, done.Key)
	accepted(t, out, err)
	describe := func(key string) (out []string) {
		for _, c := range d.gate(t, key).Clashes {
			out = append(out, fmt.Sprintf("%s %s: %s, %s", c.Kind, c.Release.Name, d.name(content.Change{Type: c.Entry.Type, Key: c.Entry.Key}), d.name(content.Change{Type: c.Target.Type, Key: c.Target.Key})))
		}
		slices.Sort(out)
		return out
	}
	if diff := cmp.Diff([]string{"ACTIONS Two: shared, shared", "NEEDED_HERE Two: user, base"}, describe(one.Key)); diff != "" {
		t.Errorf("clashes of One (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ACTIONS Agrees: shared, shared", "ACTIONS One: shared, shared", "NEEDED_THERE One: user, base"}, describe(two.Key)); diff != "" {
		t.Errorf("clashes of Two (-want +got):\n%s", diff)
	}
}

// TestScheduledReleases plans two releases: one that passes, and one that is refused at its time.
func TestScheduledReleases(t *testing.T) {
	d := newFixture(t)
	fit, unfit := d.make(t, publishable("fit")), d.make(t, publishable("unfit"))
	d.save(t, edit(&content.Pattern{}, unfit, "solution"))
	first, second, none := d.compose(t, "First", publishing(unfit, fit)...), d.compose(t, "Second", publishing(fit)...), d.compose(t, "None")
	schedule := func(key string, at *time.Time) (*content.Outcome, error) {
		return d.ScheduleRelease(t.Context(), me, key, at)
	}
	hour, past := d.now.Add(time.Hour), d.now.Add(-time.Hour)
	out, err := schedule(first.Key, &past)
	refused(t, out, err, "INVALID at")
	out, err = schedule(first.Key, nil)
	refused(t, out, err, "INVALID id")
	out, err = schedule(none.Key, &hour)
	refused(t, out, err, "REQUIRED id")
	for i, key := range []string{first.Key, second.Key} {
		out, err = schedule(key, new(hour.Add(time.Duration(i)*time.Minute)))
		if got := accepted(t, out, err).Release; got.State != content.ReleaseScheduled {
			t.Errorf("scheduled as %+v", got)
		}
	}
	out, err = schedule(second.Key, nil)
	if got := accepted(t, out, err).Release; got.State != content.ReleaseOpen || got.At != nil {
		t.Errorf("cancelled as %+v", got)
	}
	out, err = schedule(second.Key, new(hour.Add(time.Minute)))
	accepted(t, out, err)
	if next, err := d.Due(t.Context(), nil); err != nil || next == nil || !next.Equal(hour) {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	d.now = hour
	var told []string
	if next, err := d.Due(t.Context(), func(r *content.NamedRelease) { told = append(told, r.Name) }); err != nil || next == nil || !next.Equal(hour.Add(time.Minute)) {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	failed := d.named(first.Key)
	if diff := cmp.Diff([]string{"First"}, told); diff != "" {
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if failed.State != content.ReleaseFailed || len(failed.Faults) != 1 || strings.Join(failed.Faults[0].Field, ".") != "entries.0.solution" || d.copyOf(content.Published, fit) != nil {
		t.Errorf("the first one is %+v", failed)
	}
	d.now = hour.Add(time.Hour)
	if next, err := d.Due(t.Context(), nil); err != nil || next != nil {
		t.Fatalf("the next one comes at %v, %v", next, err)
	}
	if got := d.named(second.Key); got.State != content.ReleasePublished || d.copyOf(content.Published, fit) == nil {
		t.Errorf("the second one is %+v", got)
	}
	out, err = d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: first.Key, Remove: []content.ID{unfit}})
	if got := accepted(t, out, err).Release; got.State != content.ReleaseOpen || got.At != nil || got.Faults != nil {
		t.Errorf("a changed one that had failed is %+v", got)
	}
}

func TestAReleaseIsUndone(t *testing.T) {
	d := newFixture(t)
	fresh, changed, gone, other := d.make(t, publishable("fresh")), d.make(t, publishable("changed")), d.make(t, publishable("gone")), d.make(t, publishable("other"))
	d.release(t, changed, gone, other)
	d.rename(t, changed, "Second")
	d.rename(t, other, "Second")
	made := d.compose(t, strings.Repeat("n", content.MaxReleaseName), append(publishing(fresh, changed, other), unpublishing(gone)...)...)
	out, err := d.UndoRelease(t.Context(), me, made.Key)
	refused(t, out, err, "INVALID id")
	out, err = d.PublishRelease(t.Context(), me, made.Key)
	accepted(t, out, err)
	d.rename(t, changed, "Third") // a draft, which stays
	d.rename(t, other, "Third")
	d.release(t, other) // of somebody else
	out, err = d.UndoRelease(t.Context(), me, made.Key)
	undo := accepted(t, out, err)
	if diff := cmp.Diff([]content.ID{other}, undo.Kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if got := undo.Release; got.State != content.ReleaseOpen || *got.UndoneID() != made.ID() || len([]rune(got.Name)) != content.MaxReleaseName {
		t.Errorf("made %+v", got)
	}
	out, err = d.ChangeRelease(t.Context(), me, content.ReleaseChange{Key: undo.Release.Key, Remove: []content.ID{fresh}})
	refused(t, out, err, "NOT_ALLOWED id")
	if gate := d.gate(t, undo.Release.Key); len(gate.Errors) > 0 || gate.Effects == nil || !slices.Equal(gate.Kept, []content.ID{other}) {
		t.Errorf("the gate has %+v", gate.Outcome)
	}
	out, err = d.PublishRelease(t.Context(), me, undo.Release.Key)
	accepted(t, out, err)
	names := map[string]string{}
	for _, id := range []content.ID{fresh, changed, gone, other} {
		if p := d.copyOf(content.Published, id); p != nil {
			names[p.Slug] = p.Name
		}
	}
	if diff := cmp.Diff(map[string]string{"changed": "Changed", "gone": "Gone", "other": "Third"}, names); diff != "" {
		t.Errorf("published (-want +got):\n%s", diff)
	}
	if draft := d.copyOf(content.Drafts, changed); draft.Name != "Third" || draft.Status != content.StatusChanged {
		t.Errorf("the working copy is %s, %s", draft.Name, draft.Status)
	}
	out, err = d.UndoRelease(t.Context(), me, undo.Release.Key)
	again := accepted(t, out, err).Release
	out, err = d.PublishRelease(t.Context(), me, again.Key)
	accepted(t, out, err)
	if d.copyOf(content.Published, fresh) == nil || d.copyOf(content.Published, gone) != nil || d.copyOf(content.Published, changed).Name != "Second" {
		t.Error("an undo cannot be undone")
	}
	out, err = d.PublishRelease(t.Context(), me, d.undoOf(t, again.Key).Key)
	accepted(t, out, err)
}

// undoOf makes the undo of a release.
func (d *fixture) undoOf(t *testing.T, key string) *content.NamedRelease {
	t.Helper()
	out, err := d.UndoRelease(t.Context(), me, key)
	return accepted(t, out, err).Release
}

// shown describes what is published of some entries: their revisions, 0 for none.
func (d *fixture) shown(ids []content.ID) map[content.ID]int {
	out := map[content.ID]int{}
	for _, id := range ids {
		if p := d.copyOf(content.Published, id); p != nil {
			out[id] = p.Revision
		}
	}
	return out
}

// TestReleasesFollowAModel makes random releases beside other writes. A release does what a model of the
// published graph does, or nothing if it is refused; the gate says which. An undo brings back what nobody else
// has changed, and lists the rest.
func TestReleasesFollowAModel(t *testing.T) {
	d := newFixture(t)
	random := rand.New(rand.NewPCG(7, 11))
	var ids []content.ID
	for i := range 6 {
		ids = append(ids, d.make(t, publishable(fmt.Sprint("p", i))))
	}
	type past struct {
		key           string
		before, after map[content.ID]int
	}
	var published []past
	counts := map[string]int{}
	for range 1200 {
		id := ids[random.IntN(len(ids))]
		one := content.Release{IDs: []content.ID{id}}
		switch random.IntN(8) {
		case 0, 1:
			row := to(fmt.Sprint("p", random.IntN(6)), content.PatternRelation(content.PatternRelation("").Values()[random.IntN(6)]))
			_, err := d.Save(t.Context(), me, edit(&content.Pattern{Relations: []content.RelationRow{row}}, id, "relatedPatterns"))
			must(t, err)
		case 2:
			_, err := d.Release(t.Context(), me, one)
			must(t, err)
		case 3:
			_, err := d.Withdraw(t.Context(), me, one)
			must(t, err)
		case 4, 5, 6:
			var entries []content.ReleaseEntry
			for _, n := range random.Perm(len(ids))[:1+random.IntN(4)] {
				action := content.SchedulePublish
				if random.IntN(3) == 0 {
					action = content.ScheduleUnpublish
				}
				entries = append(entries, entriesOf(action, ids[n:n+1])...)
			}
			made := d.compose(t, "Random", entries...)
			want := d.shown(ids)
			now := past{key: made.Key, before: d.shown(ids)}
			for _, e := range entries {
				if want[e.EntryID()] = d.copyOf(content.Drafts, e.EntryID()).Revision; e.Action == content.ScheduleUnpublish {
					delete(want, e.EntryID())
				}
			}
			gate := d.gate(t, made.Key)
			out, err := d.PublishRelease(t.Context(), me, made.Key)
			must(t, err)
			if diff := cmp.Diff(gate.Errors, out.Errors); diff != "" {
				t.Fatalf("the gate and the publish differ (-gate +publish):\n%s", diff)
			}
			if len(out.Errors) > 0 {
				counts["refused"]++
				want = now.before
				_, err := d.DropRelease(t.Context(), me, made.Key)
				must(t, err)
			} else {
				counts["published"]++
				now.after = d.shown(ids)
				published = append(published, now)
			}
			for id := range want {
				if got := d.shown(ids); !slices.ContainsFunc(entries, func(e content.ReleaseEntry) bool { return e.EntryID() == id }) {
					want[id] = got[id] // a relation may have made another copy up to date
				}
			}
			if diff := cmp.Diff(want, d.shown(ids)); diff != "" {
				t.Fatalf("published (-want +got):\n%s", diff)
			}
		default:
			if len(published) == 0 {
				continue
			}
			was := published[max(0, len(published)-1-random.IntN(3))]
			d.undoInModel(t, was.key, was.before, was.after, counts)
		}
		d.mustHoldInvariants(t)
	}
	for _, what := range []string{"published", "refused", "undone", "kept"} {
		if counts[what] < 10 {
			t.Errorf("only %d were %s: %v", counts[what], what, counts)
		}
	}
}

// undoInModel undoes a release and compares the result with what was published before it.
func (d *fixture) undoInModel(t *testing.T, key string, before, after map[content.ID]int, counts map[string]int) {
	t.Helper()
	var ids, kept []content.ID
	for _, e := range d.named(key).Entries {
		ids = append(ids, e.EntryID())
	}
	now := d.shown(ids)
	for _, id := range ids {
		if now[id] != after[id] {
			kept = append(kept, id)
		}
	}
	out, err := d.UndoRelease(t.Context(), me, key)
	must(t, err)
	if len(out.Errors) > 0 {
		if len(kept) < len(ids) {
			t.Fatalf("refused: %+v", out.Errors)
		}
		return
	}
	if diff := cmp.Diff(kept, out.Kept); diff != "" {
		t.Fatalf("kept (-want +got):\n%s", diff)
	}
	counts["kept"] += len(kept)
	undo := out.Release
	out, err = d.PublishRelease(t.Context(), me, undo.Key)
	must(t, err)
	if len(out.Errors) > 0 {
		_, err := d.DropRelease(t.Context(), me, undo.Key)
		must(t, err)
		return
	}
	counts["undone"]++
	got := d.shown(ids)
	for _, id := range ids {
		if want := before[id]; !slices.Contains(kept, id) && got[id] != want {
			t.Fatalf("%s is published in revision %d, before it was %d", id.Key, got[id], want)
		}
	}
}
