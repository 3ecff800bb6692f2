package content_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// TestSymmetricRelations fails when a kind of relation is added without a decision whether it holds both
// ways.
func TestSymmetricRelations(t *testing.T) {
	want := map[content.PatternRelation]bool{
		"COMPLEMENTS": true, "ALTERNATIVE_TO": true, "CONFLICTS_WITH": true, "PREREQUISITE": false, "MIGRATES_TO": false, "SUPERSEDES": false,
	}
	for _, v := range content.PatternRelation("").Values() {
		symmetric, known := want[content.PatternRelation(v)]
		if !known {
			t.Errorf("%s has no case", v)
		}
		if got := content.PatternRelation(v).Symmetric(); got != symmetric {
			t.Errorf("%s is symmetric: %v", v, got)
		}
		edge := content.PatternGraphEdge{Relation: content.PatternRelation(v)}
		if edge.IsSymmetric() != symmetric {
			t.Errorf("an edge of %s is symmetric: %v", v, edge.IsSymmetric())
		}
	}
}

// related returns a pattern with relations.
func related(key string, rows ...content.RelationRow) *content.Pattern {
	return &content.Pattern{Meta: content.Meta{Key: key, Type: content.TypePattern}, Relations: rows}
}

// row returns a relation without weight and sources.
func row(key string, relation content.PatternRelation) content.RelationRow {
	return content.RelationRow{PatternKey: key, Relation: relation}
}

// TestMirroredPatterns shows that only symmetric relations that come or go affect the other pattern.
func TestMirroredPatterns(t *testing.T) {
	for name, tt := range map[string]struct {
		before, after *content.Pattern
		want          []string
	}{
		"a new pattern":          {nil, related("a", row("b", "COMPLEMENTS"), row("c", "PREREQUISITE")), []string{"b"}},
		"one more":               {related("a", row("b", "COMPLEMENTS")), related("a", row("b", "COMPLEMENTS"), row("c", "CONFLICTS_WITH")), []string{"c"}},
		"one less":               {related("a", row("b", "COMPLEMENTS"), row("c", "CONFLICTS_WITH")), related("a", row("c", "CONFLICTS_WITH")), []string{"b"}},
		"another kind":           {related("a", row("b", "COMPLEMENTS")), related("a", row("b", "ALTERNATIVE_TO")), []string{"b"}},
		"one-way ones":           {related("a", row("b", "SUPERSEDES")), related("a", row("c", "MIGRATES_TO")), nil},
		"another order":          {related("a", row("b", "COMPLEMENTS"), row("c", "COMPLEMENTS")), related("a", row("c", "COMPLEMENTS"), row("b", "COMPLEMENTS")), nil},
		"another weight":         {related("a", content.RelationRow{PatternKey: "b", Relation: "COMPLEMENTS", Weight: 1}), related("a", content.RelationRow{PatternKey: "b", Relation: "COMPLEMENTS", Weight: 2}), nil},
		"lost and won":           {related("a", row("b", "COMPLEMENTS")), related("a", row("c", "COMPLEMENTS")), []string{"b", "c"}},
		"two kinds of one other": {nil, related("a", row("b", "COMPLEMENTS"), row("b", "ALTERNATIVE_TO")), []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, content.Mirrored(tt.before, tt.after)); d != "" {
				t.Errorf("mirrored (-want +got):\n%s", d)
			}
		})
	}
}

