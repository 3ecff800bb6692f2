package content_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/content"
)

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

// related is a pattern with relations.
func related(key string, rows ...content.RelationRow) *content.Pattern {
	return &content.Pattern{Meta: content.Meta{Key: key, Type: content.TypePattern}, Relations: rows}
}

func row(key string, relation content.PatternRelation) content.RelationRow {
	return content.RelationRow{PatternKey: key, Relation: relation}
}

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
		"given up":                   {related("a", full), related("a"), related("b", back, row("c", "COMPLEMENTS")), []content.RelationRow{row("c", "COMPLEMENTS")}, true},
		"given up, and not there":    {related("a", full), related("a"), related("b"), nil, false},
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

func TestMirrorLeavesSharedListsAlone(t *testing.T) {
	shared := []content.RelationRow{row("a", "COMPLEMENTS"), row("c", "COMPLEMENTS"), row("d", "PREREQUISITE")}
	kept := slices.Clone(shared)
	other := related("b", shared...)
	other.Relations = shared[:3:3]
	if !content.Mirror(related("a", row("b", "COMPLEMENTS")), related("a"), other) {
		t.Fatal("nothing changed")
	}
	if d := cmp.Diff(kept, shared); d != "" {
		t.Errorf("the list that others hold (-want +got):\n%s", d)
	}
}

// TestGraphStaysSymmetric writes patterns at random. Whatever is written, each symmetric
// relation is stated by both sides as long as the other sides that Mirrored names follow.
func TestGraphStaysSymmetric(t *testing.T) {
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
					t.Fatalf("%s changed: %v, against what is mirrored", other, changed)
				}
			}
			for _, p := range graph {
				for _, r := range p.Relations {
					if r.Relation.Symmetric() && !slices.ContainsFunc(graph[r.PatternKey].Relations, func(x content.RelationRow) bool { return x.PatternKey == p.Key && x.Relation == r.Relation }) {
						t.Fatalf("%s %s %s, and not the other way", p.Key, r.Relation, r.PatternKey)
					}
				}
			}
		}
	})
}
