package advisor

import (
	"math"

	"patternhub/internal/content"
)

// money fills in the cost and return of an introduction. The payback is cost over benefit if both
// are known, otherwise the average of the facts, weighted by the person-days of each pattern. The return
// follows from the payback, unless a company reports one.
// Nothing is guessed: without a daily rate there is no cost, and without a cost no return in money,
// though the percentage may be known. Sums are in the client's currency.
func (e *estimation) money(out *content.Estimate, days content.FloatRange) {
	if rate := e.in.DailyRate; rate != nil {
		e.term(content.EstimateTerm{Name: "daily rate", Value: *rate, Unit: "currency per person-day", Source: "input"})
		out.Cost = new(tenths(content.FloatRange{Min: days.Min * *rate, Max: days.Max * *rate}))
	} else {
		e.missing = append(e.missing, "Without a daily rate there is no cost.")
	}
	months, percent, ok := e.paybackOfFacts()
	if out.Cost != nil && e.in.MonthlyBenefit != nil {
		benefit := *e.in.MonthlyBenefit
		e.term(content.EstimateTerm{Name: "monthly benefit", Value: benefit, Unit: "currency per month", Source: "input"})
		months = content.FloatRange{Min: out.Cost.Min / benefit, Max: out.Cost.Max / benefit}
		percent, ok = e.returned(months), true
	}
	if !ok {
		e.missing = append(e.missing, "No table has a payback for this.")
		return
	}
	out.PaybackMonths, out.ReturnPercent = new(tenths(months)), new(tenths(percent))
	if out.Cost != nil {
		// A gain is smallest for the least cost, a loss is greatest for the greatest cost.
		least, most := out.Cost.Min, out.Cost.Max
		if percent.Min < 0 {
			least = out.Cost.Max
		}
		if percent.Max < 0 {
			most = out.Cost.Min
		}
		out.Return = new(tenths(content.FloatRange{Min: least * percent.Min / 100, Max: most * percent.Max / 100}))
	}
}

// returned is the return within the counted months, in percent of the cost, for a payback in
// months.
// The longest payback is the least return. A payback that is longer than the counted months is a
// negative return.
func (e *estimation) returned(payback content.FloatRange) content.FloatRange {
	counted := float64(e.Weights.Estimate.ReturnMonths)
	// A payback of 0 would be an infinite return.
	share := func(months float64) float64 { return (counted/math.Max(months, 0.1) - 1) * 100 }
	return content.FloatRange{Min: share(payback.Max), Max: share(payback.Min)}
}

// paybackOfFacts returns the payback and the return of the set from the facts.
// Weights are the middle of the person-days, so a small pattern does not outweigh a large one. The
// mean leaves out patterns and migrations without a payback or an effort; ok is false if none is
// left.
func (e *estimation) paybackOfFacts() (months, percent content.FloatRange, ok bool) {
	total := 0.0
	add := func(weight float64, m, p content.FloatRange) {
		months.Min, months.Max = months.Min+weight*m.Min, months.Max+weight*m.Max
		percent.Min, percent.Max = percent.Min+weight*p.Min, percent.Max+weight*p.Max
		total += weight
	}
	for _, p := range e.Patterns {
		m, source, hasPayback := paybackOf(e.Calculator, p)
		base, hasEffort := effortOf(e.Calculator, p, e.Weights.Estimate.WorkDaysWeek)
		if !hasPayback || !hasEffort {
			continue
		}
		e.ranged(content.EstimateTerm{Name: "payback", Unit: "months", Source: source, PatternKey: p.Key}, m)
		share := e.returned(m)
		for _, r := range e.Calculator.Returns {
			if r.PatternKey == p.Key {
				reported := float64(r.FiveYearReturnPercent)
				e.term(content.EstimateTerm{Name: "return in five years", Value: reported, Unit: "%", Source: fromReturns, PatternKey: p.Key})
				share = content.FloatRange{Min: reported, Max: reported}
			}
		}
		add(middle(base.personDays()), m, share)
	}
	for _, m := range e.Migrations {
		if m.PaybackMonths == nil {
			continue
		}
		r := floats(*m.PaybackMonths)
		e.ranged(content.EstimateTerm{Name: "payback", Unit: "months", Source: "graph: payback of the migration", MigrationKey: m.Key}, r)
		days, _ := e.migrationDays(m)
		add(middle(days)*middle(floats(baseline(e.Calculator, "silver").TeamSize)), r, e.returned(r))
	}
	if total == 0 {
		return months, percent, false
	}
	for _, r := range []*content.FloatRange{&months, &percent} {
		r.Min, r.Max = r.Min/total, r.Max/total
	}
	return months, percent, true
}
