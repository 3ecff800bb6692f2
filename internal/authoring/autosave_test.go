package authoring_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/authoring"
	"patternhub/internal/content"
)

// slots is an editor at a time that the test sets, with one pattern.
type slots struct {
	*authoring.Editor
	now time.Time
	id  content.ID
}

func newSlots(t *testing.T) *slots {
	t.Helper()
	store := newMemory()
	s := &slots{now: begun}
	s.Editor = authoring.New(authoring.Options{
		Store: store, Now: func() time.Time { return s.now },
		Render: func(content.EntryType, string, string, ...content.File) content.RichText { return content.RichText{} },
	})
	tier := &content.Tier{Meta: content.Meta{Type: content.TypeTier, Key: "gold", Slug: "gold", Name: "Gold", Revision: 1}, Rank: 1}
	p := saved("saga")
	p.TierKey, p.Category, p.CatalogGroup, p.Difficulty = "gold", "SCALING", "CORE", "BEGINNER"
	p.CatalogStatus, p.Recommendation, p.Relevance = "PRODUCTION_READY", "RECOMMENDED", "MAINSTREAM"
	mustPut(t, store, tier, p)
	s.id = p.ID()
	return s
}

// ada is the request of a person with a session.
var ada = content.Request{By: "ada", Person: "ada"}

// keep autosaves the pattern for Ada, two seconds after the last one.
func (s *slots) keep(t *testing.T, base int, input string) *content.Autosave {
	t.Helper()
	s.now = s.now.Add(2 * time.Second)
	out, wrong, err := s.Autosave(t.Context(), &content.Autosave{PersonKey: "ada", Type: s.id.Type, EntryKey: s.id.Key, BaseRevision: &base, Input: input}, nil)
	if err != nil || len(wrong) > 0 {
		t.Fatalf("%v %+v", err, wrong)
	}
	return out
}

