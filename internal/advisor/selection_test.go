package advisor_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/seed"
)

// corpus is the hub's own content, read from its files.
type corpus struct {
	patterns   []*content.Pattern
	tiers      []*content.Tier
	migrations []*content.Migration
	calculator *content.Calculator
	wizards    []*content.Wizard
	tables     *seed.Tables
}

func mustCorpus(t *testing.T) *corpus {
	t.Helper()
	c := &corpus{tables: mustTables(t)}
	entries, err := seed.Read(seed.Files())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch e := e.(type) {
		case *content.Pattern:
			c.patterns = append(c.patterns, e)
		case *content.Tier:
			c.tiers = append(c.tiers, e)
		case *content.Migration:
			c.migrations = append(c.migrations, e)
		case *content.Calculator:
			c.calculator = e
		case *content.Wizard:
			c.wizards = append(c.wizards, e)
		}
	}
	slices.SortFunc(c.wizards, func(a, b *content.Wizard) int { return a.Order - b.Order })
	if len(c.patterns) != 101 || len(c.tiers) != 3 {
		t.Fatalf("%d patterns, %d tiers", len(c.patterns), len(c.tiers))
	}
	return c
}

func (c *corpus) selecting() advisor.Selecting {
	return advisor.Selecting{Patterns: c.patterns, Tiers: c.tiers, Wizards: c.wizards, Calculator: c.calculator, Weights: c.tables.Weights}
}

// drawAnswers walks a random number of steps through a wizard.
func drawAnswers(t *rapid.T, c *corpus) (string, []content.WizardAnswerInput) {
	w := rapid.SampledFrom(c.wizards).Draw(t, "wizard")
	var answers []content.WizardAnswerInput
	for range rapid.IntRange(0, 5).Draw(t, "answers") {
		got, err := advisor.Select(c.selecting(), content.PatternSelectionInput{Wizard: &w.Slug, Answers: answers})
		if err != nil {
			t.Fatal(err)
		}
		if got.NextQuestion == nil {
			break
		}
		o := rapid.SampledFrom(got.NextQuestion.Options).Draw(t, "option")
		answers = append(answers, content.WizardAnswerInput{Question: got.NextQuestion.Slug, Option: o.Slug})
	}
	return w.Slug, answers
}

func maybe[T any](t *rapid.T, name string, g *rapid.Generator[T]) *T {
	if !rapid.Bool().Draw(t, "with "+name) {
		return nil
	}
	v := g.Draw(t, name)
	return &v
}

func levels[E ~string](values []string) *rapid.Generator[E] {
	return rapid.Map(rapid.SampledFrom(values), func(s string) E { return E(s) })
}

// domains are the wizards' domains of both kinds.
func domains() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"streaming-media", "payments-finance", "ecommerce", "data-management", "performance-scale"})
}

func drawInput(t *rapid.T, c *corpus) content.PatternSelectionInput {
	var in content.PatternSelectionInput
	if rapid.Bool().Draw(t, "with a wizard") {
		slug, answers := drawAnswers(t, c)
		in.Wizard, in.Answers = &slug, answers
	}
	slugs := rapid.SliceOfNDistinct(rapid.SampledFrom(c.patterns), 0, 3, func(p *content.Pattern) string { return p.Slug })
	var inUse []string
	for _, p := range slugs.Draw(t, "in use") {
		inUse = append(inUse, p.Slug)
	}
	in.Preferences = &content.PatternPreferencesInput{
		Domain: maybe(t, "domain", domains()), Users: maybe(t, "users", rapid.IntRange(0, 200_000_000)),
		Consistency: maybe(t, "consistency", levels[content.Consistency](content.Consistency("").Values())), LatencyMs: maybe(t, "latency", rapid.IntRange(0, 3000)),
		TeamSize: maybe(t, "team", rapid.IntRange(1, 20)), Experience: maybe(t, "experience", levels[content.Experience](content.Experience("").Values())),
		Problems: rapid.SliceOfN(levels[content.ProblemDomain](content.ProblemDomain("").Values()), 0, 3).Draw(t, "problems"), InUse: inUse,
	}
	return in
}

