package advisor

import (
	"fmt"

	"patternhub/internal/content"
)

// picks maps the keys of patterns that the wizards recommend to the source of the recommendation.
// It is nil if the circumstance was not given, and empty if nothing is recommended for it.
type picks map[string]string

// add keeps the first source of each pattern, so that the same tables produce the same text. It
// skips subjects that are not patterns.
func (p picks) add(subjects []content.Subject, source string) {
	for _, s := range subjects {
		if _, ok := p[s.PatternKey]; s.PatternKey != "" && !ok {
			p[s.PatternKey] = source
		}
	}
}

func (p picks) addOption(w *content.Wizard, q *content.WizardQuestion, o *content.WizardOption) {
	a := answer{w, q, o}
	for _, r := range o.Recommends {
		p.add([]content.Subject{r.Subject()}, a.source())
	}
}

// answer is an answer of a walk. No field is nil, because answersOf has looked them up.
type answer struct {
	wizard   *content.Wizard
	question *content.WizardQuestion
	option   *content.WizardOption
}

// source names the answer, for the reasons of a selection.
func (a answer) source() string {
	return fmt.Sprintf("wizard %s, %s: %s", a.wizard.Slug, a.question.Slug, a.option.Label)
}

// recommends reports whether an answer of a wizard names a pattern.
func recommends(o *content.WizardOption, key string) bool {
	for _, r := range o.Recommends {
		if r.PatternKey == key && key != "" {
			return true
		}
	}
	return false
}

// walk follows answers through a wizard and returns them in the order of the questions, with the
// next question, nil at the end. An answer is followed by the question that it names. If it names
// none, the walk goes on to the next question that no answer names.
// The order of the input does not matter. An answer to a question that the walk does not reach is
// an error, since it would otherwise be ignored silently. A cycle of questions ends the walk.
func walk(wizards []*content.Wizard, slug *string, given []content.WizardAnswerInput) ([]answer, *content.WizardQuestion, error) {
	if slug == nil {
		if len(given) > 0 {
			return nil, nil, content.Fault(content.BadUserInput, "Answers need the wizard that they belong to.")
		}
		return nil, nil, nil
	}
	w := wizardOf(wizards, *slug)
	if w == nil {
		return nil, nil, content.Fault(content.BadUserInput, fmt.Sprintf("There is no wizard %q.", clip(*slug)))
	}
	answered, err := answersOf(w, given)
	if err != nil {
		return nil, nil, err
	}
	var out []answer
	visited := map[string]bool{}
	q := w.Question(w.FirstQuestion)
	for q != nil && !visited[q.Slug] {
		visited[q.Slug] = true
		a, ok := answered[q.Slug]
		if !ok {
			break
		}
		out = append(out, a)
		if q = w.Question(a.option.Next); q == nil {
			q = openQuestion(w, visited)
		}
	}
	if len(out) < len(answered) {
		return nil, nil, content.Fault(content.BadUserInput, "The walk does not reach every question that is answered.")
	}
	return out, q, nil
}

// wizardOf returns the wizard with a slug, or nil.
func wizardOf(wizards []*content.Wizard, slug string) *content.Wizard {
	for _, w := range wizards {
		if w.Slug == slug {
			return w
		}
	}
	return nil
}

// answersOf looks up answers.
// An unknown question or option, and a question answered twice, fail with BadUserInput.
func answersOf(w *content.Wizard, given []content.WizardAnswerInput) (map[string]answer, error) {
	out := map[string]answer{}
	for _, g := range given {
		q := w.Question(g.Question)
		if q == nil {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The wizard %s has no question %q.", w.Slug, clip(g.Question)))
		}
		o := q.Option(g.Option)
		if o == nil {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The question %s has no answer %q.", q.Slug, clip(g.Option)))
		}
		if _, ok := out[q.Slug]; ok {
			return nil, content.Fault(content.BadUserInput, fmt.Sprintf("The question %s is answered twice.", q.Slug))
		}
		out[q.Slug] = answer{w, q, o}
	}
	return out, nil
}

// openQuestion returns the first question, in the order of the wizard, that no answer names and that has
// not been visited.
func openQuestion(w *content.Wizard, visited map[string]bool) *content.WizardQuestion {
	led := map[string]bool{}
	for _, q := range w.Questions {
		for _, o := range q.Options {
			led[o.Next] = true
		}
	}
	for i := range w.Questions {
		if q := &w.Questions[i]; !led[q.Slug] && !visited[q.Slug] {
			return q
		}
	}
	return nil
}

// situated collects what the wizards recommend for circumstances; those that are not given stay
// nil. A domain that no wizard has fails with BadUserInput.
// users is a number of users, latency is in milliseconds. A stack that reaches a latency reaches
// every larger one.
func (s *selection) situated(domain *string, users *int, consistency *content.Consistency, latency *int) (situation, error) {
	var out situation
	if domain != nil {
		if out.domain = s.domain(*domain); len(out.domain) == 0 {
			return out, content.Fault(content.BadUserInput, fmt.Sprintf("No wizard has a domain %q.", clip(*domain)))
		}
	}
	if users != nil {
		out.users = s.options(func(_ *content.WizardQuestion, o *content.WizardOption) bool { return within(o.Users, *users) })
	}
	if consistency != nil {
		slug := content.Kebab(string(*consistency))
		out.consistency = s.options(func(q *content.WizardQuestion, o *content.WizardOption) bool {
			return q.Slug == "consistency-requirement" && o.Slug == slug
		})
	}
	if latency != nil {
		out.latency = s.options(func(_ *content.WizardQuestion, o *content.WizardOption) bool { return within(o.LatencyMS, *latency) })
		for _, w := range s.Wizards {
			for _, t := range w.RealTimeTargets {
				if t.LatencyMS <= *latency {
					out.latency.add(t.Stack, fmt.Sprintf("wizard %s, latency of %s: %d ms", w.Slug, t.UseCase, t.LatencyMS))
				}
			}
		}
	}
	return out, nil
}

// options collects the recommendations of all answers that fit.
// If several recommend the same pattern, the first in the order of wizards and questions is its
// source.
func (s *selection) options(fits func(*content.WizardQuestion, *content.WizardOption) bool) picks {
	out := picks{}
	for _, w := range s.Wizards {
		for i := range w.Questions {
			q := &w.Questions[i]
			for j := range q.Options {
				if o := &q.Options[j]; fits(q, o) {
					out.addOption(w, q, o)
				}
			}
		}
	}
	return out
}

// domain collects what the wizards recommend in a domain: its chief patterns, or the
// recommendations of the question that follows.
func (s *selection) domain(slug string) picks {
	out := picks{}
	for _, w := range s.Wizards {
		for _, d := range w.Domains {
			if d.Slug == slug {
				out.add(d.Patterns, fmt.Sprintf("wizard %s, domain: %s", w.Slug, d.Name))
			}
		}
		q := w.Question("domain")
		if q == nil || q.Option(slug) == nil {
			continue
		}
		if next := w.Question(q.Option(slug).Next); next != nil {
			for i := range next.Options {
				out.addOption(w, next, &next.Options[i])
			}
		}
	}
	return out
}

// within reports whether n is in a range that excludes its upper end. A nil range contains nothing.
func within(r *content.IntRange, n int) bool {
	return r != nil && (r.Min == nil || n >= *r.Min) && (r.Max == nil || n < *r.Max)
}
