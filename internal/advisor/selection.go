package advisor

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"patternhub/internal/content"
)

// maxSelected bounds a selection, as in its schema. The cut is made before the constraints
// apply, so that one more of them never brings in another pattern.
const maxSelected = 150

// Selecting holds the data of a selection: the patterns with their tiers, and the tables.
// Patterns are those that the viewer sees; their order does not affect the result.
type Selecting struct {
	Patterns   []*content.Pattern
	Tiers      []*content.Tier
	Wizards    []*content.Wizard
	Calculator *content.Calculator
	Weights    *content.Weights
}

// selection is one run: the input, and what the wizards recommend for it.
// Preferences add to scores and constraints eliminate patterns. They are collected separately,
// since the same circumstance may be given as either.
type selection struct {
	Selecting
	input   content.PatternSelectionInput
	wanted  content.PatternPreferencesInput
	musts   content.PatternConstraintsInput
	weights map[content.SelectionCriterion]float64
	keys    map[string]string // of patterns, by slug
	inUse   map[string]bool   // keys of patterns that the preferences build upon
	held    map[string]bool   // keys of patterns that a constraint says are in use
	answers []answer
	may     situation // what the wizards recommend for the preferences
	must    situation // and for the constraints
}

// situation has the wizards' recommendations for each circumstance; nil if it was not given.
type situation struct{ domain, users, consistency, latency picks }

// Select finds the patterns that fit. It is a pure function of its arguments: a score is the sum of
// weights (docs/decisions/0102-weights-of-a-selection.md) times values from the graph and the
// tables, rounded to thousandths.
// The highest score comes first, ties by slug. Eliminated patterns are listed with their
// constraint, so that a user sees what it costs. One more constraint never brings a pattern in.
// Each contribution is rounded before it is added, so the displayed parts add up to the displayed
// sum.
func Select(with Selecting, input content.PatternSelectionInput) (*content.PatternSelection, error) {
	s := &selection{Selecting: with, input: input, weights: map[content.SelectionCriterion]float64{}, keys: map[string]string{}}
	for _, c := range with.Weights.Selection.Criteria {
		s.weights[c.Criterion] = c.Weight
	}
	for _, p := range with.Patterns {
		s.keys[p.Slug] = p.Key
	}
	if input.Preferences != nil {
		s.wanted = *input.Preferences
	}
	if input.Constraints != nil {
		s.musts = *input.Constraints
	}
	out := &content.PatternSelection{FormulaVersion: with.Weights.Selection.Version}
	if err := s.prepare(out); err != nil {
		return nil, err
	}
	s.choose(out)
	return out, nil
}

// prepare checks the input and looks up what it names.
// Every fault returns BadUserInput. Recommendations that are not patterns, such as a product, cannot be
// scored and are passed on in AlsoRecommended.
func (s *selection) prepare(out *content.PatternSelection) error {
	if err := CheckSelection(s.input); err != nil {
		return err
	}
	var err error
	if s.inUse, err = s.keysOf(s.wanted.InUse); err != nil {
		return err
	}
	if s.held, err = s.keysOf(s.musts.InUse); err != nil {
		return err
	}
	if s.musts.TierFloor != nil && s.tier(*s.musts.TierFloor) == nil {
		return content.Fault(content.BadUserInput, fmt.Sprintf("There is no tier %q.", clip(*s.musts.TierFloor)))
	}
	if s.may, err = s.situated(s.wanted.Domain, s.wanted.Users, s.wanted.Consistency, s.wanted.LatencyMs); err != nil {
		return err
	}
	if s.must, err = s.situated(s.musts.Domain, s.musts.Users, s.musts.Consistency, s.musts.LatencyMs); err != nil {
		return err
	}
	s.answers, out.NextQuestion, err = walk(s.Wizards, s.input.Wizard, s.input.Answers)
	for _, a := range s.answers {
		for _, p := range a.option.Recommends {
			if p.PatternKey == "" && !slices.Contains(out.AlsoRecommended, p.Subject()) {
				out.AlsoRecommended = append(out.AlsoRecommended, p.Subject())
			}
		}
	}
	return err
}

// The bounds of an input, as in its schema.
const (
	maxAnswers = 16
	maxInUse   = 50
	maxTeam    = 500
)

