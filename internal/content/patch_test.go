package content_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// someFields draws some of the fields that authors write in entries of a type.
func someFields(t *rapid.T, et content.EntryType) []string {
	return slices.Compact(slices.Sorted(slices.Values(rapid.SliceOf(rapid.SampledFrom(content.Authored(et))).Draw(t, "fields"))))
}

// TestAuthoredFields shows that authors can set each listed field of a new entry, and none that the store
// sets.
func TestAuthoredFields(t *testing.T) {
	for _, et := range content.Types() {
		t.Run(string(et), func(t *testing.T) {
			names := content.Authored(et)
			if len(names) < 4 || !slices.Equal(names[:3], []string{"slug", "name", "summary"}) {
				t.Fatalf("fields are %v", names)
			}
			if sorted := slices.Sorted(slices.Values(names)); len(slices.Compact(sorted)) != len(names) {
				t.Errorf("%v lists a field twice", names)
			}
			e := content.NewEntry(et)
			for _, name := range names {
				if f := content.FieldValue(e, name); !f.IsValid() || !f.CanSet() {
					t.Errorf("%s cannot be written", name)
				}
			}
			for _, own := range []string{"_id", "type", "revision", "status", "createdAt", "updatedAt", "publishedAt", "formerSlugs", "none", ""} {
				if slices.Contains(names, own) || content.FieldValue(e, own).IsValid() {
					t.Errorf("authors write %q", own)
				}
			}
		})
	}
	if got := content.Authored("NONE"); got != nil {
		t.Errorf("an unknown type has the fields %v", got)
	}
}

func TestEveryEntryTypeHasABody(t *testing.T) {
	for _, et := range content.Types() {
		if !slices.Contains(content.Authored(et), "body") {
			t.Errorf("%s has no body", et)
		}
	}
}

// TestAssignLeavesAbsentFieldsAlone shows that a named field without a value is cleared, and that a field
// without a name stays, whatever the input has.
func TestAssignLeavesAbsentFieldsAlone(t *testing.T) {
	stored := &content.Pattern{
		Meta:    content.Meta{Key: "saga", Type: content.TypePattern, Slug: "saga", Name: "Saga", Revision: 4, Status: content.StatusChanged},
		Problem: "old", Solution: "unchanged", Tags: []string{"a"}, MigrationComplexity: new(content.Effort("LOW")),
	}
	input := &content.Pattern{
		Meta:    content.Meta{Key: "other", Slug: "renamed", Name: "Ignored", Revision: 9, Status: content.StatusDraft},
		Problem: "new", Solution: "ignored",
	}
	content.Assign(stored, input, []string{"slug", "problem", "tags", "migrationComplexity", "none"})
	want := &content.Pattern{
		Meta:    content.Meta{Key: "saga", Type: content.TypePattern, Slug: "renamed", Name: "Saga", Revision: 4, Status: content.StatusChanged},
		Problem: "new", Solution: "unchanged",
	}
	if d := cmp.Diff(want, stored); d != "" {
		t.Errorf("patched (-want +got):\n%s", d)
	}
}

// TestAssignNumbersWhatHasAnOrder shows that the items of a list are numbered from 1 whatever an author
// sends, and that the order of an entry itself is not touched.
func TestAssignNumbersWhatHasAnOrder(t *testing.T) {
	p := &content.Pattern{}
	content.Assign(p, &content.Pattern{Checklist: []*content.ChecklistItem{{Text: "a", Order: 7}, {Text: "b", Order: 7}, {Text: "c"}}}, []string{"checklist"})
	for i, item := range p.Checklist {
		if item.Order != i+1 {
			t.Errorf("item %d has the order %d", i, item.Order)
		}
	}
	j := &content.Journey{}
	content.Assign(j, &content.Journey{Phases: []content.JourneyPhase{{Name: "a"}, {Name: "b", Order: 1}}}, []string{"phases"})
	if j.Phases[0].Order != 1 || j.Phases[1].Order != 2 {
		t.Errorf("phases are %+v", j.Phases)
	}
	r := &content.Role{Order: 3}
	content.Assign(r, &content.Role{SeedLink: "x"}, []string{"seedLink"})
	if r.Order != 3 {
		t.Errorf("the role's own order became %d", r.Order)
	}
}

func TestAssignedFieldsAreTheOnesThatChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		et := anyType(t)
		before, after, input := content.NewEntry(et), content.NewEntry(et), anyEntry(t, et)
		old := anyEntry(t, et)
		content.Assign(before, old, content.Authored(et))
		content.Assign(after, old, content.Authored(et))
		fields := someFields(t, et)
		content.Assign(after, input, fields)
		for _, name := range content.Changed(before, after) {
			if !slices.Contains(fields, name) {
				t.Errorf("%s changed, but was not assigned", name)
			}
		}
		content.Assign(after, input, content.Authored(et))
		if left := content.Changed(after, input); len(left) > 0 {
			t.Errorf("after all fields were assigned, %v differ", left)
		}
	})
}

func TestChangedListsFieldsThatAuthorsWrite(t *testing.T) {
	for name, tt := range map[string]struct {
		a, b *content.Pattern
		want []string
	}{
		"nothing":                 {&content.Pattern{}, &content.Pattern{}, nil},
		"what the store sets":     {&content.Pattern{Meta: content.Meta{Revision: 1}}, &content.Pattern{Meta: content.Meta{Revision: 2, Status: content.StatusChanged, FormerSlugs: []string{"x"}}}, nil},
		"an empty list":           {&content.Pattern{}, &content.Pattern{Tags: []string{}, Relations: []content.RelationRow{}}, nil},
		"an empty list inside":    {&content.Pattern{}, &content.Pattern{TradeOffs: content.TradeOffs{Pros: []string{}}}, nil},
		"an empty list in a list": {&content.Pattern{Adoptions: []content.Adoption{{CompanyKey: "c"}}}, &content.Pattern{Adoptions: []content.Adoption{{CompanyKey: "c", Sources: []string{}}}}, nil},
		"what was rendered":       {&content.Pattern{}, &content.Pattern{Body: content.RichText{HTML: "<p>", WordCount: 1, Renderer: 2}}, nil},
		"the long text":           {&content.Pattern{}, &content.Pattern{Body: content.RichText{Markdown: "x"}}, []string{"body"}},
		"in the order of fields":  {&content.Pattern{}, &content.Pattern{Meta: content.Meta{Summary: "s", Name: "n", Slug: "s"}, Enhanced: true, CatalogName: "c"}, []string{"slug", "name", "summary", "catalogName", "enhanced"}},
		"an absent text":          {&content.Pattern{}, &content.Pattern{StatedStatus: new("")}, []string{"statedStatus"}},
		"the order of a list":     {&content.Pattern{Tags: []string{"a", "b"}}, &content.Pattern{Tags: []string{"b", "a"}}, []string{"tags"}},
		"deep inside":             {&content.Pattern{Adoptions: []content.Adoption{{CompanyKey: "c", Year: new(2019)}}}, &content.Pattern{Adoptions: []content.Adoption{{CompanyKey: "c", Year: new(2020)}}}, []string{"companies"}},
		"texts that look empty":   {&content.Pattern{Problem: "null"}, &content.Pattern{Problem: "[]"}, []string{"problem"}},
		"items that look empty":   {&content.Pattern{Tags: []string{"a null b"}}, &content.Pattern{Tags: []string{"a [] b"}}, []string{"tags"}},
	} {
		t.Run(name, func(t *testing.T) {
			tt.a.Type, tt.b.Type = content.TypePattern, content.TypePattern
			for _, pair := range [][2]*content.Pattern{{tt.a, tt.b}, {tt.b, tt.a}} {
				if d := cmp.Diff(tt.want, content.Changed(pair[0], pair[1])); d != "" {
					t.Errorf("changed (-want +got):\n%s", d)
				}
			}
		})
	}
}

func TestDiffShowsBothSides(t *testing.T) {
	before := &content.Law{Meta: content.Meta{Type: content.TypeLaw, Slug: "a", Name: "A"}, Number: 1, PillarKeys: []string{"k1"}}
	after := &content.Law{Meta: content.Meta{Type: content.TypeLaw, Slug: "a", Name: "B"}, Number: 1, Group: "FOUNDATION"}
	names := func(id content.ID) string {
		if id == (content.ID{Type: content.TypePillar, Key: "k1"}) {
			return "work"
		}
		return ""
	}
	want := []content.FieldChange{
		{Path: "name", Before: new("A"), After: new("B")},
		{Path: "group", After: new("foundation")},
		{Path: "pillars", Before: new("- work")},
	}
	if d := cmp.Diff(want, content.Diff(before, after, names)); d != "" {
		t.Errorf("diff (-want +got):\n%s", d)
	}
}

func TestDiffOfTheFirstRevisionIsAllOfIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t, anyType(t))
		for _, c := range content.Diff(nil, e, nil) {
			if c.After == nil {
				t.Errorf("%s became nothing", c.Path)
			}
		}
		if d := content.Diff(e, e, nil); len(d) > 0 {
			t.Errorf("an entry differs from itself: %v", d)
		}
	})
}

