package content

import (
	"slices"
	"strconv"
)

// Wizard is a series of questions whose answers recommend patterns, with its tables.
type Wizard struct {
	Meta            `bson:",inline" entry:"order=180,rank=180,path=wizard"`
	Order           int                 `bson:"order" list:"order"`
	Page            string              `bson:"page"`
	FirstQuestion   string              `bson:"firstQuestion" rule:"publish"`
	Questions       []WizardQuestion    `bson:"questions,omitempty" rule:"max=10"`
	Recipe          *WizardRecipe       `bson:"recipe,omitempty"`
	Combinations    []WizardCombination `bson:"combinations,omitempty" rule:"max=20"`
	DecisionTree    []WizardRule        `bson:"decisionTree,omitempty" rule:"max=30"`
	Constraints     []WizardRequirement `bson:"constraints,omitempty" rule:"max=20"`
	Bottlenecks     []WizardBottleneck  `bson:"bottlenecks,omitempty" rule:"max=20"`
	RealTimeTargets []WizardLatency     `bson:"realTimeTargets,omitempty" rule:"max=20"`
	Stacks          []WizardStack       `bson:"stacks,omitempty" rule:"max=20"`
	Domains         []WizardDomain      `bson:"domains,omitempty" rule:"max=20"`
	ProblemFilters  []WizardProblem     `bson:"problemFilters,omitempty" rule:"max=20"`
	Challenges      []WizardChallenge   `bson:"challenges,omitempty" rule:"max=20"`
	Body            RichText            `bson:"body,omitempty" list:"page"`
}

// Question returns a question by its slug; nil if there is none.
func (w *Wizard) Question(slug string) *WizardQuestion {
	for i := range w.Questions {
		if w.Questions[i].Slug == slug {
			return &w.Questions[i]
		}
	}
	return nil
}

// WizardQuestion is one question with its possible answers.
type WizardQuestion struct {
	Slug    string         `bson:"slug" rule:"publish"`
	Label   string         `bson:"label" rule:"publish"`
	Options []WizardOption `bson:"options,omitempty" rule:"max=10"`
}

// Option returns an answer by its slug; nil if there is none.
func (q *WizardQuestion) Option(slug string) *WizardOption {
	for i := range q.Options {
		if q.Options[i].Slug == slug {
			return &q.Options[i]
		}
	}
	return nil
}

// WizardOption is a possible answer. Next is the slug of the question that follows it, empty for the
// last. Users and LatencyMS are the numbers that it stands for.
type WizardOption struct {
	Slug        string       `bson:"slug" rule:"publish"`
	Label       string       `bson:"label" rule:"publish"`
	Next        string       `bson:"next"`
	ExampleKeys []string     `bson:"examples,omitempty" ref:"COMPANY" rule:"max=5"`
	Recommends  []WizardPick `bson:"recommends,omitempty" rule:"max=10"`
	Users       *IntRange    `bson:"users,omitempty"`
	LatencyMS   *IntRange    `bson:"latencyMs,omitempty"`
	Spike       *string      `bson:"spike,omitempty"`
}

// WizardPick is something that an answer recommends. ListedTierKey is the tier that the wizard lists
// it in, which may differ from the pattern's tier.
type WizardPick struct {
	PatternKey    string `bson:"pattern,omitempty" ref:"PATTERN"`
	PracticeKey   string `bson:"practice,omitempty" ref:"PRACTICE"`
	Text          string `bson:"label"`
	ListedTierKey string `bson:"listedTier,omitempty" ref:"TIER"`
}

// Subject returns what the answer recommends.
func (p *WizardPick) Subject() Subject {
	return Subject{PatternKey: p.PatternKey, PracticeKey: p.PracticeKey, Text: p.Text}
}

// check requires a pattern, a practice or text.
func (p *WizardPick) check(v *validator, at []string) {
	s := p.Subject()
	s.check(v, at)
}

// WizardRecipe is the advice of a wizard for all answers.
type WizardRecipe struct {
	Core  []Subject     `bson:"core,omitempty" rule:"max=10"`
	Scale []Subject     `bson:"scale,omitempty" rule:"max=10"`
	Avoid []WizardAvoid `bson:"avoid,omitempty" rule:"max=10"`
}

// WizardAvoid is a subject to avoid, with its replacement.
type WizardAvoid struct {
	Avoid Subject   `bson:"avoid,omitempty"`
	Use   []Subject `bson:"use,omitempty" rule:"max=5"`
}

