package advisor

import (
	"patternhub/internal/content"
)

// Where a figure comes from, as it appears in answers.
const (
	fromEffort   = "facts: calculator, pattern effort of the selector tool"
	fromGoldPage = "facts: calculator, effort on the gold patterns page"
	fromSilver   = "facts: calculator, success rates on the silver patterns page"
	fromTier     = "facts: calculator, baseline of the pattern's tier"
	fromReturns  = "facts: calculator, returns that companies report"
)

// effort is the work on a pattern before anything is known about the team: working days for a
// number of developers.
// source names the table, so that every answer can say where its figure comes from.
type effort struct {
	days, developers content.FloatRange
	source           string
}

// personDays is days times developers.
// The minimum is a small, fast team; the maximum is a large, slow one.
func (e effort) personDays() content.FloatRange {
	return content.FloatRange{Min: e.days.Min * e.developers.Min, Max: e.days.Max * e.developers.Max}
}

// floats converts a range of the facts. An open end takes the value of the other end; two open ends
// are 0 to 0.
func floats(r content.IntRange) content.FloatRange {
	var out content.FloatRange
	if r.Min != nil {
		out.Min = float64(*r.Min)
	}
	out.Max = out.Min
	if r.Max != nil {
		out.Max = float64(*r.Max)
	}
	if r.Min == nil {
		out.Min = out.Max
	}
	return out
}

// baseline returns the row of a tier, or the zero row if there is none.
func baseline(c *content.Calculator, tier string) content.TierBaseline {
	for _, b := range c.TierBaselines {
		if b.TierKey == tier {
			return b
		}
	}
	return content.TierBaseline{}
}

// effortOf returns the effort of a pattern from the first of these tables that has it: the efforts of
// patterns; the days on the gold page, with the team of its tier; the weeks and team of its tier,
// with workDays in a week. ok is false for a pattern whose tier has no baseline.
// A figure for the pattern wins over one for its tier, even if it is coarser.
func effortOf(c *content.Calculator, p *content.Pattern, workDays int) (effort, bool) {
	for _, e := range c.PatternEffort {
		if e.PatternKey == p.Key {
			return effort{floats(e.Days), floats(e.Developers), fromEffort}, true
		}
	}
	b := baseline(c, p.TierKey)
	if b.TierKey == "" {
		return effort{}, false
	}
	for _, e := range c.GoldPageEffort {
		if e.PatternKey == p.Key {
			return effort{floats(e.Days), floats(b.TeamSize), fromGoldPage}, true
		}
	}
	weeks := floats(b.ImplementationWeeks)
	days := content.FloatRange{Min: weeks.Min * float64(workDays), Max: weeks.Max * float64(workDays)}
	return effort{days, floats(b.TeamSize), fromTier}, true
}

// successOf returns how often the introduction of a pattern succeeds, in percent, and the source.
// ok is false if no table has a rate. The most specific table wins. Rates are what the sources
// state, not probabilities to multiply.
func successOf(c *content.Calculator, p *content.Pattern) (rate int, source string, ok bool) {
	for _, e := range c.GoldPageEffort {
		if e.PatternKey == p.Key {
			return e.SuccessRate, fromGoldPage, true
		}
	}
	for _, e := range c.SilverPageSuccess {
		if e.PatternKey == p.Key {
			return e.SuccessRate, fromSilver, true
		}
	}
	if b := baseline(c, p.TierKey); b.TierKey != "" {
		return b.SuccessRate, fromTier, true
	}
	return 0, "", false
}

// paybackOf returns the months until a pattern has paid for itself; ok is false if no table says.
// A return that companies report for the pattern goes before the range of its tier.
func paybackOf(c *content.Calculator, p *content.Pattern) (months content.FloatRange, source string, ok bool) {
	for _, r := range c.Returns {
		if r.PatternKey == p.Key && r.PaybackMonths != nil {
			m := float64(*r.PaybackMonths)
			return content.FloatRange{Min: m, Max: m}, fromReturns, true
		}
	}
	if b := baseline(c, p.TierKey); b.TierKey != "" {
		return floats(b.ReturnMonths), fromTier, true
	}
	return content.FloatRange{}, "", false
}
