package content

// SelectionCriterion is a criterion by which a selection weighs patterns.
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

// Experience is the experience of a team with such systems.
type Experience string

// The levels of experience.
const (
	Junior   Experience = "JUNIOR"
	MidLevel Experience = "MID_LEVEL"
	Senior   Experience = "SENIOR"
)

// Values lists the values of the enum, from the least to the most.
func (Experience) Values() []string { return []string{"JUNIOR", "MID_LEVEL", "SENIOR"} }

// Consistency is the guarantee that readers have after a write.
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

// PatternSelectionInput is the input of a selection. Constraints must hold; preferences and answers
// add to the score.
type PatternSelectionInput struct {
	Wizard      *string
	Answers     []WizardAnswerInput
	Constraints *PatternConstraintsInput
	Preferences *PatternPreferencesInput
}

// PatternConstraintsInput has the constraints that every result must satisfy.
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

// PatternPreferencesInput has the preferences that raise the score of a result.
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

// The constraints, in the order in which they are checked.
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

// PatternSelection holds the patterns that fit, the best first, and those that do not.
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

// SelectionReason is the part of a score that one criterion adds: Contribution is Weight times Value.
// Value is the degree to which the criterion holds, from 0 to 1.
type SelectionReason struct {
	Criterion    SelectionCriterion
	Weight       float64
	Value        float64
	Contribution float64
	Source       string
}

// EliminatedPattern is a pattern that a constraint excludes. Constraint is the first one that it
// violates.
type EliminatedPattern struct {
	PatternKey string
	Constraint SelectionConstraint
	Required   string
	Found      string
}
