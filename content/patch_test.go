package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/content"
)

func text(s string) *string { return &s }

func TestAssignTakesOnlyWhatIsNamed(t *testing.T) {
	to := sound()
	from := &content.Pattern{Problem: "New.", Checklist: []*content.ChecklistItem{{Text: "a"}, {Text: "b"}}}
	content.Assign(to, from, []string{"problem", "checklist", "revision", "nothing"})
	if to.Problem != "New." || to.Solution != "S" || to.Checklist[1].Order != 2 {
		t.Errorf("assigned: %+v", to)
	}
}

func TestDiffWritesFrontMatter(t *testing.T) {
	a, b := sound(), sound()
	scale := "10k: more"
	year := 2020
	b.Name, b.Difficulty, b.LawKeys, b.Enhanced = "Sagas", "ADVANCED", []string{"key-1"}, true
	b.Tags = []string{"plain", "true", "-dash"}
	b.Body.Markdown = "# T\n"
	b.Body.HTML = "<h1>ignored</h1>"
	b.Adoptions = []content.Adoption{{CompanyKey: "c1", Scale: &scale, Year: &year, Sources: []string{"x", "y"}}}
	names := func(id content.ID) string {
		return map[content.ID]string{{Type: "LAW", Key: "key-1"}: "slug-1", {Type: "COMPANY", Key: "c1"}: "acme"}[id]
	}
	want := []content.FieldChange{
		{Path: "name", Before: text("Saga"), After: text("Sagas")},
		{Path: "difficulty", Before: text("beginner"), After: text("advanced")},
		{Path: "enhanced", Before: text("false"), After: text("true")},
		{Path: "tags", After: text("- plain\n- \"true\"\n- \"-dash\"")},
		{Path: "body", After: text("# T\n")},
		{Path: "laws", After: text("- slug-1")},
		{Path: "companies", After: text("- company: acme\n  scale: \"10k: more\"\n  sources:\n    - x\n    - \"y\"\n  year: 2020")},
	}
	got := content.Diff(a, b, names)
	want[6].After = text("- company: acme\n  scale: \"10k: more\"\n  sources:\n    - x\n    - y\n  year: 2020")
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
	a.Tags = []string{}
	if got := content.Changed(a, sound()); len(got) > 0 {
		t.Errorf("an empty list differs from none: %v", got)
	}
	if first := content.Diff(nil, a, nil); len(first) < 10 {
		t.Errorf("the first revision differs from nothing by %d fields", len(first))
	}
}

func TestConflictsNeedBothSides(t *testing.T) {
	base, theirs, yours := sound(), sound(), sound()
	theirs.Name, theirs.Problem, theirs.Solution = "Theirs", "Same.", "Only theirs."
	yours.Name, yours.Problem, yours.Relevance = "Yours", "Same.", "GROWING"
	want := []content.FieldConflict{{Path: "name", Base: text("Saga"), Theirs: text("Theirs"), Yours: text("Yours")}}
	if d := cmp.Diff(want, content.Conflicts(base, theirs, yours, nil)); d != "" {
		t.Errorf("conflicts (-want +got):\n%s", d)
	}
}

func TestMirror(t *testing.T) {
	row := func(key string, r content.PatternRelation) content.RelationRow {
		return content.RelationRow{PatternKey: key, Relation: r, Weight: 3}
	}
	before, after, other := sound(), sound(), sound()
	other.Key = "other"
	before.Relations = []content.RelationRow{row("other", "ALTERNATIVE_TO"), row("third", "COMPLEMENTS")}
	after.Relations = []content.RelationRow{row("other", "CONFLICTS_WITH"), row("third", "COMPLEMENTS"), row("fourth", "PREREQUISITE")}
	other.Relations = []content.RelationRow{row("k", "ALTERNATIVE_TO"), row("k", "MIGRATES_TO")}
	if d := cmp.Diff([]string{"other"}, content.Mirrored(before, after)); d != "" {
		t.Errorf("sides to write (-want +got):\n%s", d)
	}
	if !content.Mirror(before, after, other) {
		t.Error("the other side did not change")
	}
	if d := cmp.Diff([]content.RelationRow{row("k", "MIGRATES_TO"), row("k", "CONFLICTS_WITH")}, other.Relations); d != "" {
		t.Errorf("the other side (-want +got):\n%s", d)
	}
	if content.Mirror(before, after, other) {
		t.Error("a side that is right changed again")
	}
	if got := content.Mirrored(nil, after); len(got) != 2 {
		t.Errorf("a new pattern has to be written on %v", got)
	}
}

func TestParseRef(t *testing.T) {
	id := content.ID{Type: content.TypeLaw, Key: "a:b"}
	if got, ok := content.ParseRef(content.RefToAny(id)); !ok || got != id {
		t.Errorf("read %v, %v", got, ok)
	}
	if _, ok := content.ParseRef("laws:a"); ok {
		t.Error("a path was taken for a type")
	}
}
