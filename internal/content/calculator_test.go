package content_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"patternhub/internal/content"
)

// calculator returns a calculator that may be published, after an edit.
func calculator(edit func(*content.Calculator)) *content.Calculator {
	c := &content.Calculator{
		Meta: head(content.TypeCalculator),
		ComplexityWeights: content.ComplexityWeights{
			OverloadFactor: 1.5, TeamSizeDivisor: 10, WeeksDivisor: 5, MinimumTeam: 2, MinimumWeeks: 1,
		},
	}
	c.Key = content.TypeCalculator.OnlyKey()
	edit(c)
	return c
}

func TestTablesOfTheCalculator(t *testing.T) {
	for name, tt := range map[string]struct {
		edit  func(*content.Calculator)
		draft bool
		want  []string
	}{
		"whole":                 {edit: func(*content.Calculator) {}},
		"a divisor of 0":        {edit: func(c *content.Calculator) { c.ComplexityWeights.WeeksDivisor = 0 }, want: []string{"complexityWeights.weeksDivisor INVALID"}},
		"not stated in a draft": {edit: func(c *content.Calculator) { c.ComplexityWeights.WeeksDivisor = 0 }, draft: true},
		"a negative divisor":    {edit: func(c *content.Calculator) { c.ComplexityWeights.TeamSizeDivisor = -1 }, draft: true, want: []string{"complexityWeights.teamSizeDivisor INVALID"}},
		"more than all": {edit: func(c *content.Calculator) {
			c.SilverPageSuccess = []content.PatternSuccess{{PatternKey: "p", SuccessRate: 101}}
		}, want: []string{"silverPageSuccess.0.successRate INVALID"}},
		"no pattern": {edit: func(c *content.Calculator) { c.BreakEven = []content.PatternBreakEven{{Label: "early"}} }, want: []string{"breakEven.0.pattern REQUIRED"}},
		"a range that ends early": {edit: func(c *content.Calculator) {
			c.ExperienceBands = []content.ExperienceBand{{Level: "senior", Years: content.IntRange{Min: new(5), Max: new(3)}}}
		}, want: []string{"experienceBands.0.years INVALID"}},
		"two inputs with one slug": {edit: func(c *content.Calculator) {
			c.Inputs = []content.CalculatorInput{{Slug: "a", Name: "A", Type: "integer"}, {Slug: "a", Name: "B", Type: "integer"}}
		}, want: []string{"inputs.1.slug INVALID"}},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, codes(content.Validate(calculator(tt.edit), !tt.draft))); d != "" {
				t.Errorf("problems (-want +got):\n%s", d)
			}
		})
	}
}

func TestDroppedReferencesTakeTheirRows(t *testing.T) {
	c := calculator(func(c *content.Calculator) {
		c.BreakEven = []content.PatternBreakEven{{PatternKey: "gone", Label: "1"}, {PatternKey: "saga", Label: "2"}}
		c.ComplexityWeights.Scores = []content.ComplexityScore{{Ref: content.Subject{PatternKey: "gone"}}, {Ref: content.Subject{PracticeKey: "gone"}}, {Ref: content.Subject{Text: "gone"}}}
		c.ComplexityWeights.Interactions = []content.ComplexityInteraction{{PatternKeys: []string{"saga", "gone"}, Score: 3}}
	})
	content.DropReferences(c, func(id content.ID) bool { return id == content.ID{Type: content.TypePattern, Key: "gone"} })
	want := calculator(func(c *content.Calculator) {
		c.BreakEven = []content.PatternBreakEven{{PatternKey: "saga", Label: "2"}}
		c.ComplexityWeights.Scores = []content.ComplexityScore{{Ref: content.Subject{PracticeKey: "gone"}}, {Ref: content.Subject{Text: "gone"}}}
		c.ComplexityWeights.Interactions = []content.ComplexityInteraction{{PatternKeys: []string{"saga"}, Score: 3}}
	})
	if d := cmp.Diff(want, c); d != "" {
		t.Errorf("calculator (-want +got):\n%s", d)
	}
}
