package advisor_test

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
	"patternhub/seed"
)

func mustTables(t *testing.T) *seed.Tables {
	t.Helper()
	tables, err := seed.ReadTables()
	if err != nil {
		t.Fatal(err)
	}
	return tables
}

// observed groups the observations of the facts by pattern.
func observed(tables *seed.Tables) map[string][]*content.Observation {
	out := map[string][]*content.Observation{}
	for _, o := range tables.Observations {
		out[o.PatternKey] = append(out[o.PatternKey], o)
	}
	return out
}

// healthFacts is the part of the facts about the patterns' health.
type healthFacts struct {
	Patterns []struct {
		Pattern  string
		Adoption *struct {
			HealthScore   float64
			GitHubSampled bool
		}
		Dashboard *struct {
			HealthScore float64
			Trend       string
			Series      []float64
		}
	}
}

func mustFacts(t *testing.T) healthFacts {
	t.Helper()
	raw, err := os.ReadFile("../../seed/testdata/facts/health.json")
	if err != nil {
		t.Fatal(err)
	}
	var facts healthFacts
	if err := json.Unmarshal(raw, &facts); err != nil {
		t.Fatal(err)
	}
	return facts
}

// TestScoresRecompute compares every score of the facts with ours, and ours with the sum of its
// components.
func TestScoresRecompute(t *testing.T) {
	tables := mustTables(t)
	observations, compared := observed(tables), 0
	for _, p := range mustFacts(t).Patterns {
		h := advisor.Health(p.Pattern, observations[p.Pattern], tables.Scoring)
		if p.Adoption == nil {
			if h.Score != nil || len(h.Missing) == 0 {
				t.Errorf("%s has no metrics, but the score %v and the gaps %v", p.Pattern, h.Score, h.Missing)
			}
			continue
		}
		compared++
		sum := 0
		for _, c := range h.Components {
			sum += c.Points
		}
		if h.Score == nil || float64(*h.Score) != p.Adoption.HealthScore || sum != *h.Score || *h.CollectedScore != sum {
			t.Errorf("%s: score %v, components %d, facts %v", p.Pattern, h.Score, sum, p.Adoption.HealthScore)
		}
	}
	if compared != 96 {
		t.Errorf("%d scores were compared, want 96", compared)
	}
}

// TestTrendsMatchTheFacts: the implemented rule produces all 35 trends in the facts.
func TestTrendsMatchTheFacts(t *testing.T) {
	tables := mustTables(t)
	observations, compared := observed(tables), 0
	want := map[string]content.HealthTrend{"up": content.TrendRising, "stable": content.TrendStable, "down": content.TrendDeclining}
	for _, p := range mustFacts(t).Patterns {
		h := advisor.Health(p.Pattern, observations[p.Pattern], tables.Scoring)
		if p.Dashboard == nil {
			if h.Trend != nil || h.Dashboard != nil {
				t.Errorf("%s has no series, but the trend %v", p.Pattern, *h.Trend)
			}
			continue
		}
		compared++
		if h.Trend == nil || *h.Trend != want[p.Dashboard.Trend] || *h.TrendSource != content.SourceDashboard || h.Dashboard.StatedTrend != p.Dashboard.Trend {
			t.Errorf("%s: trend %v, facts %s", p.Pattern, h.Trend, p.Dashboard.Trend)
		}
		if h.Dashboard.Score != p.Dashboard.HealthScore {
			t.Errorf("%s: the dashboard's score is %v, want %v", p.Pattern, h.Dashboard.Score, p.Dashboard.HealthScore)
		}
	}
	if compared != 35 {
		t.Errorf("%d trends were compared, want 35", compared)
	}
}

