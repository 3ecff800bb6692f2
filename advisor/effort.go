package advisor

import (
	"patternhub/content"
)

// Where a figure comes from, as answers say it.
const (
	fromEffort   = "facts: calculator, pattern effort of the selector tool"
	fromGoldPage = "facts: calculator, effort on the gold patterns page"
	fromSilver   = "facts: calculator, success rates on the silver patterns page"
	fromTier     = "facts: calculator, baseline of the pattern's tier"
	fromReturns  = "facts: calculator, returns that companies report"
)

// effort is what a pattern takes before anything is known of who introduces it: working days
// for so many developers.
// source names the table, so that every answer can say where its figure comes from.
type effort struct {
	days, developers content.FloatRange
	source           string
}

// personDays is days times developers.
// The least goes with the least: a small team that is fast, not a small team that is slow.
func (e effort) personDays() content.FloatRange {
	return content.FloatRange{Min: e.days.Min * e.developers.Min, Max: e.days.Max * e.developers.Max}
}

// floats turns a range of the facts into numbers. An open end is as far as the other one.
// Both ends open give 0 to 0.
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

// baseline finds the row of a tier; the zero row without one.
func baseline(c *content.Calculator, tier string) content.TierBaseline {
	for _, b := range c.TierBaselines {
		if b.TierKey == tier {
			return b
		}
	}
	return content.TierBaseline{}
}

// effortOf gives the effort of a pattern from the most particular table that has it: the effort
// of the pattern itself, else the days on the gold page with the team of its tier, else the
// weeks and team of its tier, a week having that many working days. It is false for a pattern
// whose tier has no baseline.
// A figure that is about the pattern beats one about its tier, however coarse it is.
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

// successOf gives how often the introduction of a pattern succeeds, in percent, and who says
// so; false where nobody does.
// The more particular table goes first here too. Rates are what the sources state, not chances that
// could be multiplied with each other.
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

// paybackOf gives the months until a pattern has paid for itself; false where nobody says.
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
