package advisor

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"patternhub/internal/content"
)

// The bounds of an estimate's input, as in its schema.
const (
	maxEstimated  = 20
	maxMigrations = 10
	maxSystems    = 200
	// minMoney and maxMoney bound rates and benefits, so that sums and quotients stay exact enough
	// to show: a tiny benefit would make an endless payback.
	minMoney, maxMoney = 0.01, 1e9
)

// CheckEstimate checks the sizes of an input before anything is read.
// It reports only the first fault, as BadUserInput. It refuses repeated slugs, because counting a
// pattern twice would answer another question. The condition on money is written so that NaN fails
// it.
func CheckEstimate(in content.EstimateInput) error {
	refuse := func(format string, args ...any) error {
		return content.Fault(content.BadUserInput, fmt.Sprintf(format, args...))
	}
	switch {
	case len(in.Patterns)+len(in.Migrations) == 0:
		return refuse("There must be a pattern or a migration.")
	case len(in.Patterns) > maxEstimated:
		return refuse("patterns takes at most %d slugs.", maxEstimated)
	case len(in.Migrations) > maxMigrations:
		return refuse("migrations takes at most %d slugs.", maxMigrations)
	case len(in.InUse) > maxInUse:
		return refuse("inUse takes at most %d slugs.", maxInUse)
	case in.TeamSize < 1 || in.TeamSize > maxTeam:
		return refuse("teamSize must be from 1 to %d.", maxTeam)
	case optional(in.ExistingSystems) < 0 || optional(in.ExistingSystems) > maxSystems:
		return refuse("existingSystems must be from 0 to %d.", maxSystems)
	case optional(in.CurrentUsers) < 0 || optional(in.ProjectedUsers) < 0:
		return refuse("currentUsers and projectedUsers cannot be negative.")
	}
	// A list and not a map, so that the same input always produces the same message.
	for _, money := range []struct {
		name string
		sum  *float64
	}{{"dailyRate", in.DailyRate}, {"monthlyBenefit", in.MonthlyBenefit}} {
		if money.sum != nil && !(*money.sum >= minMoney && *money.sum <= maxMoney) {
			return refuse("%s must be from %.2f to %.0f.", money.name, minMoney, maxMoney)
		}
	}
	for _, list := range [][]string{in.Patterns, in.Migrations} {
		for i, s := range list {
			if slices.Contains(list[:i], s) {
				return refuse("%q is named twice.", clip(s))
			}
		}
	}
	return nil
}