// TestZerosThatAreNoAnswer: a metric that was not sampled has no value but a reason.
func TestZerosThatAreNoAnswer(t *testing.T) {
	tables := mustTables(t)
	observations, sampled := observed(tables), 0
	for _, p := range mustFacts(t).Patterns {
		if p.Adoption == nil {
			continue
		}
		for _, c := range advisor.Health(p.Pattern, observations[p.Pattern], tables.Scoring).Components {
			if c.Metric == content.MetricGitHubStars && p.Adoption.GitHubSampled {
				sampled++
			}
			hasValue := c.Value != nil
			if hasValue != (c.Missing == nil) || hasValue != (c.Observed != nil) || !hasValue && c.Points != 0 || hasValue && *c.Value == 0 && c.Metric != content.MetricMajorAdopters {
				t.Errorf("%s %s: value %v, points %d, missing %v", p.Pattern, c.Metric, c.Value, c.Points, c.Missing)
			}
			if c.Metric == content.MetricGitHubStars && hasValue != p.Adoption.GitHubSampled {
				t.Errorf("%s: stars have a value: %v", p.Pattern, hasValue)
			}
		}
	}
	if sampled != 18 {
		t.Errorf("%d patterns were sampled, want 18", sampled)
	}
}

// TestHealthOfAnything: for any observations the score is the sum of its components, within
// bounds, and a better value never lowers it.
func TestHealthOfAnything(t *testing.T) {
	scoring := mustTables(t).Scoring
	rapid.Check(t, func(t *rapid.T) {
		var observations []*content.Observation
		for month := range rapid.IntRange(0, 5).Draw(t, "months") {
			for _, c := range scoring.Components {
				if !rapid.Bool().Draw(t, "observed") {
					continue
				}
				value := float64(rapid.IntRange(0, 60_000).Draw(t, "value"))
				observations = append(observations, &content.Observation{Metric: c.Metric, Month: fmt.Sprintf("2025-%02d", month+1), Value: &value, Source: content.SourceRecorded})
			}
		}
		h := advisor.Health("p", observations, scoring)
		sum := 0
		for _, c := range h.Components {
			sum += c.Points
		}
		if (h.Score == nil) != (len(observations) == 0) || h.Score != nil && (*h.Score != sum || sum < 0 || sum > h.Maximum) {
			t.Fatalf("score %v of %d, components %d", h.Score, h.Maximum, sum)
		}
		if n := len(h.Series); n > 0 && h.Series[n-1].Value != float64(sum) {
			t.Fatalf("the series ends at %v, the score is %d", h.Series[n-1].Value, sum)
		}
		if len(observations) == 0 {
			return
		}
		higher := *observations[len(observations)-1].Value * 2
		better := *observations[len(observations)-1]
		better.Value = &higher
		again := advisor.Health("p", append(append([]*content.Observation{}, observations[:len(observations)-1]...), &better), scoring)
		if *again.Score < *h.Score {
			t.Fatalf("a better %s lowers the score from %d to %d", better.Metric, *h.Score, *again.Score)
		}
	})
}

func TestChange(t *testing.T) {
	tests := map[string]struct {
		series []float64
		window int
		change float64
		ok     bool
	}{
		"nothing":       {nil, 3, 0, false},
		"one":           {[]float64{50}, 3, 0, false},
		"two":           {[]float64{50, 60}, 3, 10, true},
		"three":         {[]float64{50, 60, 70}, 3, 15, true},
		"four":          {[]float64{50, 60, 70, 80}, 3, 20, true},
		"a long one":    {[]float64{10, 20, 30, 30, 30}, 3, 15, true},
		"falling":       {[]float64{70, 60}, 3, -10, true},
		"window of one": {[]float64{70, 60, 50}, 1, -15, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var series []content.HealthPoint
			for _, v := range tt.series {
				series = append(series, content.HealthPoint{Value: v})
			}
			if got, ok := advisor.Change(series, tt.window); got != tt.change || ok != tt.ok {
				t.Errorf("got %v %v, want %v %v", got, ok, tt.change, tt.ok)
			}
		})
	}
}

func TestTrend(t *testing.T) {
	rule := content.TrendRule{Window: 3, RisingAbove: 2, DecliningBelow: -2}
	for change, want := range map[float64]content.HealthTrend{
		2.01: content.TrendRising, 2: content.TrendStable, 0: content.TrendStable, -2: content.TrendStable, -2.01: content.TrendDeclining,
	} {
		if got := advisor.Trend(change, rule); got != want {
			t.Errorf("%v is %s, want %s", change, got, want)
		}
	}
}
