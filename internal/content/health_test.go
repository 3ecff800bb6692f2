package content_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"patternhub/internal/content"
)

// TestFiguresOfTheDashboardAreNoAdoptionMetrics: the dashboard's figures are on another scale, so
// they count towards no score and cannot be recorded.
func TestFiguresOfTheDashboardAreNoAdoptionMetrics(t *testing.T) {
	adoption := []string{
		"GITHUB_STARS", "GITHUB_REPOS", "CONFERENCE_TALKS", "JOB_POSTINGS", "YEARS_IN_PRODUCTION", "MAJOR_ADOPTERS", "STACK_OVERFLOW_QUESTIONS",
	}
	for _, m := range content.HealthMetric("").Values() {
		if got, want := content.HealthMetric(m).Adoption(), slices.Contains(adoption, m); got != want {
			t.Errorf("%s is an adoption metric: %v, want %v", m, got, want)
		}
	}
}

func TestObservationsAreOnePerPatternMetricAndMonth(t *testing.T) {
	one := rapid.Custom(func(t *rapid.T) *content.Observation {
		return &content.Observation{
			PatternKey: rapid.StringMatching(`[a-z]{1,2}(-[a-z])?`).Draw(t, "pattern"),
			Metric:     content.HealthMetric(rapid.SampledFrom(content.HealthMetric("").Values()).Draw(t, "metric")),
			Month:      rapid.SampledFrom([]string{"2025-06", "2025-07"}).Draw(t, "month"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := one.Draw(t, "a"), one.Draw(t, "b")
		b.Value, b.Source, b.RecordedBy, b.How = new(1.5), content.SourceRecorded, "somebody", "by hand"
		alike := a.PatternKey == b.PatternKey && a.Metric == b.Metric && a.Month == b.Month
		if (a.Key() == b.Key()) != alike {
			t.Errorf("%+v and %+v have the keys %s and %s", a, b, a.Key(), b.Key())
		}
		if !strings.HasPrefix(a.Key(), a.PatternKey+":") {
			t.Errorf("%s does not start with its pattern", a.Key())
		}
	})
}

func TestWhatASenderHasSpent(t *testing.T) {
	for name, tt := range map[string]struct {
		limit content.RateLimit
		used  int
	}{
		"nothing spent": {content.RateLimit{Cost: 5, Limit: 100, Remaining: 100}, 0},
		"some spent":    {content.RateLimit{Cost: 5, Limit: 100, Remaining: 60}, 40},
		"all spent":     {content.RateLimit{Limit: 100}, 100},
	} {
		if got := tt.limit.Used(); got != tt.used {
			t.Errorf("%s: %d is used, want %d", name, got, tt.used)
		}
	}
}

func TestLevelsHaveValues(t *testing.T) {
	values := []content.LevelValue{{Level: "NONE", Value: 0}, {Level: "SENIOR", Value: 0.7}, {Level: "SENIOR", Value: 9}}
	for level, want := range map[string]struct {
		value float64
		known bool
	}{
		"NONE": {0, true}, "SENIOR": {0.7, true}, "senior": {0, false}, "": {0, false},
	} {
		if got, ok := content.ValueOf(values, level); got != want.value || ok != want.known {
			t.Errorf("%q is %v (%v), want %v (%v)", level, got, ok, want.value, want.known)
		}
	}
}
