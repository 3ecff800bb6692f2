package pages

import (
	"math"
	"strconv"

	"patternhub/internal/site/figure"
)

// healthOrders are the orders of the dashboard besides the first.
var healthOrders = []option{{"rising", "rising most first"}, {"declining", "declining most first"}, {"dashboard", "the dashboard's own score"}, {"name", "name"}}

// distribution returns the chart of how many patterns have which score. Each band is a field of the document, which
// the API counts, since the page has only some of the patterns.
func (a *HealthAnswer) distribution() figure.Bars {
	out := figure.Bars{Caption: figure.Caption{Title: "Patterns by score"}}
	add := func(label string, n int) {
		out.Bars = append(out.Bars, figure.Bar{Label: label, Value: float64(n)})
	}
	if a.From80 != nil {
		add("80 and more", a.From80.PatternCount)
	}
	if a.Below80 != nil {
		add("60 to 79", a.Below80.PatternCount)
	}
	if a.Below60 != nil {
		add("40 to 59", a.Below60.PatternCount)
	}
	if a.Below40 != nil {
		add("20 to 39", a.Below40.PatternCount)
	}
	if a.Below20 != nil {
		add("below 20", a.Below20.PatternCount)
	}
	return out
}

// trendTones are the colours of the trends.
var trendTones = map[HealthTrend]figure.Tone{"RISING": figure.Good, "DECLINING": figure.Bad, "STABLE": "", "": figure.Muted}

// trendShares returns the chart of the trends.
// Patterns without a series have a share too, but no list leads to them: the form has no such choice.
func (h *HealthAnswerHealthDashboard) trendShares() figure.Distribution {
	out := figure.Distribution{Caption: figure.Caption{Title: "Trends"}, Unit: "patterns"}
	for _, t := range h.Trends {
		bar := figure.Bar{Label: t.Trend.Label(), Value: float64(t.Count), Tone: trendTones[t.Trend]}
		if t.Trend == "" {
			bar.Label = "No series"
		} else {
			bar.Href = "/health?trend=" + slugOf(string(t.Trend)) + "#patterns"
		}
		out.Parts = append(out.Parts, bar)
	}
	return out
}

// tierRanges returns the chart of the scores of each tier. A tier without scores has a row that says so.
func (h *HealthAnswerHealthDashboard) tierRanges() figure.Ranges {
	out := figure.Ranges{Caption: figure.Caption{Title: "Lowest, mean and highest score of each tier"}}
	for _, t := range h.Tiers {
		r := figure.Range{Label: t.Tier.Name, Unit: "points", Low: math.NaN()}
		if t.Average != nil && t.Min != nil && t.Max != nil {
			r.Low, r.Expected, r.High = float64(*t.Min), *t.Average, float64(*t.Max)
		}
		out.Ranges = append(out.Ranges, r)
	}
	return out
}

// moverBars returns the chart of the patterns that change most. Bars begin at zero, so a decline is a bar of its
// size in the colour of declines.
func moverBars(all []Mover) figure.Bars {
	out := figure.Bars{Caption: figure.Caption{Title: "Change of the last months"}, Unit: "points"}
	for _, m := range all {
		bar := figure.Bar{Label: m.Pattern.Name, Href: "/health/" + escape(m.Pattern.Slug), Value: math.NaN(), Tone: trendTones[m.Trend]}
		if m.Change != nil {
			bar.Value, bar.Note = math.Abs(*m.Change), map[bool]string{true: "down", false: "up"}[*m.Change < 0]
		}
		out.Bars = append(out.Bars, bar)
	}
	return out
}

// sparkline returns the course of a pattern's trend, and reports whether it has one.
func sparkline(n HealthAnswerHealthDashboardPatternsNodes) (figure.Sparkline, bool) {
	out := figure.Sparkline{Caption: figure.Caption{Title: "Course of " + n.Pattern.Name, Width: 120}, Tone: trendTones[n.Trend]}
	for _, p := range n.Series {
		// The two sources have different scales, so a line has one of them: the one that the trend is of.
		if (p.Source == "DASHBOARD") == (n.TrendSource == "DASHBOARD") {
			out.Values = append(out.Values, p.Value)
		}
	}
	return out, len(out.Values) > 1
}

// points returns the points that a metric adds, by its bands. Some metrics are observed without adding any.
func (h *HealthAnswerHealthDashboard) points(metric HealthMetric) string {
	for _, c := range h.Scoring.Components {
		if c.Metric != metric {
			continue
		}
		out := ""
		for _, b := range c.Bands {
			if out != "" {
				out += "; "
			}
			out += number(b.Points) + " from " + figure.Number(b.AtLeast)
		}
		return out
	}
	return "not part of the score"
}

// agreeing returns how many patterns of a tier the classifier puts in it.
// It is empty for a tier that the dashboard does not have.
func (h *HealthAnswerHealthDashboard) agreeing(tier string) string {
	for _, t := range h.Tiers {
		if t.Tier.Slug == tier {
			return number(t.Agreeing) + " of " + number(t.PatternCount)
		}
	}
	return ""
}