// read returns Ada's slot of the pattern.
func (s *slots) read(t *testing.T) *content.Autosave {
	t.Helper()
	out, err := s.AutosaveNamed(t.Context(), content.AutosaveName("ada", s.id, ""))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// save changes fields of the pattern.
func (s *slots) save(t *testing.T, r content.Request, p *content.Pattern, fields ...string) {
	t.Helper()
	p.Type = content.TypePattern
	out, err := s.Save(t.Context(), r, content.Edit{ID: s.id, Fields: fields, Values: p})
	if err != nil || len(out.Errors) > 0 {
		t.Fatalf("%v %+v", err, out.Errors)
	}
}

// TestAnAutosaveIsMergedWhenItIsRead shows what a slot says after others have changed the entry.
func TestAnAutosaveIsMergedWhenItIsRead(t *testing.T) {
	s := newSlots(t)
	input := `{"name": "Mine",  "problem": "Mine\r\n", "tier": "gold", "laws": ["no-law"]}`
	want := &content.AutosaveMerge{Revision: 1, Fields: []string{"name", "problem", "laws"}}
	got := s.keep(t, 1, input)
	if d := cmp.Diff(want.Fields, got.Merge.Fields); d != "" || got.Input != input {
		t.Errorf("kept %q, fields (-want +got): %s", got.Input, d)
	}
	bob := content.Request{By: "bob", Person: "bob"}
	s.save(t, bob, &content.Pattern{Meta: content.Meta{Name: "Theirs"}, Solution: "Theirs"}, "name", "solution")
	want = &content.AutosaveMerge{Revision: 2, Fields: []string{"problem", "laws"}, Conflicts: []content.FieldConflict{{Path: "name", Base: new("saga"), Theirs: new("Theirs"), Yours: new("Mine")}}}
	if d := cmp.Diff(want, s.read(t).Merge); d != "" {
		t.Errorf("merge (-want +got): %s", d)
	}
	s.save(t, bob, &content.Pattern{Meta: content.Meta{Name: "Mine"}}, "name")
	if got := s.read(t).Merge; len(got.Conflicts) > 0 || strings.Join(got.Fields, " ") != "problem laws" {
		t.Errorf("both have the same name: %+v", got)
	}
}

// TestASaveEndsTheAutosave shows which writes end a slot: a save by the same person in a session that names all its
// fields, and the removal of the entry.
func TestASaveEndsTheAutosave(t *testing.T) {
	renamed := func(r content.Request, fields ...string) func(*testing.T, *slots) {
		return func(t *testing.T, s *slots) {
			s.save(t, r, &content.Pattern{Meta: content.Meta{Name: "Saved"}, Problem: "Saved"}, fields...)
		}
	}
	for name, tt := range map[string]struct {
		act  func(*testing.T, *slots)
		ends bool
	}{
		"a save": {renamed(ada, "name", "problem"), true},
		"a save of nothing": {func(t *testing.T, s *slots) {
			s.save(t, ada, &content.Pattern{Meta: content.Meta{Name: "saga"}}, "name", "problem")
		}, true},
		"a part":         {renamed(ada, "name"), false},
		"another person": {renamed(content.Request{By: "bob", Person: "bob"}, "name", "problem"), false},
		"a key of hers":  {renamed(content.Request{By: "ada/k"}, "name", "problem"), false},
		"a look": {func(t *testing.T, s *slots) {
			r := ada
			r.ValidateOnly = true
			s.save(t, r, &content.Pattern{Meta: content.Meta{Name: "Saved"}}, "name", "problem")
		}, false},
		"a refused save": {func(t *testing.T, s *slots) {
			out, err := s.Save(t.Context(), ada, content.Edit{ID: s.id, Fields: []string{"name", "problem"}, Values: &content.Pattern{Meta: content.Meta{Type: content.TypePattern}}})
			if err != nil || len(out.Errors) == 0 {
				t.Fatalf("an empty name was saved: %v", err)
			}
		}, false},
		"a restore": {func(t *testing.T, s *slots) {
			renamed(content.Request{By: "bob"}, "name")(t, s)
			if out, err := s.Restore(t.Context(), ada, s.id, 1, nil); err != nil || len(out.Errors) > 0 {
				t.Fatalf("%v %+v", err, out)
			}
		}, false},
		"a removal": {func(t *testing.T, s *slots) {
			if out, err := s.Remove(t.Context(), ada, content.Release{IDs: []content.ID{s.id}}); err != nil || len(out.Errors) > 0 {
				t.Fatalf("%v %+v", err, out)
			}
			// It does not come back with the entry.
			if out, err := s.Restore(t.Context(), ada, s.id, 1, nil); err != nil || len(out.Errors) > 0 {
				t.Fatalf("%v %+v", err, out)
			}
		}, true},
		"the last minute": {func(_ *testing.T, s *slots) { s.now = s.now.Add(content.AutosaveLife - time.Minute) }, false},
		"thirty days":     {func(_ *testing.T, s *slots) { s.now = s.now.Add(content.AutosaveLife) }, true},
		"a discard of hers": {func(t *testing.T, s *slots) {
			_, err := s.DiscardAutosave(t.Context(), content.AutosaveName("ada", s.id, ""))
			must(t, err)
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSlots(t)
			s.keep(t, 1, `{"name": "Mine", "problem": "Mine"}`)
			tt.act(t, s)
			if got := s.read(t); (got == nil) != tt.ends {
				t.Errorf("the slot is %+v", got)
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestAutosavesOfANewEntry shows that the slot of a new entry ends when it is created under the key by which the slot
// is named, and that an autosave that comes later is refused.
func TestAutosavesOfANewEntry(t *testing.T) {
	s := newSlots(t)
	slot := &content.Autosave{PersonKey: "ada", Type: content.TypeTier, DraftKey: "new-1", Input: `{"name": "Silver"}`}
	kept, wrong, err := s.Autosave(t.Context(), slot, nil)
	if err != nil || len(wrong) > 0 || kept.Merge != nil || kept.Target() != nil || *kept.Draft() != "new-1" {
		t.Fatalf("%+v %+v %v", kept, wrong, err)
	}
	tier := &content.Tier{Meta: content.Meta{Type: content.TypeTier, Slug: "silver", Name: "Silver"}, Rank: 2}
	r := ada
	r.Key, r.Hash = "new-1", "h"
	out, err := s.Save(t.Context(), r, content.Edit{ID: content.ID{Type: content.TypeTier}, Fields: content.Authored(content.TypeTier), Values: tier})
	if err != nil || len(out.Errors) > 0 {
		t.Fatalf("%v %+v", err, out)
	}
	if got, err := s.AutosaveNamed(t.Context(), kept.Name); got != nil || err != nil {
		t.Errorf("it remains: %+v %v", got, err)
	}
	s.now = s.now.Add(time.Hour)
	_, wrong, err = s.Autosave(t.Context(), slot, nil)
	if err != nil || len(wrong) != 1 || wrong[0].Code != content.ErrConflict {
		t.Errorf("an autosave after the creation: %+v %v", wrong, err)
	}
}

// TestAutosavesAreBounded shows what is refused.
func TestAutosavesAreBounded(t *testing.T) {
	two, zero, one := 2, 0, 1
	early := begun.Add(-time.Hour)
	for name, tt := range map[string]struct {
		slot      content.Autosave
		key       string
		ifSavedAt *time.Time
		after     time.Duration
		want      string
	}{
		"in time":              {content.Autosave{BaseRevision: &one}, "saga", nil, time.Second, ""},
		"too early":            {content.Autosave{BaseRevision: &one}, "saga", nil, 999 * time.Millisecond, "RATE_LIMITED An entry is autosaved at most once in a second. Try again in 1 ms."},
		"another entry":        {content.Autosave{BaseRevision: &one}, "other", nil, 0, "NOT_FOUND id"},
		"a revision to come":   {content.Autosave{BaseRevision: &two}, "saga", nil, time.Second, "NOT_FOUND baseRevision"},
		"no such revision":     {content.Autosave{BaseRevision: &zero}, "saga", nil, time.Second, "NOT_FOUND baseRevision"},
		"no revision":          {content.Autosave{}, "saga", nil, time.Second, "REQUIRED baseRevision"},
		"after another tab":    {content.Autosave{BaseRevision: &one}, "saga", &early, time.Second, "CONFLICT ifSavedAt"},
		"after the right one":  {content.Autosave{BaseRevision: &one}, "saga", new(begun.Add(2 * time.Second)), time.Second, ""},
		"as long as allowed":   {content.Autosave{BaseRevision: &one, Input: `{"name": "` + strings.Repeat("n", content.MaxAutosaveBytes-12) + `"}`}, "saga", nil, time.Second, ""},
		"longer":               {content.Autosave{BaseRevision: &one, Input: `{"name": "` + strings.Repeat("n", content.MaxAutosaveBytes-11) + `"}`}, "saga", nil, time.Second, "TOO_LONG input"},
		"a field that is none": {content.Autosave{BaseRevision: &one, Input: `{"x": 1}`}, "saga", nil, time.Second, "INVALID input.x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSlots(t)
			s.keep(t, 1, `{"name": "Mine"}`)
			s.now = s.now.Add(tt.after)
			slot := tt.slot
			slot.PersonKey, slot.Type, slot.EntryKey = "ada", content.TypePattern, tt.key
			if slot.Input == "" {
				slot.Input = `{}`
			}
			kept, wrong, err := s.Autosave(t.Context(), &slot, tt.ifSavedAt)
			got := ""
			switch {
			case err != nil:
				got = string(content.CodeOf(err)) + " " + err.Error()
			case len(wrong) > 0:
				got = string(wrong[0].Code) + " " + strings.Join(wrong[0].Field, ".")
			}
			if got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if tt.ifSavedAt == &early && (kept == nil || kept.Input != `{"name": "Mine"}`) {
				t.Errorf("a conflict does not show the other one: %+v", kept)
			}
			if got != "" && s.read(t).Input != `{"name": "Mine"}` {
				t.Errorf("a refused autosave has replaced the earlier one")
			}
		})
	}
	t.Run("the number", func(t *testing.T) {
		s := newSlots(t)
		for i := range content.MaxAutosaves + 1 {
			_, wrong, err := s.Autosave(t.Context(), &content.Autosave{PersonKey: "ada", Type: content.TypeTier, DraftKey: strconv.Itoa(i), Input: `{}`}, nil)
			if full := i == content.MaxAutosaves; len(wrong) > 0 || (content.CodeOf(err) == content.LimitExceeded) != full || err != nil && !full {
				t.Fatalf("slot %d: %+v %v", i, wrong, err)
			}
		}
		_, _, err := s.Autosave(t.Context(), &content.Autosave{PersonKey: "bob", Type: content.TypeTier, DraftKey: "x", Input: `{}`}, nil)
		must(t, err)
	})
}

// autosavesAreKept is the part of the contract of transactions about autosaves.
func autosavesAreKept(t *testing.T, s content.Transactor) {
	far := time.Now().UTC().Truncate(time.Hour).Add(24 * time.Hour)
	slot := func(person, key string) *content.Autosave {
		id := ofPattern(key)
		return &content.Autosave{Name: content.AutosaveName(person, id, ""), PersonKey: person, Type: id.Type, EntryKey: key, BaseRevision: new(1), Input: "{}", SavedAt: far, EndsAt: far.Add(time.Hour)}
	}
	all := []*content.Autosave{slot("ada", "saga"), slot("ada", "outbox"), slot("bob", "saga")}
	law := slot("bob", "saga")
	law.Name, law.Type = "bob LAW:saga", content.TypeLaw
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for _, a := range append(all, law) {
			if err := x.KeepAutosave(ctx, a); err != nil {
				return err
			}
		}
		return x.KeepAutosave(ctx, all[0]) // in its own place
	})
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		got, err := x.Autosave(ctx, all[0].Name)
		if d := cmp.Diff(all[0], got); d != "" || err != nil {
			t.Errorf("read (-want +got): %s %v", d, err)
		}
		none, err := x.Autosave(ctx, "ada")
		if none != nil || err != nil {
			t.Errorf("a slot that there is not: %+v %v", none, err)
		}
		for after, want := range map[time.Time]int{far: 2, far.Add(time.Hour): 0} {
			if n, err := x.AutosaveCount(ctx, "ada", after); n != want || err != nil {
				t.Errorf("%d slots end after %v, want %d (%v)", n, after, want, err)
			}
		}
		return nil
	})
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		return x.EndAutosavesOf(ctx, []content.ID{ofPattern("saga")})
	})
	transact(t, s, func(ctx context.Context, x content.Transaction) error {
		for name, want := range map[string]bool{all[0].Name: false, all[2].Name: false, all[1].Name: true, law.Name: true} {
			if ok, err := x.EndAutosave(ctx, name); ok != want || err != nil {
				t.Errorf("ending %s: %v %v", name, ok, err)
			}
		}
		return nil
	})
}
