package repository_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
	"patternhub/internal/markdown"
	"patternhub/internal/mongodb"
	"patternhub/internal/mongodb/mongotest"
	"patternhub/internal/repository"
)

// typed lists the fields in which the authors of the model write.
var typed = []string{"name", "summary", "problem", "solution", "catalogName"}

// tab is what the browser of one author knows. Its dirty fields are lost when it is closed.
type tab struct {
	person string
	base   int
	dirty  map[string]string
	// kept is what the autosave has, with the revision that it is based on; nil if there is none.
	kept     map[string]string
	keptBase int
}

// stage is two authors at one entry, and what is known of each value that was given to the store.
type stage struct {
	open    func() *repository.Store
	store   *repository.Store
	now     *time.Time
	id      content.ID
	tabs    []*tab
	current map[string]string // what the working copy must have
	n       int
	// owed has each value that was autosaved or saved, as "field value", until its author has replaced it.
	owed map[string]bool
}

// put sets a field of a pattern, and get returns it.
func put(p *content.Pattern, field, value string) { content.FieldValue(p, field).SetString(value) }
func get(e content.Entry, field string) string    { return content.FieldValue(e, field).String() }

// slot returns the stored slot of an author.
func (s *stage) slot(t *rapid.T, b *tab) *content.Autosave {
	found, err := s.store.AutosaveNamed(context.Background(), content.AutosaveName(b.person, s.id, ""))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// write types a new value.
func (s *stage) write(t *rapid.T) {
	b := s.anyone(t)
	s.n++
	b.dirty[rapid.SampledFrom(typed).Draw(t, "field")] = fmt.Sprintf("%s %d", b.person, s.n)
}

func (s *stage) anyone(t *rapid.T) *tab { return rapid.SampledFrom(s.tabs).Draw(t, "author") }

// autosave keeps what is dirty. An autosave that comes too early is refused and changes nothing.
func (s *stage) autosave(t *rapid.T) {
	b := s.anyone(t)
	if len(b.dirty) == 0 {
		return
	}
	*s.now = s.now.Add(rapid.SampledFrom([]time.Duration{300 * time.Millisecond, 2 * time.Second}).Draw(t, "pause"))
	input, err := json.Marshal(b.dirty)
	if err != nil {
		t.Fatal(err)
	}
	slot := &content.Autosave{PersonKey: b.person, Type: s.id.Type, EntryKey: s.id.Key, BaseRevision: &b.base, Input: string(input)}
	_, wrong, err := s.store.Autosave(context.Background(), slot, nil)
	if content.CodeOf(err) == content.RateLimited {
		return
	}
	if err != nil || len(wrong) > 0 {
		t.Fatalf("autosave: %v %+v", err, wrong)
	}
	for field, before := range b.kept {
		if after, ok := b.dirty[field]; ok && after != before {
			delete(s.owed, field+" "+before)
		}
	}
	for field, value := range b.dirty {
		s.owed[field+" "+value] = true
	}
	b.kept, b.keptBase = maps.Clone(b.dirty), b.base
}

// save saves some or all dirty fields as a merge, alone or with the rest of the form as it was in the base. It must be refused
// exactly if others have changed one of them to another value. After a conflict the author looks at both and takes hers: from then on
// she works on the current revision.
func (s *stage) save(t *rapid.T) {
	b := s.anyone(t)
	fields := slices.Sorted(maps.Keys(b.dirty))
	if len(fields) == 0 {
		return
	}
	if rapid.Bool().Draw(t, "a part") {
		fields = fields[:1]
	}
	before, base := s.draft(t), s.revisions(t)[b.base]
	p := &content.Pattern{Meta: content.Meta{Type: content.TypePattern}}
	disputed := false
	for _, field := range fields {
		put(p, field, b.dirty[field])
		disputed = disputed || s.current[field] != base[field] && b.dirty[field] != base[field] && b.dirty[field] != s.current[field]
	}
	named := fields
	if len(fields) == len(b.dirty) && rapid.Bool().Draw(t, "the whole form") {
		named = typed
		for _, field := range typed {
			if !slices.Contains(fields, field) {
				put(p, field, base[field])
			}
		}
	}
	out, err := s.store.Save(context.Background(), content.Request{By: b.person, Person: b.person},
		content.Edit{ID: s.id, IfRevision: &b.base, Merge: content.MergeFields, Fields: named, Values: p})
	if err != nil {
		t.Fatal(err)
	}
	if refused := len(out.Errors) > 0; refused != disputed {
		t.Fatalf("a save of %v on revision %d: %+v", fields, b.base, out.Errors)
	}
	if disputed {
		for _, c := range out.Conflicts {
			if *c.Theirs != s.current[c.Path] || *c.Yours != b.dirty[c.Path] {
				t.Fatalf("the conflict of %s shows %q and %q", c.Path, *c.Theirs, *c.Yours)
			}
		}
		b.base = before.Head().Revision
		return
	}
	for _, field := range fields {
		value := b.dirty[field]
		if was, ok := b.kept[field]; ok && was != value {
			delete(s.owed, field+" "+was) // typed over
		}
		s.owed[field+" "+value], s.current[field] = true, value
		delete(b.dirty, field)
	}
	b.base = out.Entries[0].Head().Revision
	left := slices.ContainsFunc(slices.Collect(maps.Keys(b.kept)), func(f string) bool { return !slices.Contains(named, f) })
	if stays := s.slot(t, b) != nil; stays != left {
		t.Fatalf("after a save of %v the slot of %v remains: %v", named, b.kept, stays)
	}
	if !left {
		b.kept = nil
	}
}

// restore brings an earlier revision back.
func (s *stage) restore(t *rapid.T) {
	last := s.draft(t).Head().Revision
	n := rapid.IntRange(1, last).Draw(t, "revision")
	out, err := s.store.Restore(context.Background(), content.Request{By: "bob", Person: "bob"}, s.id, n, nil)
	if err != nil || len(out.Errors) > 0 {
		t.Fatalf("restore: %v %+v", err, out)
	}
	for _, field := range typed {
		s.current[field] = get(out.Entries[0], field)
	}
}

// crash closes a browser and opens it again: it shows the slot, or the entry without one.
func (s *stage) crash(t *rapid.T) {
	b := s.anyone(t)
	found := s.slot(t, b)
	if (found == nil) != (b.kept == nil) {
		t.Fatalf("the slot of %s is %+v, want %v", b.person, found, b.kept)
	}
	b.dirty, b.base = map[string]string{}, s.draft(t).Head().Revision
	if found == nil {
		return
	}
	if err := json.Unmarshal([]byte(found.Input), &b.dirty); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b.kept, b.dirty); d != "" || *found.BaseRevision != b.keptBase {
		t.Fatalf("the slot of %s (-want +got): %s", b.person, d)
	}
	b.base = b.keptBase
	s.mustMerge(t, b, found.Merge)
}

