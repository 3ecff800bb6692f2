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
