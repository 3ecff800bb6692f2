package content

// SelectionCriterion is by what a selection weighs patterns.
type SelectionCriterion string

// The criteria.
const (
	CriterionAnswer         SelectionCriterion = "ANSWER"
	CriterionCombination    SelectionCriterion = "COMBINATION"
	CriterionDomain         SelectionCriterion = "DOMAIN"
	CriterionScale          SelectionCriterion = "SCALE"
	CriterionConsistency    SelectionCriterion = "CONSISTENCY"
	CriterionLatency        SelectionCriterion = "LATENCY"
	CriterionProblem        SelectionCriterion = "PROBLEM"
	CriterionInUse          SelectionCriterion = "IN_USE"
	CriterionExperience     SelectionCriterion = "EXPERIENCE"
	CriterionTeam           SelectionCriterion = "TEAM"
	CriterionSuccess        SelectionCriterion = "SUCCESS"
	CriterionRelevance      SelectionCriterion = "RELEVANCE"
	CriterionRecommendation SelectionCriterion = "RECOMMENDATION"
	CriterionAdoption       SelectionCriterion = "ADOPTION"
)

// Values lists the values of the enum.
func (SelectionCriterion) Values() []string {
	return []string{
		"ANSWER", "COMBINATION", "DOMAIN", "SCALE", "CONSISTENCY", "LATENCY", "PROBLEM", "IN_USE", "EXPERIENCE", "TEAM",
		"SUCCESS", "RELEVANCE", "RECOMMENDATION", "ADOPTION",
	}
}

// Experience is how long a team has built such systems.
type Experience string

// The levels of experience.
const (
	Junior   Experience = "JUNIOR"
	MidLevel Experience = "MID_LEVEL"
	Senior   Experience = "SENIOR"
)

// Values lists the values of the enum, from the least to the most.
func (Experience) Values() []string { return []string{"JUNIOR", "MID_LEVEL", "SENIOR"} }

// Consistency is what readers may rely on after a write.
type Consistency string

// Values lists the values of the enum.
func (Consistency) Values() []string {
	return []string{"STRONG", "EVENTUAL", "CAUSAL", "READ_YOUR_WRITES"}
}

// WizardAnswerInput is the answer to one question of a wizard.
type WizardAnswerInput struct {
	Question string
	Option   string
}

// PatternSelectionInput is what a selection is made for. Constraints must hold; preferences and
// answers weigh.
type PatternSelectionInput struct {
	Wizard      *string
	Answers     []WizardAnswerInput
	Constraints *PatternConstraintsInput
	Preferences *PatternPreferencesInput
}

// PatternConstraintsInput is what every result must fulfil.
type PatternConstraintsInput struct {
	TierFloor     *string
	Domain        *string
	Users         *int
	Consistency   *Consistency
	LatencyMs     *int
	TeamSize      *int
	Experience    *Experience
	Categories    []PatternCategory
	Problems      []ProblemDomain
	InUse         []string
	WithoutLegacy *bool
}

// PatternPreferencesInput is what makes a result better.
type PatternPreferencesInput struct {
	Domain      *string
	Users       *int
	Consistency *Consistency
	LatencyMs   *int
	TeamSize    *int
	Experience  *Experience
	Problems    []ProblemDomain
	InUse       []string
}

// SelectionConstraint names a constraint.
type SelectionConstraint string

// The constraints, in the order in which they are tried.
const (
	ConstraintTierFloor   SelectionConstraint = "TIER_FLOOR"
	ConstraintCategory    SelectionConstraint = "CATEGORY"
	ConstraintProblem     SelectionConstraint = "PROBLEM"
	ConstraintDomain      SelectionConstraint = "DOMAIN"
	ConstraintScale       SelectionConstraint = "SCALE"
	ConstraintConsistency SelectionConstraint = "CONSISTENCY"
	ConstraintLatency     SelectionConstraint = "LATENCY"
	ConstraintTeam        SelectionConstraint = "TEAM_SIZE"
	ConstraintExperience  SelectionConstraint = "EXPERIENCE"
	ConstraintInUse       SelectionConstraint = "IN_USE"
	ConstraintLegacy      SelectionConstraint = "WITHOUT_LEGACY"
)

// Values lists the values of the enum.
func (SelectionConstraint) Values() []string {
	return []string{"TIER_FLOOR", "CATEGORY", "PROBLEM", "DOMAIN", "SCALE", "CONSISTENCY", "LATENCY", "TEAM_SIZE", "EXPERIENCE", "IN_USE", "WITHOUT_LEGACY"}
}

// PatternSelection is the patterns that fit, the best first, and those that do not.
type PatternSelection struct {
	Results         []SelectedPattern
	Eliminated      []EliminatedPattern
	AlsoRecommended []Subject
	NextQuestion    *WizardQuestion
	FormulaVersion  string
}

// SelectedPattern is a pattern that fits. Score is the sum of the contributions of its reasons.
type SelectedPattern struct {
	PatternKey string
	Score      float64
	Reasons    []SelectionReason
}

// SelectionReason is what one criterion adds: its weight times how far it holds, from 0 to 1.
type SelectionReason struct {
	Criterion    SelectionCriterion
	Weight       float64
	Value        float64
	Contribution float64
	Source       string
}

// EliminatedPattern is a pattern that would have been a result but for a constraint, the first
// of those that it breaks.
type EliminatedPattern struct {
	PatternKey string
	Constraint SelectionConstraint
	Required   string
	Found      string
}
