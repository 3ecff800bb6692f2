package mongodb_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patternhub/internal/content"
	"patternhub/internal/repository"
	"patternhub/internal/repository/storetest"
	"patternhub/seed"
)

// mustLastChange returns the number of the newest change.
func mustLastChange(t *testing.T, s *repository.Store) int64 {
	t.Helper()
	last, err := s.LastSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return last
}

// mustChangesAfter returns the changes after a given number, without their times.
func mustChangesAfter(t *testing.T, s *repository.Store, since int64) []string {
	t.Helper()
	changes, err := s.Changes(t.Context(), since, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range changes {
		out = append(out, string(c.Type)+" "+string(c.Op)+" "+string(c.Graph)+" "+c.Key+" by "+c.By)
	}
	slices.Sort(out)
	return out
}

// readModels reads each table by its name.
func readModels(t *testing.T, tables content.Tables) map[string]func() (any, error) {
	t.Helper()
	return map[string]func() (any, error){
		"metrics": func() (any, error) { return tables.Metrics(t.Context()) },
		"scoring": func() (any, error) { return tables.Scoring(t.Context()) },
		"weights": func() (any, error) { return tables.Weights(t.Context()) },
	}
}

func TestReadModels(t *testing.T) {
	s := storetest.Open(t)
	tables := s.At(content.Published).Tables
	given, err := seed.ReadTables()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("missing before the seed", func(t *testing.T) {
		for name, read := range readModels(t, tables) {
			_, err := read()
			if content.CodeOf(err) != content.NotFound {
				t.Errorf("%s: %v, want NOT_FOUND", name, err)
			}
		}
	})
	t.Run("the same in both perspectives", func(t *testing.T) {
		if err := seed.LoadTables(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"metrics": given.Metrics, "scoring": given.Scoring, "weights": given.Weights,
		}
		for _, p := range []content.Perspective{content.Published, content.Drafts} {
			for name, read := range readModels(t, s.At(p).Tables) {
				got, err := read()
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(want[name], got, cmpopts.EquateEmpty()); d != "" {
					t.Errorf("%s of %s (-want +got):\n%s", name, p, d)
				}
			}
		}
	})
	t.Run("written once", func(t *testing.T) {
		before := mustLastChange(t, s)
		if err := seed.LoadTables(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		if after := mustLastChange(t, s); after != before {
			t.Errorf("a second load makes %d changes: %v", after-before, mustChangesAfter(t, s, before))
		}
	})
	t.Run("log a change once", func(t *testing.T) {
		before := mustLastChange(t, s)
		given.Weights.Selection.Version = "another"
		if err := s.PutWeights(t.Context(), "editor", given.Weights); err != nil {
			t.Fatal(err)
		}
		got, err := tables.Weights(t.Context())
		if err != nil || got.Selection.Version != "another" {
			t.Errorf("weights are %+v (%v)", got, err)
		}
		if d := cmp.Diff([]string{"HEALTH UPSERT PUBLISHED chosen_weights by editor"}, mustChangesAfter(t, s, before)); d != "" {
			t.Error(d)
		}
	})
	t.Run("measure the entries", func(t *testing.T) { measure(t, s) })
}

// measure writes entries with diagrams and adoptions and counts these.
func measure(t *testing.T, s *repository.Store) {
	t.Helper()
	drawn := storetest.Pattern("drawn", "Drawn", 1)
	drawn.Body.Markdown = "```mermaid\nflowchart LR\n```\n\n~~~ mermaid\nflowchart LR\n~~~\n\n```go\n// mermaid\n```\n\nOf mermaid.\n"
	drawn.Adoptions = []content.Adoption{{CompanyKey: "a"}, {CompanyKey: "b"}}
	plainOne := storetest.Pattern("plain", "Plain", 1)
	plainOne.Adoptions = []content.Adoption{{CompanyKey: "a"}}
	page := storetest.Tier("gold", 1)
	page.Body.Markdown = "- A list\n\n   ````mermaid\n   flowchart LR\n   ````\n"
	storetest.Publish(t, s, drawn, page)
	storetest.Put(t, s, plainOne)
	for name, tt := range map[string]struct {
		of   content.Perspective
		what content.Measure
		want int
	}{
		"published diagrams":  {content.Published, content.MeasureDiagrams, 3},
		"drafted diagrams":    {content.Drafts, content.MeasureDiagrams, 3},
		"published adoptions": {content.Published, content.MeasureAdoptions, 2},
		"drafted adoptions":   {content.Drafts, content.MeasureAdoptions, 3},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.At(tt.of).Tables.Measure(t.Context(), tt.what)
			if err != nil || got != tt.want {
				t.Errorf("%d (%v), want %d", got, err, tt.want)
			}
		})
	}
	if _, err := s.At(content.Published).Tables.Measure(t.Context(), "LINES"); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an unknown measure returns %v", err)
	}
}
