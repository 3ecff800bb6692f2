package pages

import (
	"cmp"
	"slices"
	"strings"

	"patternhub/internal/site/figure"
	"patternhub/internal/site/form"
)

// maxPicks is the number of results of a wizard that are explained at once. An answer may favour a hundred
// patterns; those with few points are listed by name.
const maxPicks = 10

// questions returns what the questions of a wizard are about, in one sentence.
func questions(all []WizardsAnswerWizardsQuestions) string {
	var out []string
	for _, q := range all {
		out = append(out, strings.ToLower(q.Label))
	}
	return strings.Join(out, ", ")
}

// hasAny reports whether one of some fields has a value.
func hasAny(st *form.State, params ...string) bool {
	for _, p := range params {
		if len(st.Values(p)) > 0 {
			return true
		}
	}
	return false
}

// hasMust reports whether a condition is set that results have to meet. The names are those of the form.
func hasMust(st *form.State) bool {
	return hasAny(st, "tier", "category", "team", "experience", "legacy")
}

// hasWish reports whether a wish is set, which changes the order of the results but excludes none.
func hasWish(st *form.State) bool {
	return hasAny(st, "problem", "users", "consistency", "latency", "inuse")
}

// comparedAtOnce is the number of patterns that a wizard offers to compare. It is less than a comparison can
// hold, so that the table fits on most screens.
const comparedAtOnce = 3

// best returns the address that compares the best results, empty for fewer than two.
func (a *WizardAnswer) best() string {
	var slugs []string
	for _, r := range a.SelectPatterns.Results[:min(len(a.SelectPatterns.Results), comparedAtOnce)] {
		slugs = append(slugs, r.Pattern.Slug)
	}
	if len(slugs) < 2 {
		return ""
	}
	return "/compare?patterns=" + strings.Join(slugs, ",")
}

// advice is a table of a wizard's advice. The tables of the API differ in what their rows are called, not in
// what they say: a situation, perhaps a note on it, and what to use.
type advice struct {
	Title string
	Head  []string
	Rows  []adviceRow
}

// adviceRow is a situation, a note on it, and what to use.
type adviceRow struct {
	Name, Note string
	Use        []SubjectLink
}

// empty reports whether a wizard has no advice.
func (w *WizardAdviceAnswerWizard) empty() bool { return w.Recipe == nil && len(w.tables()) == 0 }

// tables returns the tables of a wizard that have rows.
func (w *WizardAdviceAnswerWizard) tables() []advice {
	all := []advice{
		{Title: "Good combinations", Head: []string{"Pattern", "Goes with"}},
		{Title: "Decision tree", Head: []string{"Question", "Answer", "Use"}},
		{Title: "Requirements", Head: []string{"Requirement", "Complexity", "Use, best first"}},
		{Title: "Bottlenecks", Head: []string{"State and bottleneck", "Time", "Way out, in order"}},
		{Title: "Latency targets", Head: []string{"Use case", "Latency", "Use together"}},
		{Title: "Stacks", Head: []string{"Stack", "Complexity", "Patterns"}},
		{Title: "Domains", Head: []string{"Domain", "Main patterns"}},
		{Title: "Problems", Head: []string{"Problem", "What helps"}},
		{Title: "Challenges", Head: []string{"Challenge", "What helps"}},
	}
	// The number of a table is its position in all.
	add := func(table int, r adviceRow) { all[table].Rows = append(all[table].Rows, r) }
	for _, x := range w.Combinations {
		add(0, adviceRow{Name: x.Primary.Label, Use: x.With})
	}
	for _, x := range w.DecisionTree {
		add(1, adviceRow{x.Question, x.Answer, x.Recommends})
	}
	for _, x := range w.Constraints {
		add(2, adviceRow{x.Requirement, grade(x.Complexity), append([]SubjectLink{x.Primary}, x.Alternatives...)})
	}
	for _, x := range w.Bottlenecks {
		add(3, adviceRow{x.Current + ": " + x.Bottleneck, span(&x.Weeks, "weeks"), x.Path})
	}
	for _, x := range w.RealTimeTargets {
		add(4, adviceRow{x.UseCase, number(x.LatencyMs) + " ms", x.Stack})
	}
	for _, x := range w.Stacks {
		var use []SubjectLink
		for i := range x.Patterns {
			use = append(use, SubjectLink{Label: x.Patterns[i].Name, Pattern: &x.Patterns[i]})
		}
		add(5, adviceRow{x.Name, grade(x.Complexity), use})
	}
	for _, x := range w.Domains {
		add(6, adviceRow{Name: x.Name, Use: x.Patterns})
	}
	for _, x := range w.ProblemFilters {
		add(7, adviceRow{Name: x.Problem, Use: x.Patterns})
	}
	for _, x := range w.Challenges {
		add(8, adviceRow{Name: x.Challenge, Use: x.Patterns})
	}
	var out []advice
	for _, t := range all {
		if len(t.Rows) > 0 {
			out = append(out, t)
		}
	}
	return out
}

