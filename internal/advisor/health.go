package advisor

import (
	"cmp"
	"slices"

	"patternhub/internal/content"
)

// HealthVersion is the version of the health formula: the bands of the facts' scoring, and the
// trend as docs/decisions/0101-trend-of-a-series.md reads the facts' rule.
const HealthVersion = "health-1"

// Reasons for a missing value, used if no observation has one.
const (
	notObserved = "Nobody has observed this metric for this pattern."
	noMetrics   = "No adoption metric has been observed for this pattern, so it has no score."
	noTrend     = "A trend needs two months of one series; there are fewer."
)

// Health computes the health of a pattern from its observations, the oldest month first. The score
// is the sum of its components: each metric adds the points of the highest band that its newest
// value reaches (facts: health.json, scoring.components).
// All observations must belong to this pattern. A score needs at least one component with a value.
// The others add no points and are listed in Missing with their reason, which distinguishes a low
// score from missing data. The collector's and the dashboard's own scores are passed on unchanged
// and never mixed with ours.
func Health(pattern string, observations []*content.Observation, s *content.Scoring) *content.PatternHealth {
	out := &content.PatternHealth{PatternKey: pattern, Maximum: s.Maximum, FormulaVersion: HealthVersion}
	newest := newestPerMetric(observations, "")
	score, scored := 0, false
	for _, c := range s.Components {
		part := component(c, newest[c.Metric])
		if part.Value != nil {
			scored = true
		} else {
			out.Missing = append(out.Missing, content.HealthGap{Metric: &part.Metric, Reason: *part.Missing})
		}
		score += part.Points
		out.Components = append(out.Components, part)
	}
	if scored {
		out.Score = &score
	} else {
		out.Missing = []content.HealthGap{{Reason: noMetrics}}
	}
	for _, m := range content.HealthMetric("").Values() {
		if o := newest[content.HealthMetric(m)]; o != nil && o.Metric.Adoption() {
			out.Metrics = append(out.Metrics, o)
		}
	}
	if o := newest[content.MetricCollectedScore]; o != nil && o.Value != nil {
		collected := int(*o.Value)
		out.CollectedScore, out.ClassifiedKey = &collected, o.TierKey
	}
	out.Dashboard = dashboard(newest)
	fillTrend(out, observations, s)
	return out
}

// component returns the points that a metric adds to the score: none without a value.
func component(c content.ScoringComponent, o *content.Observation) content.HealthComponent {
	part := content.HealthComponent{Metric: c.Metric, Maximum: c.Maximum}
	switch {
	case o == nil:
		reason := notObserved
		part.Missing = &reason
	case o.Value == nil:
		part.Missing = &o.Missing
	default:
		part.Value, part.Observed, part.Points = o.Value, o, points(c, *o.Value)
	}
	return part
}

// points returns the points of the highest band that a value reaches.
func points(c content.ScoringComponent, value float64) int {
	best := 0
	for _, b := range c.Bands {
		if value >= b.AtLeast {
			best = max(best, b.Points)
		}
	}
	return best
}

// newestPerMetric returns the newest observation of each metric up to a month, "" for all.
// An observation with a value goes before a newer one without: a source that fails once does not
// withdraw what it said. Months are compared as text, which their form allows. Within a month the
// later one in the list wins.
func newestPerMetric(observations []*content.Observation, until string) map[content.HealthMetric]*content.Observation {
	out := map[content.HealthMetric]*content.Observation{}
	for _, o := range observations {
		if until != "" && o.Month > until {
			continue
		}
		if have := out[o.Metric]; have == nil || have.Value == nil && (o.Value != nil || o.Month >= have.Month) || o.Value != nil && o.Month >= have.Month {
			out[o.Metric] = o
		}
	}
	return out
}