func TestConflictsAreWhatBothChanged(t *testing.T) {
	of := func(name, problem string, tags ...string) *content.Pattern {
		return &content.Pattern{Meta: content.Meta{Type: content.TypePattern, Name: name}, Problem: problem, Tags: tags}
	}
	for name, tt := range map[string]struct {
		base, theirs, yours *content.Pattern
		want                []content.FieldConflict
	}{
		"no change":        {of("n", "p"), of("n", "p"), of("n", "p"), nil},
		"only they":        {of("n", "p"), of("n2", "p2"), of("n", "p"), nil},
		"only you":         {of("n", "p"), of("n", "p"), of("n2", "p2"), nil},
		"different fields": {of("n", "p"), of("n2", "p"), of("n", "p2"), nil},
		"the same change":  {of("n", "p"), of("n2", "p"), of("n2", "p"), nil},
		"one field":        {of("n", "p"), of("n", "p2"), of("n", "p3"), []content.FieldConflict{{Path: "problem", Base: new("p"), Theirs: new("p2"), Yours: new("p3")}}},
		"cleared by them":  {of("n", "p", "a"), of("n", "p"), of("n", "p", "b"), []content.FieldConflict{{Path: "tags", Base: new("- a"), Yours: new("- b")}}},
		"added by both":    {of("n", "p"), of("n", "p", "a"), of("n", "p", "b"), []content.FieldConflict{{Path: "tags", Theirs: new("- a"), Yours: new("- b")}}},
		"in order": {of("n", "p"), of("n2", "p2"), of("n3", "p3"), []content.FieldConflict{
			{Path: "name", Base: new("n"), Theirs: new("n2"), Yours: new("n3")}, {Path: "problem", Base: new("p"), Theirs: new("p2"), Yours: new("p3")},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, content.Conflicts(tt.base, tt.theirs, tt.yours, nil)); d != "" {
				t.Errorf("conflicts (-want +got):\n%s", d)
			}
		})
	}
}

// TestMergesWithoutConflictLoseNothing merges as FIELDS does: your changes are assigned to their
// entry.
func TestMergesWithoutConflictLoseNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		et := anyType(t)
		base := anyEntry(t, et)
		theirs, yours, merged := content.NewEntry(et), content.NewEntry(et), content.NewEntry(et)
		content.Assign(theirs, base, content.Authored(et))
		content.Assign(yours, base, content.Authored(et))
		content.Assign(theirs, anyEntry(t, et), someFields(t, et))
		content.Assign(yours, anyEntry(t, et), someFields(t, et))
		conflicts := content.Conflicts(base, theirs, yours, nil)
		mine := content.Changed(base, yours)
		content.Assign(merged, theirs, content.Authored(et))
		content.Assign(merged, yours, mine)
		if lost := content.Changed(merged, theirs); len(conflicts) == 0 {
			for _, name := range lost {
				if !slices.Contains(mine, name) || slices.Contains(content.Changed(base, theirs), name) {
					t.Errorf("their change of %s is lost without a conflict", name)
				}
			}
		}
		other := content.Conflicts(base, yours, theirs, nil)
		for i := range other {
			other[i].Theirs, other[i].Yours = other[i].Yours, other[i].Theirs
		}
		if !reflect.DeepEqual(conflicts, other) {
			t.Errorf("with the sides exchanged, the conflicts are %v, not %v", other, conflicts)
		}
	})
}

// TestACloneSharesNothing changes every field of a clone and checks that the entry stays the same.
func TestACloneSharesNothing(t *testing.T) {
	for _, et := range content.Types() {
		t.Run(string(et), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				e := anyEntry(t, et)
				before := fields(t, e)
				c := content.Clone(e)
				if d := cmp.Diff(e, c); d != "" {
					t.Fatalf("the clone differs (-entry +clone):\n%s", d)
				}
				wipe(reflect.ValueOf(c).Elem())
				if d := cmp.Diff(before, fields(t, e)); d != "" {
					t.Errorf("changing the clone changed the entry (-before +after):\n%s", d)
				}
			})
		})
	}
}

// fields returns an entry as text, which shares no memory with it.
func fields(t *rapid.T, e content.Entry) string {
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// wipe zeroes all that a value contains or points to.
func wipe(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			wipe(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			wipe(v.Index(i))
		}
	case reflect.Struct:
		for _, f := range v.Fields() {
			if f.CanSet() {
				wipe(f)
			}
		}
	default:
		v.SetZero()
	}
}