// optional returns an optional number, or 0 if it is absent.
func optional(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// Estimating holds the data of an estimate: the entries that the slugs of the input name, and the
// tables.
// Patterns and Migrations are in the order of the input, none of them nil.
type Estimating struct {
	Patterns   []*content.Pattern
	Migrations []*content.Migration
	InUse      []*content.Pattern
	Calculator *content.Calculator
	Weights    *content.Weights
}

// estimation is one run.
// terms and missing grow as the parts are computed: every number in the result has a term with its
// unit and source. Data that was not found is listed in missing instead of counting as 0.
type estimation struct {
	Estimating
	in    content.EstimateInput
	terms []content.EstimateTerm
	// developers is the largest number of people that can work in parallel.
	developers float64
	missing    []string
}

// Estimate computes an estimate (docs/decisions/0103-formula-of-an-estimate.md):
//
//	person-days = (sum of bases less shared work + interactions + systems)
//	              x overload x experience x architecture x scale x coordination
//
// Every factor grows with its input, so more team and more scale never make the result smaller. The
// result is a range, because its figures are. Weeks follow from person-days and the number of
// people that the work can use; money follows from person-days. Complexity is the facts' own score
// and affects nothing else.
func Estimate(with Estimating, in content.EstimateInput) *content.Estimate {
	e := &estimation{Estimating: with, in: in}
	out := &content.Estimate{FormulaVersion: with.Weights.Estimate.Version}
	for _, p := range with.Patterns {
		out.PatternKeys = append(out.PatternKeys, p.Key)
	}
	for _, m := range with.Migrations {
		out.MigrationKeys = append(out.MigrationKeys, m.Key)
	}
	// The rest is computed from the displayed days, so that a reader can recompute it.
	days := tenths(e.personDays())
	out.PersonDays = days
	out.CalendarWeeks = tenths(e.weeks(days))
	e.money(out, days)
	out.SuccessRate = e.success()
	out.Complexity = complexity(with.Calculator.ComplexityWeights, with.Patterns)
	out.Terms = e.terms
	out.Sensitivity = sensitivity(with, in, middle(days))
	out.Missing = e.missing
	return out
}

// tenths rounds numbers for display: more digits would claim a precision that no estimate has.
func tenths(r content.FloatRange) content.FloatRange {
	return content.FloatRange{Min: math.Round(r.Min*10) / 10, Max: math.Round(r.Max*10) / 10}
}

// middle returns the middle of a range, which stands for it where one number is needed.
func middle(r content.FloatRange) float64 { return (r.Min + r.Max) / 2 }

// term adds a step to the explanation of the estimate.
func (e *estimation) term(t content.EstimateTerm) { e.terms = append(e.terms, t) }

// ranged records a term that is a range.
func (e *estimation) ranged(t content.EstimateTerm, r content.FloatRange) {
	t.Value = r.Min
	if r.Max != r.Min {
		t.ValueMax = &r.Max
	}
	e.term(t)
}

// personDays adds everything up.
// The factors multiply the sum, so their order does not matter. It also records the terms, and must
// run before weeks, which needs the largest number of developers.
func (e *estimation) personDays() content.FloatRange {
	var sum content.FloatRange
	add := func(r content.FloatRange) { sum.Min, sum.Max = sum.Min+r.Min, sum.Max+r.Max }
	for i, p := range e.Patterns {
		add(e.pattern(p, e.Patterns[:i]))
	}
	for _, m := range e.Migrations {
		add(e.migration(m))
	}
	add(e.interactions())
	add(e.systems())
	factor := e.overload() * e.experience() * e.architecture() * e.scale() * e.coordination()
	return content.FloatRange{Min: sum.Min * factor, Max: sum.Max * factor}
}

// pattern is the work on one pattern, less what it shares with earlier patterns of the input and
// those in use. Each pair counts once.
// Sharing is bounded: part of the work remains, however many related patterns there are.
func (e *estimation) pattern(p *content.Pattern, before []*content.Pattern) content.FloatRange {
	w := e.Weights.Estimate
	base, ok := effortOf(e.Calculator, p, w.WorkDaysWeek)
	if !ok {
		e.missing = append(e.missing, "No table has an effort for "+p.Name+".")
		return content.FloatRange{}
	}
	e.developers = math.Max(e.developers, base.developers.Max)
	e.ranged(content.EstimateTerm{Name: "days", Unit: "working days", Source: base.source, PatternKey: p.Key}, base.days)
	e.ranged(content.EstimateTerm{Name: "developers", Unit: "people", Source: base.source, PatternKey: p.Key}, base.developers)
	shared := math.Min(w.SharedWorkMax, w.SharedWork*float64(related(p, before)+related(p, e.InUse)))
	if shared > 0 {
		e.term(content.EstimateTerm{Name: "shared work", Value: -100 * shared, Unit: "%", Source: "decision 0103; relations from the graph", PatternKey: p.Key})
	}
	days := base.personDays()
	return content.FloatRange{Min: days.Min * (1 - shared), Max: days.Max * (1 - shared)}
}

// related counts the patterns that share work with p: one of the two complements the other or needs
// it first.
func related(p *content.Pattern, others []*content.Pattern) int {
	n := 0
	for _, o := range others {
		if o.Key != p.Key && (rests(p, o) || rests(o, p)) {
			n++
		}
	}
	return n
}

// rests reports whether a complements b or needs it first, according to a's relations.
func rests(a, b *content.Pattern) bool {
	return slices.ContainsFunc(a.Relations, func(r content.RelationRow) bool {
		return r.PatternKey == b.Key && (r.Relation == "COMPLEMENTS" || r.Relation == "PREREQUISITE")
	})
}

// migration is the work on a migration: its duration, or the weeks of its effort, for the
// developers of the middle tier. Decision 0103 chose that tier, since a migration has none.
func (e *estimation) migration(m *content.Migration) content.FloatRange {
	days, source := e.migrationDays(m)
	if source == "" {
		e.missing = append(e.missing, "Nothing is known of the duration or the effort of "+m.Name+".")
		return content.FloatRange{}
	}
	team := floats(baseline(e.Calculator, "silver").TeamSize)
	e.developers = math.Max(e.developers, team.Max)
	e.ranged(content.EstimateTerm{Name: "days", Unit: "working days", Source: source, MigrationKey: m.Key}, days)
	e.ranged(content.EstimateTerm{Name: "developers", Unit: "people", Source: "facts: calculator, baseline of the silver tier (decision 0103)", MigrationKey: m.Key}, team)
	return content.FloatRange{Min: days.Min * team.Min, Max: days.Max * team.Max}
}

// migrationDays returns the working days of a migration and their source.
// The most exact figure wins: months, then weeks, then the level of effort. The source is empty if the
// migration has none of them.
func (e *estimation) migrationDays(m *content.Migration) (content.FloatRange, string) {
	w := e.Weights.Estimate
	times := func(r content.FloatRange, n int) content.FloatRange {
		return content.FloatRange{Min: r.Min * float64(n), Max: r.Max * float64(n)}
	}
	switch {
	case m.DurationMonths != nil:
		return times(floats(*m.DurationMonths), w.WorkDaysMonth), "graph: duration of the migration"
	case m.Weeks != nil:
		return times(floats(content.IntRange{Min: m.Weeks}), w.WorkDaysWeek), "graph: weeks of the migration"
	case m.Effort != nil:
		for _, l := range w.MigrationWeeks {
			if l.Level == string(*m.Effort) {
				return times(content.FloatRange{Min: l.Min, Max: l.Max}, w.WorkDaysWeek), "graph: effort of the migration; facts: weeks of its level"
			}
		}
	}
	return content.FloatRange{}, ""
}

// interactions is the extra work of patterns of the set and in use that affect each other.
// An interaction counts only if one of its patterns is new; others were paid for before.
func (e *estimation) interactions() content.FloatRange {
	var points float64
	for _, i := range e.Calculator.ComplexityWeights.Interactions {
		isNew, all := false, true
		for _, k := range i.PatternKeys {
			in := hasKey(e.Patterns, k)
			isNew = isNew || in
			all = all && (in || hasKey(e.InUse, k))
		}
		if isNew && all {
			points += float64(i.Score)
		}
	}
	days := points * e.Weights.Estimate.InteractionDays
	if days > 0 {
		e.term(content.EstimateTerm{Name: "interactions", Value: days, Unit: "person-days", Source: "facts: calculator, complexity interactions; days per point by decision 0103"})
	}
	return content.FloatRange{Min: days, Max: days}
}

// hasKey reports whether a list has the pattern with a key.
func hasKey(patterns []*content.Pattern, key string) bool {
	return slices.ContainsFunc(patterns, func(p *content.Pattern) bool { return p.Key == key })
}

// systems is the work of connecting existing systems.
func (e *estimation) systems() content.FloatRange {
	n := float64(optional(e.in.ExistingSystems))
	if n == 0 {
		return content.FloatRange{}
	}
	each := e.Weights.Estimate.SystemDays
	r := content.FloatRange{Min: n * each.Min, Max: n * each.Max}
	e.ranged(content.EstimateTerm{Name: "existing systems", Unit: "person-days", Source: "decision 0103"}, r)
	return r
}

// factor records a factor.
func (e *estimation) factor(name string, value float64, source string) float64 {
	e.term(content.EstimateTerm{Name: name, Value: value, Unit: "factor", Source: source})
	return value
}

// overload is the facts' factor for too many patterns in one set. There is no term when it does not
// apply.
func (e *estimation) overload() float64 {
	c := e.Calculator.ComplexityWeights
	if len(e.Patterns) <= c.OverloadAbovePatterns {
		return 1
	}
	return e.factor("overload", c.OverloadFactor, "facts: calculator, complexity weights")
}

// experience assumes a team of the middle level if the input has none.
func (e *estimation) experience() float64 {
	level := content.MidLevel
	if e.in.Experience != nil {
		level = *e.in.Experience
	}
	v, _ := content.ValueOf(e.Weights.Estimate.Experience, string(level))
	return e.factor("experience", v, "decision 0103")
}

// architecture assumes microservices, whose factor is 1, if the input has none.
func (e *estimation) architecture() float64 {
	level := content.Architecture("MICROSERVICES")
	if e.in.Architecture != nil {
		level = *e.in.Architecture
	}
	v, _ := content.ValueOf(e.Weights.Estimate.Architecture, string(level))
	return e.factor("architecture", v, "decision 0103")
}

// scale is the factor of the band that the larger number of users falls in.
// The bands need not be in order; the largest factor reached counts, so more users never cost less.
func (e *estimation) scale() float64 {
	users, factor := max(optional(e.in.CurrentUsers), optional(e.in.ProjectedUsers)), 1.0
	for _, s := range e.Weights.Estimate.Scale {
		if users >= s.Users {
			factor = math.Max(factor, s.Factor)
		}
	}
	return e.factor("scale", factor, "facts: bands of the quick selector; factors by decision 0103")
}

// coordination is the cost of a team that is larger than the work can use.
// If no table has a number of developers, it assumes one. The factor is never below 1.
func (e *estimation) coordination() float64 {
	over := math.Max(0, float64(e.in.TeamSize)-math.Max(1, e.developers))
	return e.factor("coordination", 1+e.Weights.Estimate.Coordination*over, "decision 0103")
}

// weeks is the duration, which extra people beyond those that the work can use do not shorten.
// Patterns and migrations can proceed in parallel, each with as many people as the largest of them
// takes.
func (e *estimation) weeks(days content.FloatRange) content.FloatRange {
	people := math.Max(1, math.Min(float64(e.in.TeamSize), math.Max(1, e.developers)*math.Max(1, float64(len(e.Patterns)+len(e.Migrations)))))
	week := float64(e.Weights.Estimate.WorkDaysWeek)
	return content.FloatRange{Min: days.Min / people / week, Max: days.Max / people / week}
}

// success is the lowest rate of any pattern; nil without patterns.
// Rates are not multiplied, because no source says that they are independent.
func (e *estimation) success() *float64 {
	var out *float64
	for _, p := range e.Patterns {
		if rate, source, ok := successOf(e.Calculator, p); ok {
			r := float64(rate)
			e.term(content.EstimateTerm{Name: "success rate", Value: r, Unit: "%", Source: source, PatternKey: p.Key})
			if out == nil || r < *out {
				out = &r
			}
		}
	}
	return out
}

// complexity adds up the facts' scores; it is nil if no pattern of the set has one.
// Patterns without a score are listed, so that a low sum does not pass for a simple set.
func complexity(c content.ComplexityWeights, patterns []*content.Pattern) *content.EstimateComplexity {
	out := &content.EstimateComplexity{}
	scored := 0
	for _, p := range patterns {
		i := slices.IndexFunc(c.Scores, func(s content.ComplexityScore) bool { return s.Ref.PatternKey == p.Key })
		if i < 0 {
			out.UnscoredKeys = append(out.UnscoredKeys, p.Key)
			continue
		}
		scored++
		out.Score += float64(c.Scores[i].Score)
	}
	if scored == 0 {
		return nil
	}
	for _, i := range c.Interactions {
		if !slices.ContainsFunc(i.PatternKeys, func(k string) bool { return !hasKey(patterns, k) }) {
			out.Score += float64(i.Score)
		}
	}
	if len(patterns) > c.OverloadAbovePatterns {
		out.Score *= c.OverloadFactor
	}
	for _, l := range c.Levels {
		if (l.Below == nil || out.Score < float64(*l.Below)) && (l.From == nil || out.Score >= float64(*l.From)) {
			out.Level = l.Level
			break
		}
	}
	return out
}

// sensitivity repeats the estimate with one input changed at a time.
// Each try is a complete run, so it always follows the formula. Tries that change nothing are left
// out. The largest effect comes first, ties in the order of the tries.
func sensitivity(with Estimating, in content.EstimateInput, before float64) []content.EstimateSensitivity {
	var out []content.EstimateSensitivity
	try := func(input, change string, with Estimating, in content.EstimateInput) {
		e := &estimation{Estimating: with, in: in}
		after := middle(e.personDays())
		percent := 0.0
		if before > 0 {
			percent = math.Round((after/before-1)*1000) / 10
		}
		out = append(out, content.EstimateSensitivity{Input: input, Change: change, PersonDays: math.Round(after*10) / 10, ChangePercent: percent})
	}
	for _, level := range content.Experience("").Values() {
		x := in
		x.Experience = new(content.Experience(level))
		try("experience", level, with, x)
	}
	for _, built := range content.Architecture("").Values() {
		x := in
		x.Architecture = new(content.Architecture(built))
		try("architecture", built, with, x)
	}
	x := in
	x.TeamSize *= 2
	try("teamSize", "twice as many", with, x)
	x = in
	x.ProjectedUsers = new(10 * max(1000, optional(in.CurrentUsers), optional(in.ProjectedUsers)))
	try("projectedUsers", "ten times as many", with, x)
	x = in
	x.ExistingSystems = new(optional(in.ExistingSystems) + 5)
	try("existingSystems", "5 more", with, x)
	if len(with.Patterns) > 1 {
		for i, p := range with.Patterns {
			fewer := with
			fewer.Patterns = slices.Delete(slices.Clone(with.Patterns), i, i+1)
			try("patterns", "without "+p.Slug, fewer, in)
		}
	}
	out = slices.DeleteFunc(out, func(s content.EstimateSensitivity) bool { return s.ChangePercent == 0 })
	slices.SortStableFunc(out, func(a, b content.EstimateSensitivity) int {
		return cmp.Compare(math.Abs(b.ChangePercent), math.Abs(a.ChangePercent))
	})
	return out
}
