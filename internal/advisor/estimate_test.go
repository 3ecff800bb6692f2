package advisor_test

import (
	"math"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
)

func (c *corpus) estimating(patterns, inUse []*content.Pattern, migrations []*content.Migration) advisor.Estimating {
	return advisor.Estimating{Patterns: patterns, InUse: inUse, Migrations: migrations, Calculator: c.calculator, Weights: c.tables.Weights}
}

func bySlug(p *content.Pattern) string { return p.Slug }

func drawEstimate(t *rapid.T, c *corpus) (advisor.Estimating, content.EstimateInput) {
	patterns := rapid.SliceOfNDistinct(rapid.SampledFrom(c.patterns), 1, 12, bySlug).Draw(t, "patterns")
	inUse := rapid.SliceOfNDistinct(rapid.SampledFrom(c.patterns), 0, 4, bySlug).Draw(t, "in use")
	migrations := rapid.SliceOfNDistinct(rapid.SampledFrom(c.migrations), 0, 2, func(m *content.Migration) string { return m.Slug }).Draw(t, "migrations")
	return c.estimating(patterns, inUse, migrations), content.EstimateInput{
		Patterns: make([]string, len(patterns)), TeamSize: rapid.IntRange(1, 500).Draw(t, "team"),
		Experience:      maybe(t, "experience", levels[content.Experience](content.Experience("").Values())),
		Architecture:    maybe(t, "architecture", levels[content.Architecture](content.Architecture("").Values())),
		CurrentUsers:    maybe(t, "users", rapid.IntRange(0, 10_000_000)),
		ProjectedUsers:  maybe(t, "projected", rapid.IntRange(0, 10_000_000)),
		ExistingSystems: maybe(t, "systems", rapid.IntRange(0, 200)),
		DailyRate:       maybe(t, "rate", rapid.Float64Range(0.01, 1e9)),
		MonthlyBenefit:  maybe(t, "benefit", rapid.Float64Range(0.01, 1e9)),
	}
}

// TestMoreNeverTakesLess: more team, more current or projected users, and more systems never make
// the person-days smaller.
func TestMoreNeverTakesLess(t *testing.T) {
	c := mustCorpus(t)
	more := map[string]func(*rapid.T, *content.EstimateInput){
		"team": func(t *rapid.T, in *content.EstimateInput) {
			in.TeamSize = min(500, in.TeamSize+rapid.IntRange(0, 400).Draw(t, "more team"))
		},
		"users": func(t *rapid.T, in *content.EstimateInput) {
			in.CurrentUsers = new(deref(in.CurrentUsers) + rapid.IntRange(0, 5_000_000).Draw(t, "more users"))
			in.ProjectedUsers = new(deref(in.ProjectedUsers) + rapid.IntRange(0, 5_000_000).Draw(t, "more projected"))
		},
		"systems": func(t *rapid.T, in *content.EstimateInput) {
			in.ExistingSystems = new(deref(in.ExistingSystems) + rapid.IntRange(0, 50).Draw(t, "more systems"))
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		with, in := drawEstimate(t, c)
		before := advisor.Estimate(with, in).PersonDays
		for name, change := range more {
			x := in
			change(t, &x)
			after := advisor.Estimate(with, x).PersonDays
			if after.Min < before.Min || after.Max < before.Max {
				t.Fatalf("more %s: %v became %v", name, before, after)
			}
		}
	})
}