// grade returns a grade of one to five in words.
func grade(n int) string { return number(n) + " of 5" }

// asked returns the questions of a wizard in the order to show them: those that are answered, and the
// next one, if there is one.
func (a *WizardAnswer) asked(st *form.State) (answered []WizardAnswerWizardQuestions, next *WizardAnswerWizardQuestions) {
	// Before the first answer nothing is selected, so only the wizard knows where to begin.
	wanted := a.Wizard.FirstQuestion
	if a.SelectPatterns != nil {
		wanted = ""
		if a.SelectPatterns.NextQuestion != nil {
			wanted = a.SelectPatterns.NextQuestion.Slug
		}
	}
	// The order is that of the wizard, whatever order the answers were given in.
	for i, q := range a.Wizard.Questions {
		if optionOf(st, q.Slug) != "" {
			answered = append(answered, q)
		} else if q.Slug == wanted {
			next = &a.Wizard.Questions[i]
		}
	}
	return answered, next
}

// optionOf returns the option that is chosen for a question of a wizard, empty for none.
func optionOf(st *form.State, question string) string {
	for _, v := range st.Values("answer") {
		if q, option, _ := strings.Cut(v, "."); q == question {
			return option
		}
	}
	return ""
}

// labelOf returns the text of an option.
func (q WizardAnswerWizardQuestions) labelOf(option string) string {
	for _, o := range q.Options {
		if o.Slug == option {
			return o.Label
		}
	}
	return option
}

// hint returns what an option means, in words: readers choose by the numbers and companies that they know rather
// than by a name such as enterprise.
func (o WizardAnswerWizardQuestionsOptions) hint() string {
	var parts []string
	if len(o.Examples) > 0 {
		var names []string
		for _, e := range o.Examples {
			names = append(names, e.Name)
		}
		parts = append(parts, "such as "+strings.Join(names, ", "))
	}
	if o.Users != nil {
		parts = append(parts, span(o.Users, "users"))
	}
	if o.LatencyMs != nil {
		parts = append(parts, span(o.LatencyMs, "")+" ms")
	}
	if o.Spike != "" {
		parts = append(parts, "spikes of "+o.Spike)
	}
	return strings.Join(parts, "; ")
}

// why returns the chart of what the score of a result is made of. All bars have the scale of the criterion that
// can contribute most, so their lengths can be compared with each other.
func (r WizardAnswerSelectPatternsResults) why() figure.Bars {
	b := figure.Bars{Caption: figure.Caption{Title: "Why " + r.Pattern.Name}, Unit: "points"}
	reasons := slices.Clone(r.Reasons)
	slices.SortStableFunc(reasons, func(a, b WizardAnswerSelectPatternsResultsReasons) int {
		return cmp.Compare(b.Contribution, a.Contribution)
	})
	for _, x := range reasons {
		b.Bars = append(b.Bars, figure.Bar{Label: x.Criterion.Label(), Value: x.Contribution, Note: "of " + figure.Number(x.Weight)})
		b.Full = max(b.Full, x.Weight)
	}
	return b
}