func TestMirrorWritesTheOtherSide(t *testing.T) {
	full := content.RelationRow{PatternKey: "b", Relation: "COMPLEMENTS", Weight: 3, Sources: []string{"page"}, Inferred: true}
	back := content.RelationRow{PatternKey: "a", Relation: "COMPLEMENTS", Weight: 3, Sources: []string{"page"}, Inferred: true}
	for name, tt := range map[string]struct {
		before, after, other *content.Pattern
		want                 []content.RelationRow
		changed              bool
	}{
		"a new relation":             {nil, related("a", full), related("b"), []content.RelationRow{back}, true},
		"one that is there":          {nil, related("a", full), related("b", row("a", "COMPLEMENTS")), []content.RelationRow{row("a", "COMPLEMENTS")}, false},
		"goes last":                  {nil, related("a", full), related("b", row("c", "PREREQUISITE")), []content.RelationRow{row("c", "PREREQUISITE"), back}, true},
		"removed":                    {related("a", full), related("a"), related("b", back, row("c", "COMPLEMENTS")), []content.RelationRow{row("c", "COMPLEMENTS")}, true},
		"removed, and not there":     {related("a", full), related("a"), related("b"), nil, false},
		"the one-way one stays":      {related("a", full), related("a"), related("b", back, row("a", "PREREQUISITE")), []content.RelationRow{row("a", "PREREQUISITE")}, true},
		"another kind":               {related("a", row("b", "COMPLEMENTS")), related("a", row("b", "CONFLICTS_WITH")), related("b", row("a", "COMPLEMENTS")), []content.RelationRow{row("a", "CONFLICTS_WITH")}, true},
		"of somebody else":           {nil, related("a", full), related("c"), nil, false},
		"one-way ones have no other": {nil, related("a", row("b", "PREREQUISITE")), related("b"), nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := content.Mirror(tt.before, tt.after, tt.other); got != tt.changed {
				t.Errorf("changed: %v", got)
			}
			if d := cmp.Diff(tt.want, slices.Clip(tt.other.Relations)); d != "" && len(tt.want)+len(tt.other.Relations) > 0 {
				t.Errorf("relations (-want +got):\n%s", d)
			}
		})
	}
}

// TestMirrorLeavesSharedListsAlone shows that Mirror copies a list before it removes a row, since
// concurrent readers may hold the same array.
func TestMirrorLeavesSharedListsAlone(t *testing.T) {
	shared := []content.RelationRow{row("a", "COMPLEMENTS"), row("c", "COMPLEMENTS"), row("d", "PREREQUISITE")}
	before := slices.Clone(shared)
	other := related("b", shared...)
	other.Relations = shared[:3:3]
	if !content.Mirror(related("a", row("b", "COMPLEMENTS")), related("a"), other) {
		t.Fatal("nothing changed")
	}
	if d := cmp.Diff(before, shared); d != "" {
		t.Errorf("the list that others hold (-want +got):\n%s", d)
	}
}

// TestMirrorPreservesSymmetry writes random patterns and mirrors each write. Then both sides of each
// symmetric relation have it, and Mirror has changed exactly the patterns that Mirrored lists.
func TestMirrorPreservesSymmetry(t *testing.T) {
	keys := []string{"a", "b", "c", "d"}
	rapid.Check(t, func(t *rapid.T) {
		graph := map[string]*content.Pattern{}
		for _, k := range keys {
			graph[k] = related(k)
		}
		for range rapid.IntRange(1, 12).Draw(t, "writes") {
			key := rapid.SampledFrom(keys).Draw(t, "pattern")
			before, after := graph[key], related(key)
			for _, other := range keys {
				for _, relation := range content.PatternRelation("").Values() {
					if other != key && rapid.IntRange(0, 4).Draw(t, "stated") == 0 {
						after.Relations = append(after.Relations, row(other, content.PatternRelation(relation)))
					}
				}
			}
			graph[key] = after
			for _, other := range keys {
				changed := content.Mirror(before, after, graph[other])
				if changed != slices.Contains(content.Mirrored(before, after), other) {
					t.Fatalf("%s changed: %v, which differs from Mirrored", other, changed)
				}
			}
			for _, p := range graph {
				for _, r := range p.Relations {
					if r.Relation.Symmetric() && !slices.ContainsFunc(graph[r.PatternKey].Relations, func(x content.RelationRow) bool { return x.PatternKey == p.Key && x.Relation == r.Relation }) {
						t.Fatalf("%s %s %s, but not the other way", p.Key, r.Relation, r.PatternKey)
					}
				}
			}
		}
	})
}

func TestSymmetricRelationsAreNotNeeded(t *testing.T) {
	p := related("a", row("b", "COMPLEMENTS"), row("", "PREREQUISITE"), row("c", "PREREQUISITE"), row("b", "SUPERSEDES"))
	p.TierKey = "gold"
	var got []string
	for _, r := range content.Needed(p) {
		got = append(got, r.Place+" "+r.Target.Key)
	}
	want := []string{"tier gold", "relatedPatterns[2].pattern c", "relatedPatterns[3].pattern b"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("needed (-want +got):\n%s", d)
	}
}

