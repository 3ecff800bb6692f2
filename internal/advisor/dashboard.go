package advisor

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"patternhub/internal/content"
)

// maxMovers bounds the lists of patterns that changed most.
// Longer lists would hide the changes that matter.
const maxMovers = 5

// MaxDashboard bounds the patterns of a dashboard, which is computed from all observations.
// It is ten times the number of patterns of the seed.
const MaxDashboard = 1000

// Overview is the input of a dashboard: patterns and their health in the same order.
type Overview struct {
	Patterns []*content.Pattern
	Healths  []*content.PatternHealth
	Tiers    []*content.Tier
	Scoring  *content.Scoring
}

// Dashboard summarizes the health of the patterns that fit a filter.
// Counts and averages cover only these rows. Health is computed before it is filtered, because a
// filter may ask for its result. An unknown order field fails with BadUserInput. Dashboard does
// not change its arguments.
func Dashboard(o Overview, f *content.HealthFilter, order content.Order) (*content.HealthDashboard, error) {
	out := &content.HealthDashboard{Scoring: o.Scoring}
	names, tierOf := map[string]string{}, map[string]string{}
	for i, p := range o.Patterns {
		names[p.Key], tierOf[p.Key] = content.SortKey(p.Name), p.TierKey
		if fitsHealth(f, p, o.Tiers, o.Healths[i]) {
			out.Rows = append(out.Rows, o.Healths[i])
		}
	}
	if err := sortHealths(out.Rows, order, names); err != nil {
		return nil, err
	}
	count(out)
	average(out)
	out.Tiers = tiersAgainstHealth(out.Rows, tierOf, o.Tiers)
	out.Rising = movers(out.Rows, content.TrendRising)
	out.Declining = movers(out.Rows, content.TrendDeclining)
	collected(out)
	return out, nil
}

// fitsHealth reports whether all conditions of a filter hold.
// Tiers are named by slug, as in every filter. A pattern without a trend fits no In of trends and
// every NotIn.
func fitsHealth(f *content.HealthFilter, p *content.Pattern, tiers []*content.Tier, h *content.PatternHealth) bool {
	if f == nil {
		return true
	}
	slugs := []string{p.TierKey}
	for _, t := range tiers {
		if t.Key == p.TierKey {
			slugs = append(slices.Clip(t.FormerSlugs), t.Slug)
		}
	}
	trend := content.HealthTrend("")
	if h.Trend != nil {
		trend = *h.Trend
	}
	return fitsSlug(f.Tier, slugs) && fitsEnum(f.Category, p.Category) && fitsEnum(f.Trend, trend) && fitsInt(f.Score, h.Score) &&
		(f.HasScore == nil || *f.HasScore == (h.Score != nil)) && (f.HasSeries == nil || *f.HasSeries == (h.Trend != nil))
}

// fitsSlug treats the tier of a pattern as a list of one. slugs are its current and former ones.
func fitsSlug(f *content.SlugFilter, slugs []string) bool {
	its := func(s string) bool { return slices.Contains(slugs, s) }
	return f == nil || (f.In == nil || slices.ContainsFunc(f.In, its)) && !slices.ContainsFunc(f.None, its) &&
		!slices.ContainsFunc(f.All, func(s string) bool { return !its(s) })
}

// fitsEnum applies the conditions as the store does: an empty In fits nothing.
func fitsEnum[E ~string](f *content.EnumFilter[E], v E) bool {
	return f == nil || (f.In == nil || slices.Contains(f.In, v)) && !slices.Contains(f.NotIn, v)
}

// fitsInt accepts a missing number only if the filter compares nothing, as the store does.
func fitsInt(f *content.IntFilter, n *int) bool {
	switch {
	case f == nil:
		return true
	case n == nil:
		return f.Eq == nil && f.Gt == nil && f.Gte == nil && f.Lt == nil && f.Lte == nil
	}
	return (f.Eq == nil || *n == *f.Eq) && (f.Gt == nil || *n > *f.Gt) && (f.Gte == nil || *n >= *f.Gte) &&
		(f.Lt == nil || *n < *f.Lt) && (f.Lte == nil || *n <= *f.Lte)
}

// sortHealths sorts rows and breaks ties by key.
// Rows without a value come last in both directions, because an unknown value is neither high nor
// low.
func sortHealths(rows []*content.PatternHealth, o content.Order, names map[string]string) error {
	value := func(*content.PatternHealth) *float64 { return nil }
	switch o.Field {
	case "SCORE":
		value = func(h *content.PatternHealth) *float64 {
			if h.Score == nil {
				return nil
			}
			return new(float64(*h.Score))
		}
	case "CHANGE":
		value = func(h *content.PatternHealth) *float64 { return h.Change }
	case "DASHBOARD_SCORE":
		value = func(h *content.PatternHealth) *float64 {
			if h.Dashboard == nil {
				return nil
			}
			return &h.Dashboard.Score
		}
	case "NAME":
	default:
		return content.Fault(content.BadUserInput, fmt.Sprintf("Unknown order field %q.", clip(o.Field)))
	}
	direction := 1
	if o.Desc {
		direction = -1
	}
	slices.SortFunc(rows, func(a, b *content.PatternHealth) int {
		x, y := value(a), value(b)
		switch {
		case x != nil && y != nil && *x != *y:
			return direction * cmp.Compare(*x, *y)
		case (x == nil) != (y == nil):
			if x == nil {
				return 1
			}
			return -1
		case o.Field == "NAME" && names[a.PatternKey] != names[b.PatternKey]:
			return direction * cmp.Compare(names[a.PatternKey], names[b.PatternKey])
		}
		return direction * cmp.Compare(a.PatternKey, b.PatternKey)
	})
	return nil
}