// CheckSelection checks the sizes of an input before anything is read.
// It checks only numbers and lengths; names need the tables.
func CheckSelection(in content.PatternSelectionInput) error {
	if len(in.Answers) > maxAnswers {
		return content.Fault(content.BadUserInput, fmt.Sprintf("At most %d answers.", maxAnswers))
	}
	check := func(users, latency, team *int, inUse []string) error {
		for _, n := range []*int{users, latency, team} {
			if n != nil && *n < 0 {
				return content.Fault(content.BadUserInput, "users, latencyMs and teamSize cannot be negative.")
			}
		}
		if team != nil && (*team < 1 || *team > maxTeam) {
			return content.Fault(content.BadUserInput, fmt.Sprintf("teamSize must be from 1 to %d.", maxTeam))
		}
		if len(inUse) > maxInUse {
			return content.Fault(content.BadUserInput, fmt.Sprintf("inUse takes at most %d slugs.", maxInUse))
		}
		return nil
	}
	if c := in.Constraints; c != nil {
		if err := check(c.Users, c.LatencyMs, c.TeamSize, c.InUse); err != nil {
			return err
		}
	}
	if p := in.Preferences; p != nil {
		return check(p.Users, p.LatencyMs, p.TeamSize, p.InUse)
	}
	return nil
}

// keysOf returns the keys of slugs.
// An unknown slug fails with BadUserInput: ignoring it would answer another question.
func (s *selection) keysOf(slugs []string) (map[string]bool, error) {
	out := map[string]bool{}
	for _, slug := range slugs {
		key, ok := s.keys[slug]
		if !ok {
			return nil, UnknownPattern(slug)
		}
		out[key] = true
	}
	return out, nil
}

// tier finds a tier by key, as patterns name it, or by slug, as clients do; nil if there is none.
func (s *selection) tier(key string) *content.Tier {
	for _, t := range s.Tiers {
		if t.Key == key || t.Slug == key {
			return t
		}
	}
	return nil
}

// choose scores all patterns, cuts the list, and applies the constraints.
// If the input has preferences, patterns that none of them favours are left out: their score would
// hold for any question and only lengthen the list. Otherwise all patterns are ranked by that
// score.
func (s *selection) choose(out *content.PatternSelection) {
	type candidate struct {
		pattern *content.Pattern
		result  content.SelectedPattern
	}
	var all []candidate
	for _, p := range s.Patterns {
		special := s.special(p)
		if len(special) == 0 && s.asked() {
			continue
		}
		r := content.SelectedPattern{PatternKey: p.Key, Reasons: append(special, s.general(p)...)}
		for _, reason := range r.Reasons {
			r.Score += reason.Contribution
		}
		r.Score = thousandths(r.Score)
		all = append(all, candidate{p, r})
	}
	slices.SortFunc(all, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(b.result.Score, a.result.Score), cmp.Compare(a.pattern.Slug, b.pattern.Slug))
	})
	for _, c := range all[:min(len(all), maxSelected)] {
		if broken, ok := s.broken(c.pattern); ok {
			out.Eliminated = append(out.Eliminated, broken)
			continue
		}
		out.Results = append(out.Results, c.result)
	}
}

// asked reports whether the input favours some patterns over others.
func (s *selection) asked() bool {
	for _, a := range s.answers {
		if len(a.option.Recommends) > 0 {
			return true
		}
	}
	w := s.wanted
	return w.Domain != nil || w.Users != nil || w.Consistency != nil || w.LatencyMs != nil || len(w.Problems) > 0 || len(w.InUse) > 0
}

// thousandths rounds to three digits, so that scores are equal on every machine.
func thousandths(f float64) float64 { return math.Round(f*1000) / 1000 }

// reason is one row of a score. Value is from 0 to 1; the weight is from the tables.
func (s *selection) reason(c content.SelectionCriterion, value float64, source string) content.SelectionReason {
	value = thousandths(value)
	return content.SelectionReason{Criterion: c, Weight: s.weights[c], Value: value, Contribution: thousandths(s.weights[c] * value), Source: source}
}

