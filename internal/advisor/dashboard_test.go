package advisor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"patternhub/internal/advisor"
	"patternhub/internal/content"
)

func (c *corpus) overview() advisor.Overview {
	o := advisor.Overview{Patterns: c.patterns, Tiers: c.tiers, Scoring: c.tables.Scoring}
	observations := observed(c.tables)
	for _, p := range c.patterns {
		o.Healths = append(o.Healths, advisor.Health(p.Key, observations[p.Key], c.tables.Scoring))
	}
	return o
}

func TestDashboard(t *testing.T) {
	c := mustCorpus(t)
	got, err := advisor.Dashboard(c.overview(), nil, content.Order{Field: "SCORE", Desc: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.PatternCount != 101 || got.Scored != 96 || got.WithSeries != 35 {
		t.Errorf("%d patterns, %d scored, %d with series", got.PatternCount, got.Scored, got.WithSeries)
	}
	sum := 0
	for _, tier := range got.Tiers {
		sum += tier.PatternCount
	}
	if sum != 101 || got.Tiers[0].TierKey != "gold" {
		t.Errorf("tiers: %+v", got.Tiers)
	}
	if len(got.Rising) != 5 || len(got.Declining) != 5 || *got.Rising[0].Change < *got.Rising[4].Change || *got.Declining[0].Change > *got.Declining[4].Change {
		t.Errorf("movers: %v %v", got.Rising, got.Declining)
	}
	if got.Coverage[0].Observed != 18 || got.FirstCollected.Format(time.DateOnly) != "2025-07-26" {
		t.Errorf("coverage %+v, first collected %v", got.Coverage[0], got.FirstCollected)
	}
}

// TestDashboardFiltersAndOrders checks filters and orders drawn at random.
func TestDashboardFiltersAndOrders(t *testing.T) {
	c := mustCorpus(t)
	o := c.overview()
	tierOf := map[string]string{}
	for _, p := range c.patterns {
		tierOf[p.Key] = p.TierKey
	}
	rapid.Check(t, func(t *rapid.T) {
		f := &content.HealthFilter{HasScore: maybe(t, "scored", rapid.Bool()), HasSeries: maybe(t, "series", rapid.Bool())}
		if rapid.Bool().Draw(t, "by tier") {
			f.Tier = &content.SlugFilter{In: rapid.SliceOf(rapid.SampledFrom([]string{"gold", "silver", "bronze"})).Draw(t, "tiers")}
		}
		if rapid.Bool().Draw(t, "by score") {
			f.Score = &content.IntFilter{Gte: new(rapid.IntRange(0, 60).Draw(t, "least"))}
		}
		order := content.Order{Field: rapid.SampledFrom([]string{"SCORE", "CHANGE", "DASHBOARD_SCORE", "NAME"}).Draw(t, "field"), Desc: rapid.Bool().Draw(t, "desc")}
		got, err := advisor.Dashboard(o, f, order)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, h := range o.Healths {
			if (f.HasScore == nil || *f.HasScore == (h.Score != nil)) && (f.HasSeries == nil || *f.HasSeries == (h.Trend != nil)) &&
				(f.Tier == nil || f.Tier.In == nil || strings.Contains(strings.Join(f.Tier.In, " "), tierOf[h.PatternKey])) &&
				(f.Score == nil || h.Score != nil && *h.Score >= *f.Score.Gte) {
				want++
			}
		}
		if len(got.Rows) != want || got.PatternCount != want {
			t.Fatalf("%d rows, want %d", len(got.Rows), want)
		}
		missing := false
		for i, h := range got.Rows {
			v, has := orderValue(h, order.Field)
			if missing && has {
				t.Fatalf("%s has a value and stands after one without", h.PatternKey)
			}
			missing = !has
			if i == 0 || !has {
				continue
			}
			before, _ := orderValue(got.Rows[i-1], order.Field)
			if order.Field != "NAME" && (order.Desc && v > before || !order.Desc && v < before) {
				t.Fatalf("%v stands after %v", v, before)
			}
		}
	})
}

func orderValue(h *content.PatternHealth, field string) (float64, bool) {
	switch field {
	case "SCORE":
		if h.Score != nil {
			return float64(*h.Score), true
		}
		return 0, false
	case "CHANGE":
		if h.Change != nil {
			return *h.Change, true
		}
		return 0, false
	case "DASHBOARD_SCORE":
		if h.Dashboard != nil {
			return h.Dashboard.Score, true
		}
		return 0, false
	}
	return 0, true
}

func TestObserved(t *testing.T) {
	now := time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)
	pattern := &content.Pattern{}
	pattern.Key = "k"
	good := content.PatternHealthRecordInput{Pattern: "p", Metric: content.MetricGitHubStars, Month: "2026-03", Value: 5}
	tests := map[string]struct {
		edit    func(*content.PatternHealthRecordInput)
		pattern *content.Pattern
		field   string
		code    content.UserErrorCode
	}{
		"good":             {func(*content.PatternHealthRecordInput) {}, pattern, "", ""},
		"zero":             {func(in *content.PatternHealthRecordInput) { in.Value = 0 }, pattern, "", ""},
		"unknown pattern":  {func(*content.PatternHealthRecordInput) {}, nil, "pattern", content.ErrNotFound},
		"dashboard metric": {func(in *content.PatternHealthRecordInput) { in.Metric = content.MetricDashboardScore }, pattern, "metric", content.ErrInvalid},
		"collected score":  {func(in *content.PatternHealthRecordInput) { in.Metric = content.MetricCollectedScore }, pattern, "metric", content.ErrInvalid},
		"next month":       {func(in *content.PatternHealthRecordInput) { in.Month = "2026-04" }, pattern, "month", content.ErrInvalid},
		"no month":         {func(in *content.PatternHealthRecordInput) { in.Month = "2026-13" }, pattern, "month", content.ErrInvalid},
		"short month":      {func(in *content.PatternHealthRecordInput) { in.Month = "2026-3" }, pattern, "month", content.ErrInvalid},
		"long ago":         {func(in *content.PatternHealthRecordInput) { in.Month = "1969-12" }, pattern, "month", content.ErrInvalid},
		"negative":         {func(in *content.PatternHealthRecordInput) { in.Value = -1 }, pattern, "value", content.ErrInvalid},
		"too large":        {func(in *content.PatternHealthRecordInput) { in.Value = 2e12 }, pattern, "value", content.ErrInvalid},
		"long how":         {func(in *content.PatternHealthRecordInput) { in.How = new(strings.Repeat("ä", 501)) }, pattern, "how", content.ErrTooLong},
		"future":           {func(in *content.PatternHealthRecordInput) { in.CollectedAt = new(now.Add(time.Hour)) }, pattern, "collectedAt", content.ErrInvalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := good
			tt.edit(&in)
			o, wrong := advisor.Observed(in, tt.pattern, now)
			if tt.code == "" {
				if len(wrong) > 0 || o.PatternKey != "k" || *o.Value != in.Value || o.Source != content.SourceRecorded || o.How == "" {
					t.Errorf("got %+v, %v", o, wrong)
				}
				return
			}
			if o != nil || len(wrong) != 1 || wrong[0].Code != tt.code || wrong[0].Field[1] != tt.field {
				t.Errorf("got %+v, %v", o, wrong)
			}
		})
	}
}