// drawConstraint adds one random constraint.
func drawConstraint(t *rapid.T, c *corpus, m content.PatternConstraintsInput) content.PatternConstraintsInput {
	switch rapid.IntRange(0, 10).Draw(t, "constraint") {
	case 0:
		m.TierFloor = new(rapid.SampledFrom([]string{"gold", "silver", "bronze"}).Draw(t, "floor"))
	case 1:
		m.Domain = new(domains().Draw(t, "must domain"))
	case 2:
		m.Users = new(rapid.IntRange(0, 200_000_000).Draw(t, "must users"))
	case 3:
		m.Consistency = new(levels[content.Consistency](content.Consistency("").Values()).Draw(t, "must consistency"))
	case 4:
		m.LatencyMs = new(rapid.IntRange(0, 3000).Draw(t, "must latency"))
	case 5:
		m.TeamSize = new(rapid.IntRange(1, 12).Draw(t, "must team"))
	case 6:
		m.Experience = new(levels[content.Experience](content.Experience("").Values()).Draw(t, "must experience"))
	case 7:
		m.Categories = []content.PatternCategory{levels[content.PatternCategory](content.PatternCategory("").Values()).Draw(t, "must category")}
	case 8:
		m.Problems = append(slices.Clip(m.Problems), levels[content.ProblemDomain](content.ProblemDomain("").Values()).Draw(t, "must problem"))
	case 9:
		m.InUse = append(slices.Clip(m.InUse), rapid.SampledFrom(c.patterns).Draw(t, "held").Slug)
	case 10:
		m.WithoutLegacy = new(true)
	}
	return m
}

// TestSelectionLaws: a score is the sum of its contributions, each weight times value. Results are
// in order. The same input has the same answer. One more constraint of a new kind never adds a
// result or changes a score.
func TestSelectionLaws(t *testing.T) {
	c := mustCorpus(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t, c)
		before, err := advisor.Select(c.selecting(), in)
		if err != nil {
			t.Fatal(err)
		}
		again, err := advisor.Select(c.selecting(), in)
		if err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(before, again); d != "" {
			t.Fatalf("the same input, another answer:\n%s", d)
		}
		scores := map[string]float64{}
		for i, r := range before.Results {
			scores[r.PatternKey] = r.Score
			sum := 0.0
			for _, x := range r.Reasons {
				sum += x.Contribution
				if x.Value < 0 || x.Value > 1 || !near(x.Contribution, x.Weight*x.Value) || x.Source == "" {
					t.Fatalf("%s: %+v", r.PatternKey, x)
				}
			}
			if !near(sum, r.Score) {
				t.Fatalf("%s: score %v, contributions %v", r.PatternKey, r.Score, sum)
			}
			if i > 0 && (r.Score > before.Results[i-1].Score || r.Score == before.Results[i-1].Score && r.PatternKey < before.Results[i-1].PatternKey) {
				t.Fatalf("%s stands after %s", r.PatternKey, before.Results[i-1].PatternKey)
			}
		}
		var m content.PatternConstraintsInput
		for range rapid.IntRange(1, 4).Draw(t, "constraints") {
			m = drawConstraint(t, c, m)
			in.Constraints = new(m)
			after, err := advisor.Select(c.selecting(), in)
			if err != nil {
				t.Fatal(err)
			}
			if len(after.Results)+len(after.Eliminated) != len(before.Results)+len(before.Eliminated) {
				t.Fatalf("%d results and %d eliminated of %d", len(after.Results), len(after.Eliminated), len(before.Results))
			}
			for _, r := range after.Results {
				if s, ok := scores[r.PatternKey]; !ok || s != r.Score {
					t.Fatalf("%+v adds %s, or moves its score from %v to %v", m, r.PatternKey, s, r.Score)
				}
			}
		}
	})
}