// special returns the reasons that come from the input.
// Several answers that recommend the same pattern count one by one. For problems and for patterns
// in use, the value is the share that the pattern helps with.
func (s *selection) special(p *content.Pattern) []content.SelectionReason {
	var out []content.SelectionReason
	for _, a := range s.answers {
		if recommends(a.option, p.Key) {
			out = append(out, s.reason(content.CriterionAnswer, 1, a.source()))
		}
	}
	if source, ok := s.combined(p.Key); ok {
		out = append(out, s.reason(content.CriterionCombination, 1, source))
	}
	for _, part := range []struct {
		criterion content.SelectionCriterion
		picks     picks
	}{
		{content.CriterionDomain, s.may.domain},
		{content.CriterionScale, s.may.users},
		{content.CriterionConsistency, s.may.consistency},
		{content.CriterionLatency, s.may.latency},
	} {
		if source, ok := part.picks[p.Key]; ok {
			out = append(out, s.reason(part.criterion, 1, source))
		}
	}
	if n := len(s.wanted.Problems); n > 0 {
		if helped := common(p.ProblemDomains, s.wanted.Problems); helped > 0 {
			out = append(out, s.reason(content.CriterionProblem, float64(helped)/float64(n), "graph: problem domains of the pattern"))
		}
	}
	if n := s.buildsOn(p); n > 0 {
		out = append(out, s.reason(content.CriterionInUse, float64(n)/float64(len(s.inUse)), "graph: what it complements or has as a prerequisite"))
	}
	return out
}

// buildsOn counts the patterns in use that a pattern complements or has as a prerequisite.
func (s *selection) buildsOn(p *content.Pattern) int {
	found := map[string]bool{}
	for _, r := range p.Relations {
		if s.inUse[r.PatternKey] && (r.Relation == "COMPLEMENTS" || r.Relation == "PREREQUISITE") {
			found[r.PatternKey] = true
		}
	}
	return len(found)
}

// combined reports whether a wizard combines a pattern with what an answer recommends, and where.
// The first combination counts, whatever the number of answers.
func (s *selection) combined(key string) (string, bool) {
	for _, w := range s.Wizards {
		for _, c := range w.Combinations {
			if !slices.ContainsFunc(c.With, func(x content.Subject) bool { return x.PatternKey == key }) {
				continue
			}
			for _, a := range s.answers {
				if recommends(a.option, c.Primary.PatternKey) {
					return fmt.Sprintf("wizard %s: combination with %s", w.Slug, c.Primary.PatternKey), true
				}
			}
		}
	}
	return "", false
}

// general returns the reasons that hold for any question, and those of the team.
// Experience and team count only if the input has them. A pattern that is harder than the team is
// used to loses half of the difference; an easier one gains nothing. The weights define the number
// of companies from which adoption has its full value.
func (s *selection) general(p *content.Pattern) []content.SelectionReason {
	var out []content.SelectionReason
	w := s.Weights.Selection
	if s.wanted.Experience != nil {
		over := s.difficulty(p) - s.experience(*s.wanted.Experience)
		out = append(out, s.reason(content.CriterionExperience, 1-math.Max(0, over)/2, "graph: difficulty"))
	}
	if need, ok := s.team(p); ok && s.wanted.TeamSize != nil {
		out = append(out, s.reason(content.CriterionTeam, math.Min(1, float64(*s.wanted.TeamSize)/math.Max(1, need)), "facts: calculator, developers"))
	}
	if rate, source, ok := successOf(s.Calculator, p); ok {
		out = append(out, s.reason(content.CriterionSuccess, float64(rate)/100, source))
	}
	relevance, _ := content.ValueOf(w.Relevance, string(p.Relevance))
	advice, _ := content.ValueOf(w.Recommendation, string(p.Recommendation))
	return append(out,
		s.reason(content.CriterionRelevance, relevance, "graph: relevance"),
		s.reason(content.CriterionRecommendation, advice, "graph: recommendation"),
		s.reason(content.CriterionAdoption, math.Min(1, float64(len(p.Adoptions))/float64(w.AdoptersForFull)), "graph: companies that run it"),
	)
}

// difficulty returns the number that the weights have for the difficulty of a pattern.
func (s *selection) difficulty(p *content.Pattern) float64 {
	v, _ := content.ValueOf(s.Weights.Selection.Difficulty, string(p.Difficulty))
	return v
}

func (s *selection) experience(e content.Experience) float64 {
	v, _ := content.ValueOf(s.Weights.Selection.Experience, string(e))
	return v
}

// team returns the least number of developers that a pattern takes.
// It is false if no table has an effort for the pattern; such a pattern is never eliminated for its
// team.
func (s *selection) team(p *content.Pattern) (float64, bool) {
	e, ok := effortOf(s.Calculator, p, s.Weights.Estimate.WorkDaysWeek)
	return e.developers.Min, ok
}