func TestPublishedCopiesShowRelations(t *testing.T) {
	p := related("a", row("b", "COMPLEMENTS"), row("c", "CONFLICTS_WITH"), row("c", "PREREQUISITE"))
	got := p.Shown(func(key string) bool { return key == "b" })
	if d := cmp.Diff([]content.RelationRow{row("b", "COMPLEMENTS"), row("c", "PREREQUISITE")}, got); d != "" || len(p.Relations) != 3 {
		t.Errorf("shown (-want +got):\n%s", d)
	}
}

func TestPublishedCopiesFollowOtherPatterns(t *testing.T) {
	heavy := content.RelationRow{PatternKey: "b", Relation: "COMPLEMENTS", Weight: 3}
	rows := func(r ...content.RelationRow) []content.RelationRow { return append([]content.RelationRow{}, r...) }
	for name, tt := range map[string]struct {
		copied, draft []content.RelationRow
		moved         map[string]bool
		want          []content.RelationRow
		changed       bool
	}{
		"published":                       {rows(row("c", "PREREQUISITE")), rows(row("b", "COMPLEMENTS")), map[string]bool{"b": true}, rows(row("c", "PREREQUISITE"), row("b", "COMPLEMENTS")), true},
		"published again":                 {rows(heavy), rows(row("b", "COMPLEMENTS")), map[string]bool{"b": true}, rows(heavy), false},
		"published with it removed":       {rows(heavy), nil, map[string]bool{"b": true}, rows(), true},
		"published with another kind":     {rows(heavy), rows(row("b", "CONFLICTS_WITH")), map[string]bool{"b": true}, rows(row("b", "CONFLICTS_WITH")), true},
		"withdrawn":                       {rows(heavy, row("b", "SUPERSEDES")), rows(heavy), map[string]bool{"b": false}, rows(row("b", "SUPERSEDES")), true},
		"withdrawn, and not there":        {nil, rows(heavy), map[string]bool{"b": false}, rows(), false},
		"one-way relations are no mirror": {nil, rows(row("b", "PREREQUISITE")), map[string]bool{"b": true}, rows(), false},
		"of others":                       {rows(row("c", "COMPLEMENTS")), rows(row("d", "COMPLEMENTS")), map[string]bool{"b": true}, rows(row("c", "COMPLEMENTS")), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, changed := content.Reflect(tt.copied, tt.draft, tt.moved)
			if d := cmp.Diff(tt.want, got); d != "" || changed != tt.changed {
				t.Errorf("changed: %v (-want +got):\n%s", changed, d)
			}
		})
	}
}

func TestCopiesAreUpToDate(t *testing.T) {
	copied := related("a", row("b", "COMPLEMENTS"), row("c", "PREREQUISITE"))
	copied.Revision, copied.Status = 1, content.StatusPublished
	for name, tt := range map[string]struct {
		change func(*content.Pattern)
		want   bool
	}{
		"the same":                  {func(*content.Pattern) {}, true},
		"another order":             {func(p *content.Pattern) { slices.Reverse(p.Relations) }, true},
		"one with a draft":          {func(p *content.Pattern) { p.Relations = append(p.Relations, row("draft", "COMPLEMENTS")) }, true},
		"one with a published copy": {func(p *content.Pattern) { p.Relations = append(p.Relations, row("c", "COMPLEMENTS")) }, false},
		"one less":                  {func(p *content.Pattern) { p.Relations = p.Relations[:1] }, false},
		"another name":              {func(p *content.Pattern) { p.Name = "Other" }, false},
		"a field without an author": {func(p *content.Pattern) { p.Provenance.Pages = []string{"page"} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			draft := related("a", slices.Clone(copied.Relations)...)
			draft.Revision, draft.Status = 2, content.StatusChanged
			tt.change(draft)
			if got := content.UpToDate(copied, draft, func(key string) bool { return key != "draft" }); got != tt.want {
				t.Errorf("up to date: %v", got)
			}
		})
	}
}