// mustMerge compares what a slot says of its merge with the working copy.
func (s *stage) mustMerge(t *rapid.T, b *tab, merge *content.AutosaveMerge) {
	differ := map[string]bool{}
	for field, value := range b.kept {
		differ[field] = s.current[field] != value
	}
	for _, c := range merge.Conflicts {
		if !differ[c.Path] || *c.Theirs != s.current[c.Path] || *c.Yours != b.kept[c.Path] {
			t.Fatalf("the conflict of %s shows %q and %q", c.Path, *c.Theirs, *c.Yours)
		}
		delete(differ, c.Path)
	}
	for _, field := range merge.Fields {
		if !differ[field] {
			t.Fatalf("%s is to be saved, but is the same or in conflict", field)
		}
		delete(differ, field)
	}
	for field, left := range differ {
		// A value may equal that of its base when somebody has restored that: then the author has changed nothing.
		if left && s.revisions(t)[b.keptBase][field] != b.kept[field] {
			t.Fatalf("%s of %s is in neither list: %+v", field, b.person, merge)
		}
	}
}

// reopen closes the store and opens another one.
func (s *stage) reopen(t *rapid.T) {
	if err := s.store.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.store = s.open()
}

// draft returns the working copy and compares it with the model.
func (s *stage) draft(t *rapid.T) content.Entry {
	found, err := s.store.At(content.Drafts).Patterns.ByKeys(context.Background(), []string{s.id.Key})
	if err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"name", "summary"} {
		if got := get(found[0], field); got != s.current[field] {
			t.Fatalf("%s is %q, want %q", field, got, s.current[field])
		}
	}
	return found[0]
}