// WizardCombination lists what combines well with Primary.
type WizardCombination struct {
	Primary Subject   `bson:"primary,omitempty"`
	With    []Subject `bson:"with,omitempty" rule:"max=5"`
}

// WizardRule is a row of a decision tree.
type WizardRule struct {
	Question   string    `bson:"question" rule:"publish"`
	Answer     string    `bson:"answer" rule:"publish"`
	Recommends []Subject `bson:"recommends,omitempty" rule:"max=10"`
}

// WizardRequirement is the recommendation for a requirement. Complexity is 1 to 5.
type WizardRequirement struct {
	Requirement  string    `bson:"requirement" rule:"publish"`
	Primary      Subject   `bson:"primary,omitempty"`
	Alternatives []Subject `bson:"alternatives,omitempty" rule:"max=5"`
	Complexity   int       `bson:"complexity" rule:"min=1,max=5"`
}

// WizardBottleneck is the path out of a bottleneck and the weeks that it takes.
type WizardBottleneck struct {
	Current    string    `bson:"current" rule:"publish"`
	Bottleneck string    `bson:"bottleneck" rule:"publish"`
	Path       []Subject `bson:"path,omitempty" rule:"max=5"`
	Weeks      IntRange  `bson:"weeks,omitempty"`
}

// WizardLatency is the stack that reaches a latency in a use case.
type WizardLatency struct {
	UseCase   string    `bson:"useCase" rule:"publish"`
	LatencyMS int       `bson:"latencyMs" rule:"min=0"`
	Stack     []Subject `bson:"stack,omitempty" rule:"max=5"`
}

// WizardStack is a set of patterns under a name. Complexity is 1 to 5.
type WizardStack struct {
	Name        string   `bson:"name" rule:"publish"`
	PatternKeys []string `bson:"patterns,omitempty" ref:"PATTERN" rule:"max=10"`
	Complexity  int      `bson:"complexity" rule:"min=1,max=5"`
}

// WizardDomain is a domain with its main patterns.
type WizardDomain struct {
	Slug     string    `bson:"slug" rule:"publish"`
	Name     string    `bson:"name" rule:"publish"`
	Patterns []Subject `bson:"patterns,omitempty" rule:"max=10"`
}

// WizardProblem is a kind of problem with what helps.
type WizardProblem struct {
	Problem  string    `bson:"problem" rule:"publish"`
	Patterns []Subject `bson:"patterns,omitempty" rule:"max=10"`
}

// WizardChallenge is a challenge with what helps.
type WizardChallenge struct {
	Challenge string    `bson:"challenge" rule:"publish"`
	Patterns  []Subject `bson:"patterns,omitempty" rule:"max=10"`
}

// check requires that the questions lead to each other, and none back to itself.
func (w *Wizard) check(v *validator, _ []string) {
	if w.FirstQuestion != "" && w.Question(w.FirstQuestion) == nil {
		v.refuse([]string{"firstQuestion"}, ErrNotFound, "The wizard has no question %q.", w.FirstQuestion)
	}
	for i := range w.Questions {
		for j, o := range w.Questions[i].Options {
			at := []string{"questions", strconv.Itoa(i), "options", strconv.Itoa(j), "next"}
			switch {
			case o.Next == "":
			case w.Question(o.Next) == nil:
				v.refuse(at, ErrNotFound, "The wizard has no question %q.", o.Next)
			case w.leads(o.Next, w.Questions[i].Slug, map[string]bool{}):
				v.refuse(at, ErrInvalid, "The question %q leads back to this one, so the questions never end.", o.Next)
			}
		}
	}
}

// leads reports whether answers can lead from one question to another. It adds the questions on its way to
// seen, so that it ends although others lead in a circle.
func (w *Wizard) leads(from, to string, seen map[string]bool) bool {
	q := w.Question(from)
	switch {
	case from == to:
		return true
	case q == nil || seen[from]:
		return false
	}
	seen[from] = true
	return slices.ContainsFunc(q.Options, func(o WizardOption) bool { return o.Next != "" && w.leads(o.Next, to, seen) })
}

// WizardFilter selects wizards. All given conditions must hold.
type WizardFilter struct {
	And, Or []*WizardFilter
	Not     *WizardFilter
	EntryFilter
}