func deref(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// TestEstimateRecomputes: the person-days follow from the terms, and all else from them.
func TestEstimateRecomputes(t *testing.T) {
	c := mustCorpus(t)
	rapid.Check(t, func(t *rapid.T) {
		with, in := drawEstimate(t, c)
		got := advisor.Estimate(with, in)
		if d := gocmp.Diff(got, advisor.Estimate(with, in)); d != "" {
			t.Fatalf("the same input, another answer:\n%s", d)
		}
		low, high := recompute(got.Terms)
		if !close(low, got.PersonDays.Min) || !close(high, got.PersonDays.Max) {
			t.Fatalf("person-days %v, the terms give %v to %v", got.PersonDays, low, high)
		}
		for name, r := range map[string]*content.FloatRange{
			"person-days": &got.PersonDays, "weeks": &got.CalendarWeeks, "cost": got.Cost, "payback": got.PaybackMonths, "return": got.Return, "percent": got.ReturnPercent,
		} {
			if r != nil && (r.Min > r.Max || math.IsNaN(r.Min) || math.IsInf(r.Max, 0)) {
				t.Fatalf("%s: %v", name, *r)
			}
		}
		if (got.Cost != nil) != (in.DailyRate != nil) || got.Cost != nil && !close(got.Cost.Max, got.PersonDays.Max**in.DailyRate) {
			t.Fatalf("cost %v of %v at %v", got.Cost, got.PersonDays, in.DailyRate)
		}
		for _, term := range got.Terms {
			if term.Source == "" || term.Unit == "" || term.ValueMax != nil && *term.ValueMax < term.Value {
				t.Fatalf("%+v", term)
			}
		}
		if !slices.IsSortedFunc(got.Sensitivity, func(a, b content.EstimateSensitivity) int {
			return int(math.Round(10 * (math.Abs(b.ChangePercent) - math.Abs(a.ChangePercent))))
		}) {
			t.Fatalf("sensitivity is not in order: %v", got.Sensitivity)
		}
	})
}

func close(a, b float64) bool { return math.Abs(a-b) <= 0.051+1e-9*math.Abs(a) }

// recompute computes the person-days from the terms, as the decision describes it.
func recompute(terms []content.EstimateTerm) (low, high float64) {
	top := func(t content.EstimateTerm) float64 {
		if t.ValueMax != nil {
			return *t.ValueMax
		}
		return t.Value
	}
	factor := 1.0
	var days content.EstimateTerm
	var lastLow, lastHigh float64
	for _, t := range terms {
		switch {
		case t.Name == "days":
			days = t
		case t.Name == "developers":
			lastLow, lastHigh = days.Value*t.Value, top(days)*top(t)
			low, high = low+lastLow, high+lastHigh
		case t.Name == "shared work":
			low, high = low+lastLow*t.Value/100, high+lastHigh*t.Value/100
		case t.Unit == "person-days":
			low, high = low+t.Value, high+top(t)
		case t.Unit == "factor":
			factor *= t.Value
		}
	}
	return low * factor, high * factor
}

// TestSharedWork: a related pattern in use or in the set saves work.
func TestSharedWork(t *testing.T) {
	c := mustCorpus(t)
	find := func(slug string) *content.Pattern {
		i := slices.IndexFunc(c.patterns, func(p *content.Pattern) bool { return p.Slug == slug })
		return c.patterns[i]
	}
	breaker, retry := []*content.Pattern{find("circuit-breaker")}, []*content.Pattern{find("retry-backoff")}
	in := content.EstimateInput{Patterns: []string{"x"}, TeamSize: 2}
	alone := advisor.Estimate(c.estimating(breaker, nil, nil), in).PersonDays
	other := advisor.Estimate(c.estimating(retry, nil, nil), in).PersonDays
	both := advisor.Estimate(c.estimating(append(retry, breaker...), nil, nil), in).PersonDays
	built := advisor.Estimate(c.estimating(breaker, retry, nil), in).PersonDays
	// The two also interact, which the facts count as one point.
	if both.Max >= alone.Max+other.Max+1.001 || both.Max < alone.Max {
		t.Errorf("alone %v and %v, together %v", alone, other, both)
	}
	if built.Min >= alone.Min+1 {
		t.Errorf("from nothing %v, with retries in use %v", alone, built)
	}
}

func TestComplexity(t *testing.T) {
	c := mustCorpus(t)
	pick := func(slugs ...string) (out []*content.Pattern) {
		for _, p := range c.patterns {
			if slices.Contains(slugs, p.Slug) {
				out = append(out, p)
			}
		}
		return out
	}
	tests := map[string]struct {
		patterns []*content.Pattern
		score    float64
		level    string
	}{
		"low":         {pick("timeout", "retry-backoff"), 5, "low"},
		"interaction": {pick("circuit-breaker", "retry-backoff"), 9, "low"},
		"medium":      {pick("event-sourcing", "cqrs", "saga"), 28, "medium"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := advisor.Estimate(c.estimating(tt.patterns, nil, nil), content.EstimateInput{TeamSize: 3}).Complexity
			if got == nil || got.Score != tt.score || got.Level != tt.level {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := advisor.Estimate(c.estimating(pick("outbox"), nil, nil), content.EstimateInput{TeamSize: 3}).Complexity; got != nil {
		t.Errorf("no pattern has a score, but got %+v", got)
	}
}

func TestCheckEstimate(t *testing.T) {
	one := []string{"a"}
	many := make([]string, 21)
	for i := range many {
		many[i] = string(rune('a' + i))
	}
	tests := map[string]content.EstimateInput{
		"nothing":             {TeamSize: 1},
		"no team":             {Patterns: one},
		"huge team":           {Patterns: one, TeamSize: 501},
		"too many patterns":   {Patterns: many, TeamSize: 1},
		"too many migrations": {Migrations: many, TeamSize: 1},
		"too many in use":     {Patterns: one, InUse: make([]string, 51), TeamSize: 1},
		"twice":               {Patterns: []string{"a", "a"}, TeamSize: 1},
		"migration twice":     {Migrations: []string{"a", "a"}, TeamSize: 1},
		"negative users":      {Patterns: one, TeamSize: 1, CurrentUsers: new(-1)},
		"negative projection": {Patterns: one, TeamSize: 1, ProjectedUsers: new(-1)},
		"too many systems":    {Patterns: one, TeamSize: 1, ExistingSystems: new(201)},
		"no rate":             {Patterns: one, TeamSize: 1, DailyRate: new(0.0)},
		"endless rate":        {Patterns: one, TeamSize: 1, DailyRate: new(math.Inf(1))},
		"rate that is none":   {Patterns: one, TeamSize: 1, DailyRate: new(math.NaN())},
		"negative benefit":    {Patterns: one, TeamSize: 1, MonthlyBenefit: new(-5.0)},
		"next to no benefit":  {Patterns: one, TeamSize: 1, MonthlyBenefit: new(math.SmallestNonzeroFloat64)},
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			if err := advisor.CheckEstimate(in); content.CodeOf(err) != content.BadUserInput {
				t.Errorf("got %v", err)
			}
		})
	}
	if err := advisor.CheckEstimate(content.EstimateInput{Patterns: one, TeamSize: 1}); err != nil {
		t.Error(err)
	}
}
