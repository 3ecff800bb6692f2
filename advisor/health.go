package advisor

import (
	"cmp"
	"slices"

	"patternhub/content"
)

// HealthVersion is the version of the health formula: the bands of the facts' scoring, with the
// trend as docs/decisions/0101-trend-of-a-series.md reads the facts' rule.
const HealthVersion = "health-1"

// Why something is not known, where no observation says it.
const (
	notObserved = "Nobody has observed this metric for this pattern."
	noMetrics   = "No adoption metric has been observed for this pattern, so it has no score."
	noTrend     = "A trend needs two months of one series; there are fewer."
)

// Health makes the health of a pattern from its observations, the oldest month first. The score
// is the sum of its components: each metric gives the points of the highest band that its
// newest value reaches (facts: health.json, scoring.components).
// seen holds observations of this pattern alone. A score needs one known component at least; the
// others then give no points and stand in Missing with their reason, so a low score can be told
// from a poor knowledge. The collector's and the dashboard's own scores are passed on as they state
// them and never mixed with ours.
func Health(pattern string, seen []*content.Observation, s *content.Scoring) *content.PatternHealth {
	out := &content.PatternHealth{PatternKey: pattern, Maximum: s.Maximum, FormulaVersion: HealthVersion}
	newest := newestPerMetric(seen, "")
	score, known := 0, false
	for _, c := range s.Components {
		part := component(c, newest[c.Metric])
		if part.Value != nil {
			known = true
		} else {
			out.Missing = append(out.Missing, content.HealthGap{Metric: &part.Metric, Reason: *part.Missing})
		}
		score += part.Points
		out.Components = append(out.Components, part)
	}
	if known {
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
		stated := int(*o.Value)
		out.CollectedScore, out.ClassifiedKey = &stated, o.TierKey
	}
	out.Dashboard = dashboard(newest)
	follow(out, seen, s)
	return out
}

// component is what a metric adds to the score; nothing without a value.
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

// points gives the points of the highest band that a value reaches.
func points(c content.ScoringComponent, value float64) int {
	best := 0
	for _, b := range c.Bands {
		if value >= b.AtLeast {
			best = max(best, b.Points)
		}
	}
	return best
}

// newestPerMetric gives the newest observation of each metric up to a month, "" for all. One
// with a value goes before a newer one without.
// Months are compared as text, which their form allows. Within a month the later one in the list
// wins. That a value wins over a newer gap is on purpose: that a source has failed to say something
// does not undo what it said.
func newestPerMetric(seen []*content.Observation, until string) map[content.HealthMetric]*content.Observation {
	out := map[content.HealthMetric]*content.Observation{}
	for _, o := range seen {
		if until != "" && o.Month > until {
			continue
		}
		if known := out[o.Metric]; known == nil || known.Value == nil && (o.Value != nil || o.Month >= known.Month) || o.Value != nil && o.Month >= known.Month {
			out[o.Metric] = o
		}
	}
	return out
}

// dashboard gathers the dashboard's own figures; nil where it has none.
// Without a score of its own the other figures would have nothing to stand beside.
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

// follow fills in the series and the trend. The two series are on different scales, so a trend
// is of one of them, never of both.
// Our own scores go first; the dashboard's series fills in where there are not two months of ours.
// The series shown holds both, each point with its source.
func follow(h *content.PatternHealth, seen []*content.Observation, s *content.Scoring) {
	own := scores(seen, s)
	var theirs []content.HealthPoint
	for _, o := range seen {
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

// scores gives the score month by month: in each month in which something was observed, with
// the newest values up to it.
// A month with one new metric gets the older values of the others, because adoption does not vanish
// between two collections. A month counts as recorded when any of its figures was recorded by hand.
func scores(seen []*content.Observation, s *content.Scoring) []content.HealthPoint {
	months := map[string]content.HealthSource{}
	for _, o := range seen {
		if o.Value == nil || !slices.ContainsFunc(s.Components, func(c content.ScoringComponent) bool { return c.Metric == o.Metric }) {
			continue
		}
		if months[o.Month] != content.SourceRecorded {
			months[o.Month] = o.Source
		}
	}
	out := make([]content.HealthPoint, 0, len(months))
	for month, source := range months {
		newest := newestPerMetric(seen, month)
		sum := 0
		for _, c := range s.Components {
			sum += component(c, newest[c.Metric]).Points
		}
		out = append(out, content.HealthPoint{At: month, Value: float64(sum), Source: source})
	}
	slices.SortFunc(out, func(a, b content.HealthPoint) int { return cmp.Compare(a.At, b.At) })
	return out
}

// Change is the mean of the last values of a series, at most window of them, less the mean of
// the values before them; false for fewer than two values.
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

func mean(series []content.HealthPoint) float64 {
	sum := 0.0
	for _, p := range series {
		sum += p.Value
	}
	return sum / float64(len(series))
}

// Trend is what a change means by the facts' thresholds.
// The thresholds themselves are stable. The change is not rounded before it is compared.
func Trend(change float64, r content.TrendRule) content.HealthTrend {
	switch {
	case change > r.RisingAbove:
		return content.TrendRising
	case change < r.DecliningBelow:
		return content.TrendDeclining
	}
	return content.TrendStable
}