// count fills in the number of patterns for each trend and each metric.
// Every trend and every component has a row, even with a count of 0; the nil trend counts the
// patterns without a series. A metric counts as observed if the score could use it.
func count(out *content.HealthDashboard) {
	out.PatternCount = len(out.Rows)
	trends := map[content.HealthTrend]int{}
	for _, h := range out.Rows {
		if h.Score != nil {
			out.Scored++
		}
		if h.Trend != nil {
			out.WithSeries++
			trends[*h.Trend]++
		}
	}
	for _, t := range content.HealthTrend("").Values() {
		trend := content.HealthTrend(t)
		out.Trends = append(out.Trends, content.TrendCount{Trend: &trend, Count: trends[trend]})
	}
	out.Trends = append(out.Trends, content.TrendCount{Count: out.PatternCount - out.WithSeries})
	for _, c := range out.Scoring.Components {
		m := content.MetricCoverage{Metric: c.Metric}
		for _, h := range out.Rows {
			if i := slices.IndexFunc(h.Components, func(p content.HealthComponent) bool { return p.Metric == c.Metric }); i >= 0 && h.Components[i].Value != nil {
				m.Observed++
			}
		}
		m.Missing = out.PatternCount - m.Observed
		out.Coverage = append(out.Coverage, m)
	}
}

// average fills in the mean and the median of the scores. Both stay nil without a score.
// The median is shown as well, because a few patterns without adoption pull the mean down.
func average(out *content.HealthDashboard) {
	var scores []int
	for _, h := range out.Rows {
		if h.Score != nil {
			scores = append(scores, *h.Score)
		}
	}
	if len(scores) == 0 {
		return
	}
	slices.Sort(scores)
	sum := 0
	for _, s := range scores {
		sum += s
	}
	middle := len(scores) / 2
	median := float64(scores[middle])
	if len(scores)%2 == 0 {
		median = float64(scores[middle-1]+scores[middle]) / 2
	}
	out.AverageScore, out.MedianScore = new(thousandths(float64(sum)/float64(len(scores)))), &median
}

// tiersAgainstHealth summarizes each tier, the highest (rank 1) first.
// Agreeing counts the patterns whose tier is also the collector's own classification.
func tiersAgainstHealth(rows []*content.PatternHealth, tierOf map[string]string, tiers []*content.Tier) []content.TierHealth {
	tiers = slices.Clone(tiers)
	slices.SortFunc(tiers, func(a, b *content.Tier) int { return cmp.Compare(a.Rank, b.Rank) })
	out := make([]content.TierHealth, 0, len(tiers))
	for _, t := range tiers {
		th, sum := content.TierHealth{TierKey: t.Key}, 0
		for _, h := range rows {
			if tierOf[h.PatternKey] != t.Key {
				continue
			}
			th.PatternCount++
			if h.ClassifiedKey == t.Key {
				th.Agreeing++
			}
			if h.Score == nil {
				continue
			}
			th.Scored++
			sum += *h.Score
			if th.Min == nil || *h.Score < *th.Min {
				th.Min = h.Score
			}
			if th.Max == nil || *h.Score > *th.Max {
				th.Max = h.Score
			}
		}
		if th.Scored > 0 {
			th.Average = new(thousandths(float64(sum) / float64(th.Scored)))
		}
		out = append(out, th)
	}
	return out
}

// movers returns the patterns with a trend that changed most.
// Among the declining, the largest fall comes first. Every pattern with a trend has a change.
func movers(rows []*content.PatternHealth, trend content.HealthTrend) []*content.PatternHealth {
	var out []*content.PatternHealth
	for _, h := range rows {
		if h.Trend != nil && *h.Trend == trend {
			out = append(out, h)
		}
	}
	slices.SortFunc(out, func(a, b *content.PatternHealth) int {
		by := cmp.Compare(*b.Change, *a.Change)
		if trend == content.TrendDeclining {
			by = -by
		}
		return cmp.Or(by, cmp.Compare(a.PatternKey, b.PatternKey))
	})
	return out[:min(len(out), maxMovers)]
}

// collected fills in the dates of the numbers.
// The first and the last are those of the newest figure of each adoption metric, not of the whole
// series.
func collected(out *content.HealthDashboard) {
	widen := func(first, last *time.Time, at time.Time) (*time.Time, *time.Time) {
		if first == nil || at.Before(*first) {
			first = &at
		}
		if last == nil || at.After(*last) {
			last = &at
		}
		return first, last
	}
	for _, h := range out.Rows {
		for _, o := range h.Metrics {
			out.FirstCollected, out.LastCollected = widen(out.FirstCollected, out.LastCollected, o.CollectedAt)
		}
		if h.Dashboard != nil {
			_, out.DashboardUpdated = widen(nil, out.DashboardUpdated, h.Dashboard.UpdatedAt)
		}
	}
}