// TestOneMoreConstraintOnlyNarrows adds constraints of different kinds one after the other.
func TestOneMoreConstraintOnlyNarrows(t *testing.T) {
	c := mustCorpus(t)
	steps := []func(*content.PatternConstraintsInput){
		func(m *content.PatternConstraintsInput) { m.WithoutLegacy = new(true) },
		func(m *content.PatternConstraintsInput) { m.TierFloor = new("silver") },
		func(m *content.PatternConstraintsInput) { m.Experience = new(content.MidLevel) },
		func(m *content.PatternConstraintsInput) { m.TeamSize = new(2) },
		func(m *content.PatternConstraintsInput) { m.InUse = []string{"circuit-breaker"} },
		func(m *content.PatternConstraintsInput) { m.Users = new(50_000) },
		func(m *content.PatternConstraintsInput) { m.Categories = []content.PatternCategory{"COMMUNICATION"} },
	}
	var m content.PatternConstraintsInput
	was := map[string]bool{}
	for i, step := range steps {
		step(&m)
		got, err := advisor.Select(c.selecting(), content.PatternSelectionInput{Constraints: &m})
		if err != nil {
			t.Fatal(err)
		}
		now := map[string]bool{}
		for _, r := range got.Results {
			now[r.PatternKey] = true
			if i > 0 && !was[r.PatternKey] {
				t.Errorf("constraint %d adds %s", i, r.PatternKey)
			}
		}
		if len(now) == 0 || i > 0 && len(now) >= len(was) {
			t.Errorf("constraint %d leaves %d of %d", i, len(now), len(was))
		}
		was = now
	}
}

func near(a, b float64) bool { return a-b < 0.002 && b-a < 0.002 }

// TestEveryWizardCanBeWalked: from the first question on, each answer names another question or ends, no
// question comes twice, and some walk reaches every question.
func TestEveryWizardCanBeWalked(t *testing.T) {
	c := mustCorpus(t)
	for _, w := range c.wizards {
		t.Run(w.Slug, func(t *testing.T) {
			met := map[string]bool{}
			var walk func(answers []content.WizardAnswerInput)
			walk = func(answers []content.WizardAnswerInput) {
				got, err := advisor.Select(c.selecting(), content.PatternSelectionInput{Wizard: &w.Slug, Answers: answers})
				if err != nil {
					t.Fatal(err)
				}
				if got.NextQuestion == nil {
					return
				}
				first := !met[got.NextQuestion.Slug]
				met[got.NextQuestion.Slug] = true
				for i, o := range got.NextQuestion.Options {
					// One answer is enough for a question that has been met, so that the walks stay few.
					if first || i == 0 {
						walk(append(slices.Clip(answers), content.WizardAnswerInput{Question: got.NextQuestion.Slug, Option: o.Slug}))
					}
				}
			}
			walk(nil)
			if len(met) != len(w.Questions) {
				t.Errorf("%d of %d questions are met: %v", len(met), len(w.Questions), met)
			}
		})
	}
}

func TestSelectionRefuses(t *testing.T) {
	c := mustCorpus(t)
	wizard, none, negative, huge := "pattern-selection", "none", -1, 501
	answer := func(q, o string) content.WizardAnswerInput { return content.WizardAnswerInput{Question: q, Option: o} }
	tests := map[string]content.PatternSelectionInput{
		"answers without a wizard": {Answers: []content.WizardAnswerInput{answer("domain", "ecommerce")}},
		"unknown wizard":           {Wizard: &none},
		"unknown question":         {Wizard: &wizard, Answers: []content.WizardAnswerInput{answer("x", "y")}},
		"unknown option":           {Wizard: &wizard, Answers: []content.WizardAnswerInput{answer("domain", "y")}},
		"answered twice":           {Wizard: &wizard, Answers: []content.WizardAnswerInput{answer("domain", "ecommerce"), answer("domain", "ecommerce")}},
		"not on the walk":          {Wizard: &wizard, Answers: []content.WizardAnswerInput{answer("streaming-scale", "internet-scale")}},
		"too many answers":         {Wizard: &wizard, Answers: make([]content.WizardAnswerInput, 21)},
		"unknown tier":             {Constraints: &content.PatternConstraintsInput{TierFloor: &none}},
		"unknown domain":           {Preferences: &content.PatternPreferencesInput{Domain: &none}},
		"unknown pattern in use":   {Preferences: &content.PatternPreferencesInput{InUse: []string{"none"}}},
		"unknown pattern held":     {Constraints: &content.PatternConstraintsInput{InUse: []string{"none"}}},
		"too many in use":          {Preferences: &content.PatternPreferencesInput{InUse: make([]string, 51)}},
		"negative users":           {Constraints: &content.PatternConstraintsInput{Users: &negative}},
		"huge team":                {Preferences: &content.PatternPreferencesInput{TeamSize: &huge}},
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := advisor.Select(c.selecting(), in); content.CodeOf(err) != content.BadUserInput {
				t.Errorf("got %v", err)
			}
		})
	}
}
