package content

// Wizard is a series of questions whose answers recommend patterns, with its tables.
type Wizard struct {
	Slug            string              `bson:"_id"             json:"slug"`
	Place           int                 `bson:"place"           json:"-"`
	Name            string              `bson:"name"            json:"name"`
	Page            string              `bson:"page"            json:"page"`
	FirstQuestion   string              `bson:"firstQuestion"   json:"firstQuestion"`
	Questions       []WizardQuestion    `bson:"questions"       json:"questions"`
	Recipe          *WizardRecipe       `bson:"recipe"          json:"recipe"`
	Combinations    []WizardCombination `bson:"combinations"    json:"combinations"`
	DecisionTree    []WizardRule        `bson:"decisionTree"    json:"decisionTree"`
	Constraints     []WizardRequirement `bson:"constraints"     json:"constraints"`
	Bottlenecks     []WizardBottleneck  `bson:"bottlenecks"     json:"bottlenecks"`
	RealTimeTargets []WizardLatency     `bson:"realTimeTargets" json:"realTimeTargets"`
	Stacks          []WizardStack       `bson:"stacks"          json:"stacks"`
	Domains         []WizardDomain      `bson:"domains"         json:"domains"`
	ProblemFilters  []WizardProblem     `bson:"problemFilters"  json:"problemFilters"`
	Challenges      []WizardChallenge   `bson:"challenges"      json:"challenges"`
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
	Slug    string         `bson:"slug"    json:"slug"`
	Label   string         `bson:"label"   json:"label"`
	Options []WizardOption `bson:"options" json:"options"`
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
	Slug        string       `bson:"slug"       json:"slug"`
	Label       string       `bson:"label"      json:"label"`
	Next        string       `bson:"next"       json:"next"`
	ExampleKeys []string     `bson:"examples"   json:"examples"`
	Recommends  []WizardPick `bson:"recommends" json:"recommends"`
	Users       *IntRange    `bson:"users"      json:"users"`
	LatencyMS   *IntRange    `bson:"latencyMs"  json:"latencyMs"`
	Spike       *string      `bson:"spike"      json:"spike"`
}

// WizardPick is something that an answer recommends. ListedTierKey is the tier that the wizard lists
// it in, which may differ from the pattern's tier.
type WizardPick struct {
	Subject       `bson:",inline"`
	ListedTierKey string `bson:"listedTier" json:"listedTier"`
}

// WizardRecipe is the advice of a wizard for all answers.
type WizardRecipe struct {
	Core  []Subject     `bson:"core"  json:"core"`
	Scale []Subject     `bson:"scale" json:"scale"`
	Avoid []WizardAvoid `bson:"avoid" json:"avoid"`
}

// WizardAvoid is a subject to avoid, with its replacement.
type WizardAvoid struct {
	Avoid Subject   `bson:"avoid" json:"avoid"`
	Use   []Subject `bson:"use"   json:"use"`
}

// WizardCombination lists what combines well with Primary.
type WizardCombination struct {
	Primary Subject   `bson:"primary" json:"primary"`
	With    []Subject `bson:"with"    json:"with"`
}

// WizardRule is a row of a decision tree.
type WizardRule struct {
	Question   string    `bson:"question"   json:"question"`
	Answer     string    `bson:"answer"     json:"answer"`
	Recommends []Subject `bson:"recommends" json:"recommends"`
}

// WizardRequirement is the recommendation for a requirement. Complexity is 1 to 5.
type WizardRequirement struct {
	Requirement  string    `bson:"requirement"  json:"requirement"`
	Primary      Subject   `bson:"primary"      json:"primary"`
	Alternatives []Subject `bson:"alternatives" json:"alternatives"`
	Complexity   int       `bson:"complexity"   json:"complexity"`
}

// WizardBottleneck is the path out of a bottleneck and the weeks that it takes.
type WizardBottleneck struct {
	Current    string    `bson:"current"    json:"current"`
	Bottleneck string    `bson:"bottleneck" json:"bottleneck"`
	Path       []Subject `bson:"path"       json:"path"`
	Weeks      IntRange  `bson:"weeks"      json:"weeks"`
}

// WizardLatency is the stack that reaches a latency in a use case.
type WizardLatency struct {
	UseCase   string    `bson:"useCase"   json:"useCase"`
	LatencyMS int       `bson:"latencyMs" json:"latencyMs"`
	Stack     []Subject `bson:"stack"     json:"stack"`
}

// WizardStack is a set of patterns under a name. Complexity is 1 to 5.
type WizardStack struct {
	Name        string   `bson:"name"       json:"name"`
	PatternKeys []string `bson:"patterns"   json:"patterns"`
	Complexity  int      `bson:"complexity" json:"complexity"`
}

// WizardDomain is a domain with its main patterns.
type WizardDomain struct {
	Slug     string    `bson:"slug"     json:"slug"`
	Name     string    `bson:"name"     json:"name"`
	Patterns []Subject `bson:"patterns" json:"patterns"`
}

// WizardProblem is a kind of problem with what helps.
type WizardProblem struct {
	Problem  string    `bson:"problem"  json:"problem"`
	Patterns []Subject `bson:"patterns" json:"patterns"`
}

// WizardChallenge is a challenge with what helps.
type WizardChallenge struct {
	Challenge string    `bson:"challenge" json:"challenge"`
	Patterns  []Subject `bson:"patterns"  json:"patterns"`
}
