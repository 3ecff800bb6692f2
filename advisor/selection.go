package advisor

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"patternhub/content"
)

// maxSelected bounds a selection, as its schema states. The cut is made before the constraints
// are tried, so that one more of them never lets another pattern in.
const maxSelected = 150

// Selecting is what a selection is made of: the patterns with their tiers, and the tables.
// Patterns are those that the viewer sees, in any order; the result does not depend on it.
type Selecting struct {
	Patterns   []*content.Pattern
	Tiers      []*content.Tier
	Wizards    []*content.Wizard
	Calculator *content.Calculator
	Weights    *content.Weights
}

// selection is one run: what is asked, and what the wizards recommend for it.
// Preferences add to scores and constraints strike out. They are gathered apart, since the same
// circumstance may be given as either.
type selection struct {
	Selecting
	input   content.PatternSelectionInput
	wanted  content.PatternPreferencesInput
	musts   content.PatternConstraintsInput
	weights map[content.SelectionCriterion]float64
	keys    map[string]string // of patterns, by slug
	inUse   map[string]bool   // keys that are preferred to build upon
	held    map[string]bool   // keys that a constraint says are in use
	answers []answer
	may     situation // what the tables recommend for the preferences
	must    situation // and for the constraints
}

// situation is what the wizards recommend under given circumstances; nil without them.
type situation struct{ domain, users, consistency, latency picks }

// Select finds the patterns that fit. It is a pure function of its arguments: a score is the sum
// of weights (docs/decisions/0102-weights-of-a-selection.md) times values from the graph and the
// tables, rounded to thousandths.
// Results come with the highest score first, ties by slug. What a constraint strikes out is told
// with the constraint, so that somebody can see what it costs. A further constraint never brings a
// pattern in. Each contribution is rounded before it is added, so the sum that is shown is that of
// what is shown.
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
// All of it is BadUserInput where it does not fit. What wizards recommend beside patterns, such as
// a product, cannot be scored and is passed on in AlsoRecommended.
func (s *selection) prepare(out *content.PatternSelection) error {
	if err := CheckSelection(s.input); err != nil {
		return err
	}
	var err error
	if s.inUse, err = s.known(s.wanted.InUse); err != nil {
		return err
	}
	if s.held, err = s.known(s.musts.InUse); err != nil {
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
			if p.PatternKey == "" && !slices.Contains(out.AlsoRecommended, p.Subject) {
				out.AlsoRecommended = append(out.AlsoRecommended, p.Subject)
			}
		}
	}
	return err
}

// The bounds of an input, as its schema states them.
const (
	maxAnswers = 16
	maxInUse   = 50
	maxTeam    = 500
)

// CheckSelection checks the sizes of an input, before anything is read.
// Only numbers and lengths are looked at here; names need the tables.
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

// known gives the keys of slugs.
// An unknown slug is BadUserInput and not ignored: leaving it out would answer another question.
func (s *selection) known(slugs []string) (map[string]bool, error) {
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

// tier finds a tier by key, as patterns name it, or by slug, as clients do; nil when there is none.
func (s *selection) tier(key string) *content.Tier {
	for _, t := range s.Tiers {
		if t.Key == key || t.Slug == key {
			return t
		}
	}
	return nil
}

// choose scores all patterns, cuts, and tries the constraints.
// When something was asked, patterns for which nothing special speaks are left out: what they have
// is what holds for any question, and they would only make the list long. When nothing was asked,
// all are ranked by that.
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

// asked tells whether something speaks for some patterns more than for others.
func (s *selection) asked() bool {
	for _, a := range s.answers {
		if len(a.option.Recommends) > 0 {
			return true
		}
	}
	w := s.wanted
	return w.Domain != nil || w.Users != nil || w.Consistency != nil || w.LatencyMs != nil || len(w.Problems) > 0 || len(w.InUse) > 0
}

func thousandths(f float64) float64 { return math.Round(f*1000) / 1000 }

// reason is one row of a score. Value is from 0 to 1, the weight by the tables.
func (s *selection) reason(c content.SelectionCriterion, value float64, source string) content.SelectionReason {
	value = thousandths(value)
	return content.SelectionReason{Criterion: c, Weight: s.weights[c], Value: value, Contribution: thousandths(s.weights[c] * value), Source: source}
}

// special gives the reasons that come from what is asked.
// Several answers that recommend the same pattern count one by one. Of problems and of patterns in
// use, the share that the pattern helps with counts.
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

// buildsOn counts the patterns in use that a pattern complements or rests on.
func (s *selection) buildsOn(p *content.Pattern) int {
	found := map[string]bool{}
	for _, r := range p.Relations {
		if s.inUse[r.PatternKey] && (r.Relation == "COMPLEMENTS" || r.Relation == "PREREQUISITE") {
			found[r.PatternKey] = true
		}
	}
	return len(found)
}

// combined tells whether a wizard combines a pattern with what an answer recommends.
// It counts once, by the first combination found, whatever the number of answers.
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

// general gives the reasons that hold for any question, and those of the team.
// Experience and team count only when they are told. A pattern that is harder than the team is used
// to loses half of the difference; an easier one gains nothing. Adoption is full from a number of
// companies on that the weights tell.
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

func (s *selection) difficulty(p *content.Pattern) float64 {
	v, _ := content.ValueOf(s.Weights.Selection.Difficulty, string(p.Difficulty))
	return v
}

func (s *selection) experience(e content.Experience) float64 {
	v, _ := content.ValueOf(s.Weights.Selection.Experience, string(e))
	return v
}

// team is how many developers a pattern takes at least.
// false when no table has an effort for it; such a pattern is never struck out for its team.
func (s *selection) team(p *content.Pattern) (float64, bool) {
	e, ok := effortOf(s.Calculator, p, s.Weights.Estimate.WorkDaysWeek)
	return e.developers.Min, ok
}

// broken gives the first constraint that a pattern breaks. Each looks at the pattern alone.
// The tests come in the order in which constraints are told to people, and only the first is told.
// Since each looks at the pattern alone, striking one out never changes the fate of another.
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

// breaksTier lets through the floor itself and the ranks above it, which have smaller numbers.
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

// breaksProblems wants all the problems that are named, not one of them.
func (s *selection) breaksProblems(p *content.Pattern) (content.SelectionConstraint, string, string) {
	for _, d := range s.musts.Problems {
		if !slices.Contains(p.ProblemDomains, d) {
			return content.ConstraintProblem, joined(s.musts.Problems), joined(p.ProblemDomains)
		}
	}
	return "", "", ""
}

// breaksSituation asks for what a wizard recommends under the circumstance; nil picks mean that the
// circumstance is no constraint.
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

// breaksTeam takes the smallest team that the pattern needs. What is not known is no reason.
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

// breaksInUse strikes out what is there already, what conflicts with it, and legacy if so wished.
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

// common counts what two lists share.
// A value that b has twice counts once.
func common[T comparable](a, b []T) int {
	n := 0
	for i, x := range b {
		if slices.Contains(a, x) && !slices.Contains(b[:i], x) {
			n++
		}
	}
	return n
}