// broken returns the first constraint that a pattern breaks, in the order in which they are
// displayed.
// Each test looks at this pattern alone, so eliminating one never affects another.
func (s *selection) broken(p *content.Pattern) (content.EliminatedPattern, bool) {
	for _, test := range []func(*content.Pattern) (content.SelectionConstraint, string, string){
		s.breaksTier, s.breaksCategory, s.breaksProblems, s.breaksSituation, s.breaksTeam, s.breaksInUse,
	} {
		if c, required, found := test(p); c != "" {
			return content.EliminatedPattern{PatternKey: p.Key, Constraint: c, Required: required, Found: found}, true
		}
	}
	return content.EliminatedPattern{}, false
}

// breaksTier accepts the floor itself and the ranks above it, which have smaller numbers.
func (s *selection) breaksTier(p *content.Pattern) (content.SelectionConstraint, string, string) {
	if s.musts.TierFloor == nil {
		return "", "", ""
	}
	floor, own := s.tier(*s.musts.TierFloor), s.tier(p.TierKey)
	if own != nil && own.Rank <= floor.Rank {
		return "", "", ""
	}
	found := "no tier"
	if own != nil {
		found = own.Name
	}
	return content.ConstraintTierFloor, floor.Name + " or higher", found
}

func (s *selection) breaksCategory(p *content.Pattern) (content.SelectionConstraint, string, string) {
	if len(s.musts.Categories) == 0 || slices.Contains(s.musts.Categories, p.Category) {
		return "", "", ""
	}
	return content.ConstraintCategory, joined(s.musts.Categories), string(p.Category)
}

// breaksProblems requires all the problems that are named, not one of them.
func (s *selection) breaksProblems(p *content.Pattern) (content.SelectionConstraint, string, string) {
	for _, d := range s.musts.Problems {
		if !slices.Contains(p.ProblemDomains, d) {
			return content.ConstraintProblem, joined(s.musts.Problems), joined(p.ProblemDomains)
		}
	}
	return "", "", ""
}

// breaksSituation requires that a wizard recommends the pattern for the circumstance; nil picks are
// no constraint.
func (s *selection) breaksSituation(p *content.Pattern) (content.SelectionConstraint, string, string) {
	const found = "no wizard recommends it for that"
	m := s.musts
	for _, part := range []struct {
		constraint content.SelectionConstraint
		picks      picks
		required   func() string
	}{
		{content.ConstraintDomain, s.must.domain, func() string { return *m.Domain }},
		{content.ConstraintScale, s.must.users, func() string { return strconv.Itoa(*m.Users) + " users" }},
		{content.ConstraintConsistency, s.must.consistency, func() string { return string(*m.Consistency) }},
		{content.ConstraintLatency, s.must.latency, func() string { return strconv.Itoa(*m.LatencyMs) + " ms" }},
	} {
		if _, ok := part.picks[p.Key]; part.picks != nil && !ok {
			return part.constraint, part.required(), found
		}
	}
	return "", "", ""
}

// breaksTeam compares with the smallest team that the pattern needs. An unknown size breaks
// nothing.
func (s *selection) breaksTeam(p *content.Pattern) (content.SelectionConstraint, string, string) {
	if size := s.musts.TeamSize; size != nil {
		if need, ok := s.team(p); ok && need > float64(*size) {
			return content.ConstraintTeam, fmt.Sprintf("at most %d developers", *size), trim(need) + " developers"
		}
	}
	if e := s.musts.Experience; e != nil && s.difficulty(p) > s.experience(*e) {
		return content.ConstraintExperience, string(*e), string(p.Difficulty)
	}
	return "", "", ""
}

// breaksInUse eliminates patterns in use, those in conflict with them, and legacy ones on request.
func (s *selection) breaksInUse(p *content.Pattern) (content.SelectionConstraint, string, string) {
	if s.held[p.Key] {
		return content.ConstraintInUse, "not in use yet", "in use"
	}
	for _, r := range p.Relations {
		if r.Relation == "CONFLICTS_WITH" && s.held[r.PatternKey] {
			return content.ConstraintInUse, "no conflict with what is in use", "conflicts with " + r.PatternKey
		}
	}
	if s.musts.WithoutLegacy != nil && *s.musts.WithoutLegacy && p.Recommendation == "LEGACY" {
		return content.ConstraintLegacy, "no legacy", "LEGACY"
	}
	return "", "", ""
}

func joined[S ~string](items []S) string {
	words := make([]string, len(items))
	for i, x := range items {
		words[i] = string(x)
	}
	return strings.Join(words, ", ")
}

// common counts the distinct values that two lists share.
func common[T comparable](a, b []T) int {
	n := 0
	for i, x := range b {
		if slices.Contains(a, x) && !slices.Contains(b[:i], x) {
			n++
		}
	}
	return n
}