// signed returns a number with its sign.
// Zero has none.
func signed(v float64) string {
	if v > 0 {
		return "+" + figure.Number(v)
	}
	return figure.Number(v)
}

// optional returns a number, empty for none.
func optional(v *float64) string {
	if v == nil {
		return ""
	}
	return figure.Number(*v)
}

// parts returns the chart of what a score is made of. A metric without a value is not one with no points: its row
// says that there is none.
func (h *PatternHealthAnswerPatternHealth) parts() figure.Bars {
	out := figure.Bars{Caption: figure.Caption{Title: "What the score is made of"}}
	for _, c := range h.Components {
		out.Full = max(out.Full, float64(c.Maximum))
	}
	for _, c := range h.Components {
		bar := figure.Bar{Label: c.Metric.Label(), Value: float64(c.Points), Note: "of " + number(c.Maximum)}
		if c.Missing != "" {
			bar.Value, bar.Note = math.NaN(), ""
		}
		out.Bars = append(out.Bars, bar)
	}
	return out
}

// course returns the chart of the scores by month, a line for each scale. The two are never joined, as a step from
// one to the other would look like a change.
func (h *PatternHealthAnswerPatternHealth) course() figure.Lines {
	out := figure.Lines{Caption: figure.Caption{Title: "Scores by month"}}
	own, dashboard := figure.Series{Name: "The hub's score"}, figure.Series{Name: "The dashboard's own score"}
	for _, p := range h.Series {
		point := figure.Point{At: monthOf(p.At), Label: p.At, Value: p.Value}
		if p.Source == "DASHBOARD" {
			dashboard.Points = append(dashboard.Points, point)
		} else {
			own.Points = append(own.Points, point)
		}
	}
	for _, s := range []figure.Series{own, dashboard} {
		if len(s.Points) > 0 {
			out.Series = append(out.Series, s)
		}
	}
	return out
}

// monthsOfYear is the number of months of a year.
const monthsOfYear = 12

// monthOf returns the number of a month such as 2025-07, not a number for another text.
// Months of consecutive years follow each other without a gap, so that the axis of a chart is even.
func monthOf(month string) float64 {
	if len(month) < len("2025-07") {
		return math.NaN()
	}
	year, errYear := strconv.Atoi(month[:4])
	m, errMonth := strconv.Atoi(month[5:7])
	if errYear != nil || errMonth != nil {
		return math.NaN()
	}
	return float64(year*monthsOfYear + m)
}

// collected returns the time between two days in words.
func collected(first, last string) string {
	if first == last {
		return "on " + last
	}
	return "from " + first + " to " + last
}

// facts returns the short facts of the dashboard.
func (h *HealthAnswerHealthDashboard) facts() []fact {
	return []fact{
		{"Patterns", number(h.PatternCount), ""},
		{"With a score", number(h.Scored), ""},
		{"Mean score", optional(h.AverageScore), ""},
		{"Median score", optional(h.MedianScore), ""},
		{"With a trend", number(h.WithSeries), ""},
		{"Collected", day(h.LastCollected), "When the last adoption metric was collected"},
	}
}

// facts returns the short facts of the health of a pattern.
func (h *PatternHealthAnswerPatternHealth) facts() []fact {
	out := []fact{{"Score", "none", "No adoption metric has been observed"}, {"Trend", h.Trend.Label(), ""}}
	if h.Score != nil {
		out[0] = fact{"Score", number(*h.Score) + " of " + number(h.Maximum), ""}
	}
	if h.Change != nil {
		out = append(out, fact{"Change", signed(*h.Change), "The mean of the last months minus the mean of the months before"})
	}
	out = append(out, fact{"Trend from", h.TrendSource.Label(), h.TrendSource.Help()})
	if h.ClassifiedTier != nil {
		out = append(out, fact{"Classifier's tier", h.ClassifiedTier.Name, "A hint that may differ from its tier"})
	}
	return out
}

// facts returns the dashboard's own figures.
func (d *PatternHealthAnswerPatternHealthDashboard) facts() []fact {
	return []fact{
		{"Its score", figure.Number(d.Score), ""},
		{"Its trend", d.StatedTrend, ""},
		{"Stars", optional(d.GithubStars), ""},
		{"Talks", optional(d.ConferenceTalks), ""},
		{"Job mentions", optional(d.JobMentions), ""},
		{"Adoption rate in percent", optional(d.AdoptionRate), ""},
	}
}

// trendWords are trends in words.
var trendWords = map[string]string{"UP": "grows", "DOWN": "shrinks", "STABLE": "stays", "NONE": "not stated", "RISING": "rises", "DECLINING": "declines"}

// trendMark returns the sign of a trend.
// The signs differ in shape, so that readers need not see their colours.
func trendMark(trend string) string {
	switch trend {
	case "UP", "RISING":
		return "▲"
	case "DOWN", "DECLINING":
		return "▼"
	case "STABLE":
		return "■"
	}
	return ""
}