// TestRecordsMoveScoreAndTrend: new months of observations change both, but not the dashboard's own
// figures.
func TestRecordsMoveScoreAndTrend(t *testing.T) {
	c := mustCorpus(t)
	observations := observed(c.tables)["circuit-breaker"]
	before := advisor.Health("circuit-breaker", observations, c.tables.Scoring)
	for i, stars := range []float64{600, 6000, 60_000} {
		observations = append(observations, &content.Observation{
			PatternKey: "circuit-breaker", Metric: content.MetricGitHubStars, Month: fmt.Sprintf("2025-%02d", 8+i), Value: &stars, Source: content.SourceRecorded,
		})
	}
	after := advisor.Health("circuit-breaker", observations, c.tables.Scoring)
	if *after.Score != *before.Score+25 || *after.Trend != content.TrendRising || *after.TrendSource != content.SourceRecorded {
		t.Errorf("score %d to %d, trend %v of %v", *before.Score, *after.Score, *after.Trend, *after.TrendSource)
	}
	if d := gocmp.Diff(before.Dashboard, after.Dashboard); d != "" {
		t.Errorf("the dashboard's figures moved:\n%s", d)
	}
	if n := len(after.Series); n != len(before.Series)+3 || after.Series[n-1] != (content.HealthPoint{At: "2025-10", Value: 74, Source: content.SourceRecorded}) {
		t.Errorf("series %v", after.Series)
	}
}
