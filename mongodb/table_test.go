package mongodb_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/content"
	"patternhub/seed"
)

// TestTablesAreKeptAsTheyAre loads the seed's tables twice and reads them back.
func TestTablesAreKeptAsTheyAre(t *testing.T) {
	s := open(t)
	want, err := seed.ReadTables()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.At(content.Published).Tables.Weights(t.Context()); content.CodeOf(err) != content.NotFound {
		t.Errorf("before the seed: %v", err)
	}
	if err := seed.LoadTables(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	seq, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := seed.LoadTables(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if again, _ := s.LastSeq(t.Context()); again != seq {
		t.Errorf("a second load writes %d changes", again-seq)
	}
	tables := s.At(content.Published).Tables
	same := func(name string, want any, read func() (any, error)) {
		t.Helper()
		got, err := read()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(content.Wizard{}, "Place")); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	same("wizards", want.Wizards, func() (any, error) { return tables.Wizards(t.Context()) })
	same("calculator", want.Calculator, func() (any, error) { return tables.Calculator(t.Context()) })
	same("metrics", want.Metrics, func() (any, error) { return tables.Metrics(t.Context()) })
	same("scoring", want.Scoring, func() (any, error) { return tables.Scoring(t.Context()) })
	same("weights", want.Weights, func() (any, error) { return tables.Weights(t.Context()) })
}

func TestTablesThatChange(t *testing.T) {
	s := open(t)
	tables := s.At(content.Published).Tables
	put := func(slugs ...string) {
		t.Helper()
		var list []*content.Wizard
		for _, slug := range slugs {
			list = append(list, &content.Wizard{Slug: slug})
		}
		if err := s.PutWizards(t.Context(), "test", list); err != nil {
			t.Fatal(err)
		}
	}
	put("b", "a")
	put("c", "b")
	got, err := tables.Wizards(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var slugs []string
	for _, w := range got {
		slugs = append(slugs, w.Slug)
	}
	if !slices.Equal(slugs, []string{"c", "b"}) {
		t.Errorf("got %v", slugs)
	}
	changes, err := s.Changes(t.Context(), 0, 10)
	if err != nil || len(changes) != 2 || changes[1].Type != content.TypeHealth || changes[1].Graph != content.Published {
		t.Errorf("changes %+v, %v", changes, err)
	}
}

func TestObservations(t *testing.T) {
	s := open(t)
	tables := s.At(content.Published).Tables
	see := func(pattern, month string, value float64, keep bool) {
		t.Helper()
		o := &content.Observation{PatternKey: pattern, Metric: content.MetricJobPostings, Month: month, Value: &value, CollectedAt: time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)}
		if err := s.Observe(t.Context(), "key", keep, o); err != nil {
			t.Fatal(err)
		}
	}
	see("b", "2025-02", 2, false)
	see("a", "2025-03", 3, false)
	see("a", "2025-01", 1, false)
	see("a", "2025-03", 30, false) // replaces
	see("a", "2025-01", 10, true)  // is there already, so it stays
	see("a", "2025-04", 4, true)   // is not
	got, err := tables.Observations(t.Context(), []string{"b", "none", "a"})
	if err != nil {
		t.Fatal(err)
	}
	values := make([][]float64, len(got))
	for i, list := range got {
		for _, o := range list {
			values[i] = append(values[i], *o.Value)
			if o.RecordedBy != "key" || o.RecordedAt.IsZero() {
				t.Errorf("recorded by %q at %v", o.RecordedBy, o.RecordedAt)
			}
		}
	}
	if d := cmp.Diff([][]float64{{2}, nil, {1, 30, 4}}, values); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	changes, err := s.Changes(t.Context(), 0, 10)
	if err != nil || len(changes) != 5 || changes[0].Key != "b:JOB_POSTINGS:2025-02" {
		t.Errorf("%d changes, %v", len(changes), err)
	}
	if err := s.Observe(t.Context(), "key", false, make([]*content.Observation, content.MaxBatch+1)...); content.CodeOf(err) != content.LimitExceeded {
		t.Errorf("too many: %v", err)
	}
}

func TestMeasures(t *testing.T) {
	s := open(t)
	page := &content.Page{Meta: content.Meta{Type: content.TypePage, Key: "p", Slug: "p", Name: "P"}}
	page.Body.Markdown = "text\n\n```mermaid\ngraph LR\n```\n\n~~~ mermaid\ngraph TD\n~~~\n\n```mermaids\n```\n\nthe word ```mermaid within a line\n"
	pattern := &content.Pattern{Meta: content.Meta{Type: content.TypePattern, Key: "x", Slug: "x", Name: "X"}}
	pattern.Body.Markdown = "```mermaid\nflowchart\n```\n"
	pattern.Adoptions = []content.Adoption{{CompanyKey: "1"}, {CompanyKey: "2"}}
	if _, err := s.Put(t.Context(), "test", page, pattern); err != nil {
		t.Fatal(err)
	}
	for perspective, want := range map[content.Perspective][2]int{content.Drafts: {3, 2}, content.Published: {0, 0}} {
		tables := s.At(perspective).Tables
		diagrams, err1 := tables.Measure(t.Context(), content.MeasureDiagrams)
		adoptions, err2 := tables.Measure(t.Context(), content.MeasureAdoptions)
		if err1 != nil || err2 != nil || diagrams != want[0] || adoptions != want[1] {
			t.Errorf("%s: %d diagrams, %d adoptions; %v %v", perspective, diagrams, adoptions, err1, err2)
		}
	}
	if _, err := s.At(content.Drafts).Tables.Measure(t.Context(), "NONE"); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("unknown measure: %v", err)
	}
}
