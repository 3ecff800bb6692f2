package pages

import (
	"math"
	"strings"

	"patternhub/internal/site/figure"
)

// DefaultTeam is the number of people of an estimate for which none is chosen. The API requires one, and an
// address without it is shorter.
const DefaultTeam = 5

// between returns a range in words.
// Equal ends are one number, since "3 to 3" would look like a mistake.
func (e Ends) between() string {
	if e.Min == e.Max {
		return figure.Number(e.Min)
	}
	return figure.Number(e.Min) + " to " + figure.Number(e.Max)
}

// ranges returns the drawing of an estimate: ranges of one unit share a scale. Money has no unit, since the
// currency is the one that the reader had in mind.
func (e *CalculatorAnswerEstimateEffort) ranges() figure.Ranges {
	out := figure.Ranges{Caption: figure.Caption{Title: "The estimate as ranges", Desc: "From the lower to the upper end, with the middle marked."}}
	add := func(label, unit string, r *Ends) {
		if r != nil {
			out.Ranges = append(out.Ranges, figure.Range{Label: label, Unit: unit, Low: short(r.Min), Expected: short((r.Min + r.Max) / 2), High: short(r.Max)})
		}
	}
	add("Work", "person-days", &e.PersonDays)
	add("Time", "weeks", &e.CalendarWeeks)
	add("Cost", "", e.Cost)
	add("Pays for itself after", "months", e.PaybackMonths)
	add("Return in 5 years", "%", e.ReturnPercent)
	add("Return in 5 years", "", e.Return)
	return out
}

// short returns a number without the digits after the point that a picture has no room for.
// From 100 on it is a whole number, below it has one digit.
func short(v float64) float64 {
	if math.Abs(v) >= 100 {
		return math.Round(v)
	}
	return math.Round(v*10) / 10
}

// swings returns the drawing of what changes an estimate most. The API sorts by the strength of the change, and
// beyond a dozen the bars are too short to tell apart.
func (e *CalculatorAnswerEstimateEffort) swings() figure.Bars {
	out := figure.Bars{Caption: figure.Caption{Title: "What changes the work most"}, Unit: "%"}
	for _, s := range e.Sensitivity[:min(len(e.Sensitivity), 12)] {
		// More work is bad and less is good; the bars have no other direction.
		tone, change := figure.Bad, "more"
		if s.ChangePercent < 0 {
			tone, change = figure.Good, "less"
		}
		out.Bars = append(out.Bars, figure.Bar{Label: s.inWords(), Value: math.Abs(s.ChangePercent), Note: change + ", " + figure.Number(s.PersonDays) + " days", Tone: tone})
	}
	return out
}

// inputWords are the inputs of an estimate in words.
var inputWords = map[string]string{
	"patterns": "Patterns", "migrations": "Migrations", "experience": "Experience", "architecture": "System today", "teamSize": "People",
	"currentUsers": "Users now", "projectedUsers": "Users expected", "existingSystems": "Systems to connect", "inUse": "Patterns in use",
}

// inWords returns what changes, in words.
func (s CalculatorAnswerEstimateEffortSensitivity) inWords() string {
	change, input := s.Change, inputWords[s.Input]
	// The API names levels by their constants.
	if change == strings.ToUpper(change) {
		change = strings.ToLower(label(change))
	}
	// An input that the API has got since is shown by its key rather than left out.
	if input == "" {
		input = s.Input
	}
	return input + ": " + change
}

// about returns what a term of an estimate is about.
// A term is about a pattern or a migration; it is nil for one that is about the whole estimate.
func (t CalculatorAnswerEstimateEffortTerms) about() *Link {
	if t.Pattern != nil {
		return t.Pattern
	}
	return t.Migration
}

// amountOf returns the number or range of a term.
func (t CalculatorAnswerEstimateEffortTerms) amountOf() string {
	if t.ValueMax != nil {
		return Ends{t.Value, *t.ValueMax}.between()
	}
	return figure.Number(t.Value)
}

// facts returns the ranges of an estimate for a team. What the API does not know is left out here; the page says
// below why.
func (e *CalculatorAnswerEstimateEffort) facts(team int) []fact {
	out := []fact{
		{"Work", e.PersonDays.between() + " person-days", ""},
		{"Time for " + count(team, "person", "people"), e.CalendarWeeks.between() + " weeks", ""},
	}
	add := func(name, unit, help string, r *Ends) {
		if r != nil {
			out = append(out, fact{name, r.between() + unit, help})
		}
	}
	add("Cost", "", "In the currency of a person-day", e.Cost)
	add("Pays for itself after", " months", "", e.PaybackMonths)
	add("Return in five years", " %", "Beyond the cost, in percent of the cost", e.ReturnPercent)
	if e.SuccessRate != nil {
		out = append(out, fact{"Succeeds in", figure.Number(*e.SuccessRate) + " %", "The rate of the least certain pattern"})
	}
	if e.Complexity != nil {
		out = append(out, fact{"Complexity", e.Complexity.Level + ", " + figure.Number(e.Complexity.Score) + " points", ""})
	}
	return out
}
