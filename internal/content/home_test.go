package content_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/content"
)

func TestRoadmapAsMermaid(t *testing.T) {
	r := &content.Roadmap{
		Direction: "LR",
		Nodes:     []content.RoadmapNode{{Name: "start", Label: "Start here"}, {Name: "gold", Label: `"Gold" #1 [first]`}},
		Edges:     []content.RoadmapEdge{{From: "start", To: "gold"}},
		Styled:    []string{"start", "gold"},
	}
	want := `graph LR
    start["Start here"]
    gold["#quot;Gold#quot; #35;1 [first]"]
    start --> gold
    classDef milestone stroke-width:3px
    class start,gold milestone
`
	if d := cmp.Diff(want, r.Mermaid()); d != "" {
		t.Errorf("text (-want +got):\n%s", d)
	}
	if got := (&content.Roadmap{Direction: "TD"}).Mermaid(); got != "graph TD\n" {
		t.Errorf("a roadmap of nothing is %q", got)
	}
}

// TestLabelsAreQuoted draws labels: a node is one quoted text, whatever its label.
func TestLabelsAreQuoted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.StringOf(rapid.SampledFrom([]rune(`ab"#;[](){}<>|%-`))).Draw(t, "label")
		r := &content.Roadmap{Direction: "LR", Nodes: []content.RoadmapNode{{Name: "n", Label: label}}}
		line := strings.TrimPrefix(r.Mermaid(), "graph LR\n    n[")
		text, ok := strings.CutSuffix(line, "]\n")
		if !ok || strings.Count(text, `"`) != 2 || text[0] != '"' || text[len(text)-1] != '"' {
			t.Fatalf("the node is %q", line)
		}
		shown := strings.NewReplacer("#quot;", `"`, "#35;", "#").Replace(strings.Trim(text, `"`))
		if shown != label {
			t.Errorf("%q is shown as %q", label, shown)
		}
	})
}

func TestWizardsFindTheirParts(t *testing.T) {
	w := &content.Wizard{Questions: []content.WizardQuestion{
		{Slug: "scale", Options: []content.WizardOption{{Slug: "small"}, {Slug: "large", Next: "latency"}}},
		{Slug: "latency", Options: []content.WizardOption{{Slug: "small", Label: "of the other question"}}},
	}}
	for _, slug := range []string{"scale", "latency"} {
		if q := w.Question(slug); q == nil || q.Slug != slug {
			t.Errorf("%s is %+v", slug, q)
		}
	}
	for _, slug := range []string{"", "Scale", "small"} {
		if q := w.Question(slug); q != nil {
			t.Errorf("%q is %+v", slug, q)
		}
	}
	scale := w.Question("scale")
	if o := scale.Option("large"); o == nil || o.Next != "latency" {
		t.Errorf("the answer is %+v", o)
	}
	if o := scale.Option("small"); o == nil || o.Label != "" {
		t.Errorf("the answer of another question was found: %+v", o)
	}
	for _, slug := range []string{"", "huge", "scale"} {
		if o := scale.Option(slug); o != nil {
			t.Errorf("%q is %+v", slug, o)
		}
	}
	if o := (&content.WizardQuestion{}).Option("small"); o != nil {
		t.Errorf("a question without answers has %+v", o)
	}
}

func TestNamesOfPagesAndStudies(t *testing.T) {
	page := &content.Page{Meta: content.Meta{Slug: "introduction/start", Name: "Start"}}
	if page.Path() != "introduction/start" || page.Title() != "Start" {
		t.Errorf("the page is %q at %q", page.Title(), page.Path())
	}
	if study := (&content.CaseStudy{Meta: content.Meta{Name: "How X does Y"}}); study.Title() != "How X does Y" {
		t.Errorf("the study is %q", study.Title())
	}
}
