package content_test

import (
	"testing"

	"patternhub/content"
)

// typed is a collection that knows its type and nothing else.
type typed[T, F any] struct {
	content.Collection[T, F]
	of content.EntryType
}

func (c typed[T, F]) Type() content.EntryType { return c.of }

func TestGraphHasAReaderForEveryType(t *testing.T) {
	g := &content.Graph{
		Tiers: typed[content.Tier, content.TierFilter]{of: "TIER"}, Laws: typed[content.Law, content.LawFilter]{of: "LAW"},
		Pillars: typed[content.Pillar, content.PillarFilter]{of: "PILLAR"}, Roles: typed[content.Role, content.RoleFilter]{of: "ROLE"},
		Companies: typed[content.Company, content.CompanyFilter]{of: "COMPANY"}, Practices: typed[content.Practice, content.PracticeFilter]{of: "PRACTICE"},
		Patterns: typed[content.Pattern, content.PatternFilter]{of: "PATTERN"}, CaseStudies: typed[content.CaseStudy, content.CaseStudyFilter]{of: "CASE_STUDY"},
		FailureStudies: typed[content.FailureStudy, content.FailureStudyFilter]{of: "FAILURE_STUDY"}, Guides: typed[content.Guide, content.GuideFilter]{of: "GUIDE"},
		QuickStarts: typed[content.QuickStart, content.QuickStartFilter]{of: "QUICK_START"}, LearningPaths: typed[content.LearningPath, content.LearningPathFilter]{of: "LEARNING_PATH"},
		Journeys: typed[content.Journey, content.JourneyFilter]{of: "JOURNEY"}, Migrations: typed[content.Migration, content.MigrationFilter]{of: "MIGRATION"},
		Comparisons: typed[content.Comparison, content.ComparisonFilter]{of: "COMPARISON"}, Pages: typed[content.Page, content.PageFilter]{of: "PAGE"},
	}
	if got, want := len(g.Readers()), len(content.Types()); got != want {
		t.Errorf("%d readers for %d types", got, want)
	}
	for _, et := range content.Types() {
		if r := g.Reader(et); r == nil || r.Type() != et {
			t.Errorf("%s has the reader %v", et, r)
		}
	}
	for _, et := range []content.EntryType{"", "NONE", content.TypeHealth} {
		if r := g.Reader(et); r != nil {
			t.Errorf("%q has the reader %v", et, r)
		}
	}
}

func TestReadModelsAreNoEntries(t *testing.T) {
	if content.TypeHealth.Name() != "" || content.NewEntry(content.TypeHealth) != nil {
		t.Error("HEALTH is an entry type")
	}
	if _, err := content.ParseID(content.ID{Type: content.TypeHealth, Key: "x"}.String()); content.CodeOf(err) != content.BadUserInput {
		t.Errorf("an id of HEALTH gives %v", err)
	}
}
