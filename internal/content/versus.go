package content

// PatternComparison compares patterns side by side, computed from the graph.
type PatternComparison struct {
	PatternKeys    []string
	Rows           []ComparisonRow
	Relations      []PatternGraphEdge
	ComparisonKeys []string
	FormulaVersion string
}

// ComparisonRow has the values of the patterns by one criterion, in their order. BestKeys are the
// best patterns if the criterion has a best value, and BestBecause says why they are.
type ComparisonRow struct {
	Criterion   ComparisonCriterion
	Values      []ComparedValue
	Differs     bool
	BestKeys    []string
	BestBecause *string
}

// ComparedValue is the value of one pattern. Text is for people and Number is for computing; Missing
// says why there is neither.
type ComparedValue struct {
	PatternKey string
	Text       *string
	Number     *float64
	Unit       *string
	Source     *string
	Missing    *string
}

// ComparisonCriterion is a criterion by which patterns are compared.
type ComparisonCriterion string

// Values lists the values of the enum.
func (ComparisonCriterion) Values() []string {
	return []string{
		"TIER", "CATEGORY", "RECOMMENDATION", "DIFFICULTY", "RELEVANCE", "EFFORT", "SUCCESS_RATE", "PAYBACK", "HEALTH", "ADOPTERS", "CASE_STUDIES",
		"INTRODUCED", "PROBLEM_DOMAINS", "LAWS", "PILLARS", "RELATIONS",
	}
}