// dashboard collects the dashboard's own figures.
// It returns nil if the dashboard has no score, since its other figures mean nothing alone.
func dashboard(newest map[content.HealthMetric]*content.Observation) *content.DashboardHealth {
	o := newest[content.MetricDashboardScore]
	if o == nil || o.Value == nil {
		return nil
	}
	value := func(m content.HealthMetric) *float64 {
		if o := newest[m]; o != nil {
			return o.Value
		}
		return nil
	}
	return &content.DashboardHealth{
		Score: *o.Value, StatedTrend: o.Stated, AdopterKeys: o.CompanyKeys, ListedTierKey: o.TierKey, UpdatedAt: o.CollectedAt,
		GitHubStars: value(content.MetricDashboardStars), ConferenceTalks: value(content.MetricDashboardTalks),
		JobMentions: value(content.MetricDashboardJobs), AdoptionRate: value(content.MetricDashboardAdoption),
	}
}

// fillTrend fills in the series and the trend. The two series have different scales, so a trend
// comes from one of them.
// Our own scores are used if they cover two months, otherwise the dashboard's. The displayed series
// holds both, each point with its source.
func fillTrend(h *content.PatternHealth, observations []*content.Observation, s *content.Scoring) {
	own := scores(observations, s)
	var theirs []content.HealthPoint
	for _, o := range observations {
		if o.Metric == content.MetricDashboardScore && o.Value != nil {
			theirs = append(theirs, content.HealthPoint{At: o.Month, Value: *o.Value, Source: content.SourceDashboard})
		}
	}
	h.Series = append(append([]content.HealthPoint{}, theirs...), own...)
	slices.SortStableFunc(h.Series, func(a, b content.HealthPoint) int { return cmp.Compare(a.At, b.At) })
	for _, series := range [][]content.HealthPoint{own, theirs} {
		change, ok := Change(series, s.TrendRule.Window)
		if !ok {
			continue
		}
		trend, rounded := Trend(change, s.TrendRule), thousandths(change)
		h.Trend, h.Change, h.TrendSource = &trend, &rounded, &series[len(series)-1].Source
		return
	}
	h.Missing = append(h.Missing, content.HealthGap{Reason: noTrend})
}

// scores returns the score of each month that has an observation, from the newest values up to it.
// A month with one new metric uses the older values of the others, because adoption does not vanish
// between two collections. A month counts as recorded if any of its figures was recorded by a
// person.
func scores(observations []*content.Observation, s *content.Scoring) []content.HealthPoint {
	months := map[string]content.HealthSource{}
	for _, o := range observations {
		if o.Value == nil || !slices.ContainsFunc(s.Components, func(c content.ScoringComponent) bool { return c.Metric == o.Metric }) {
			continue
		}
		if months[o.Month] != content.SourceRecorded {
			months[o.Month] = o.Source
		}
	}
	out := make([]content.HealthPoint, 0, len(months))
	for month, source := range months {
		newest := newestPerMetric(observations, month)
		sum := 0
		for _, c := range s.Components {
			sum += component(c, newest[c.Metric]).Points
		}
		out = append(out, content.HealthPoint{At: month, Value: float64(sum), Source: source})
	}
	slices.SortFunc(out, func(a, b content.HealthPoint) int { return cmp.Compare(a.At, b.At) })
	return out
}

// Change is the mean of the last values of a series, at most window of them, less the mean of the
// values before them; ok is false for fewer than two values.
// With two values it is the second less the first. The window is cut so that at least one value
// remains before it.
func Change(series []content.HealthPoint, window int) (float64, bool) {
	if len(series) < 2 {
		return 0, false
	}
	recent := max(1, min(window, len(series)-1))
	cut := len(series) - recent
	return mean(series[cut:]) - mean(series[:cut]), true
}

// mean returns the mean of the values of a series, which is not empty.
func mean(series []content.HealthPoint) float64 {
	sum := 0.0
	for _, p := range series {
		sum += p.Value
	}
	return sum / float64(len(series))
}

// Trend classifies a change by the facts' thresholds.
// A change at a threshold is stable. The change is not rounded before it is compared.
func Trend(change float64, r content.TrendRule) content.HealthTrend {
	switch {
	case change > r.RisingAbove:
		return content.TrendRising
	case change < r.DecliningBelow:
		return content.TrendDeclining
	}
	return content.TrendStable
}
