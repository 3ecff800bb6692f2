package authoring_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// TestPublicationsSayWhatChanged publishes a pattern in every way there is. Both copies and the row of the
// log say the same of each publish.
func TestPublicationsSayWhatChanged(t *testing.T) {
	d := newFixture(t)
	id := d.make(t, publishable("saga"))
	change := func(fields ...string) {
		t.Helper()
		d.save(t, edit(&content.Pattern{Problem: "Problem " + time.Duration(len(d.store.state.changes)).String(), Aliases: nil}, id, fields...))
	}
	withdraw := func() {
		t.Helper()
		out, err := d.Withdraw(t.Context(), me, content.Release{IDs: []content.ID{id}})
		accepted(t, out, err)
	}
	d.save(t, edit(&content.Pattern{Aliases: []string{"Sagas"}}, id, "aliases"))
	for _, step := range []struct {
		name    string
		publish func()
		want    *content.Publication
	}{
		{"a first publish", func() { d.release(t, id) }, &content.Publication{}},
		{"an edit waits", func() { change("problem") }, &content.Publication{}},
		{"a second publish", func() { d.release(t, id) }, &content.Publication{Replaced: new(2), Changed: []string{"problem"}}},
		{"the same again", func() { d.release(t, id) }, &content.Publication{Replaced: new(3)}},
		{"two edits at once", func() { change("aliases"); change("problem"); d.release(t, id) }, &content.Publication{Replaced: new(3), Changed: []string{"problem"}, Removed: []string{"aliases"}}},
		{"a restore", func() {
			out, err := d.Restore(t.Context(), me, id, 2, nil)
			accepted(t, out, err)
			d.release(t, id)
		}, &content.Publication{Replaced: new(5), Changed: []string{"aliases", "problem"}}},
		{"an unpublish", withdraw, nil},
		{"a publish after that, on time", func() {
			out, err := d.Plan(t.Context(), me, content.Intent{ID: id, Action: content.SchedulePublish, At: &d.now})
			accepted(t, out, err)
			if _, err := d.Due(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}, &content.Publication{}},
		{"an import", func() {
			p := content.Clone(d.copyOf(content.Drafts, id))
			p.(*content.Pattern).Solution = "Another."
			if _, err := d.Put(t.Context(), "import", p); err != nil {
				t.Fatal(err)
			}
			if _, err := d.Publish(t.Context(), "import", id); err != nil {
				t.Fatal(err)
			}
		}, &content.Publication{Replaced: new(6), Changed: []string{"solution"}}},
		{"the other side of a relation", func() { d.release(t, d.make(t, publishable("outbox", to("saga", "COMPLEMENTS")))) }, &content.Publication{Replaced: new(7), Changed: []string{"relatedPatterns"}}},
	} {
		step.publish()
		if got := d.publication(t, id); !cmp.Equal(step.want, got) {
			t.Errorf("%s (-want +got):\n%s", step.name, cmp.Diff(step.want, got))
		}
	}
}

// publication returns what the copies of an entry and the last row about its published copy say of the last
// publish. It fails unless they say the same.
func (d *fixture) publication(t *testing.T, id content.ID) *content.Publication {
	t.Helper()
	var row, copied, drafted *content.Publication
	for _, c := range slices.Backward(d.store.state.changes) {
		if c.Graph == content.Published && c.Type == id.Type && c.Key == id.Key {
			row = c.Publication
			break
		}
	}
	if e := d.store.state.graphs[content.Published][id]; e != nil {
		copied = e.Head().Publication
	}
	if e := d.store.state.graphs[content.Drafts][id]; e != nil {
		drafted = e.Head().Publication
	}
	if !cmp.Equal(row, copied) || !cmp.Equal(row, drafted) {
		t.Fatalf("the row says %+v, the published copy %+v, the draft %+v", row, copied, drafted)
	}
	return row
}

// mustSayWhatChanged checks the publications of the published copies that differ from those before a write.
func (d *fixture) mustSayWhatChanged(t *testing.T, before map[content.ID]content.Entry) {
	t.Helper()
	for id, now := range d.store.state.graphs[content.Published] {
		if now == before[id] {
			continue
		}
		if diff := cmp.Diff(content.PublicationOf(before[id], now), d.publication(t, id)); diff != "" {
			t.Fatalf("what the publish of %s changed (-want +got):\n%s", id.Key, diff)
		}
	}
}