// revisions returns the fields of all revisions, by number.
func (s *stage) revisions(t *rapid.T) map[int]map[string]string {
	list, err := s.store.Revisions(context.Background(), s.id, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int]map[string]string{}
	for _, r := range list {
		out[r.Revision] = map[string]string{}
		for _, field := range typed {
			out[r.Revision][field] = get(r.Entry, field)
		}
	}
	return out
}

// mustHaveAll checks that each value that is owed is in a revision or in the slot of an author, and that the newest
// revision has what the model has.
func (s *stage) mustHaveAll(t *rapid.T) {
	have, newest := map[string]bool{}, 0
	all := s.revisions(t)
	for n, r := range all {
		for field, value := range r {
			have[field+" "+value] = true
		}
		newest = max(newest, n)
	}
	if d := cmp.Diff(s.current, all[newest]); d != "" {
		t.Fatalf("the entry (-want +got): %s", d)
	}
	for _, b := range s.tabs {
		if found := s.slot(t, b); found != nil {
			var fields map[string]string
			if err := json.Unmarshal([]byte(found.Input), &fields); err != nil {
				t.Fatal(err)
			}
			for field, value := range fields {
				have[field+" "+value] = true
			}
		}
	}
	for value := range s.owed {
		if !have[value] {
			t.Fatalf("%q is lost", value)
		}
	}
}

// TestNoFieldIsLost lets two authors type, autosave, save and merge, restore, and crash in any order, with the store
// closed and opened in between. Every value that reached the store must be in a revision or in a slot afterwards, unless
// its author has typed another one in its place.
func TestNoFieldIsLost(t *testing.T) {
	uri, database := mongotest.Open(t)
	now := time.Now().UTC().Truncate(time.Second)
	open := func() *repository.Store {
		s, err := repository.Open(mongodb.Options{URI: uri, Database: database, Render: markdown.NewRenderer().Render, Now: func() time.Time { return now }}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	store := open()
	defer func() { _ = store.Close(context.WithoutCancel(t.Context())) }()
	if err := store.EnsureIndexes(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(t.Context(), "test", &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: "gold", Slug: "gold", Name: "Gold"}, Rank: 1}); err != nil {
		t.Fatal(err)
	}
	entries, acts := 0, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		entries++
		p := publishable("p" + strings.Repeat("x", entries%3) + strconv.Itoa(entries))
		out, err := store.Save(context.Background(), content.Request{By: "bob"}, edit(p, content.ID{}))
		if err != nil || len(out.Errors) > 0 {
			t.Fatalf("%v %+v", err, out)
		}
		s := &stage{open: open, store: store, now: &now, id: out.Entries[0].ID(), current: map[string]string{}, owed: map[string]bool{}}
		for _, person := range []string{"ada", "bob"} {
			s.tabs = append(s.tabs, &tab{person: person, base: 1, dirty: map[string]string{}})
		}
		for _, field := range typed {
			s.current[field] = get(out.Entries[0], field)
		}
		count := func(name string, act func(*rapid.T)) func(*rapid.T) {
			return func(t *rapid.T) { acts[name]++; act(t); store = s.store }
		}
		t.Repeat(map[string]func(*rapid.T){
			"type": count("type", s.write), "type more": count("type", s.write), "autosave": count("autosave", s.autosave), "save": count("save", s.save),
			"restore": count("restore", s.restore), "crash": count("crash", s.crash), "reopen": count("reopen", s.reopen),
		})
		s.mustHaveAll(t)
	})
	t.Logf("%d entries: %v", entries, acts)
}
