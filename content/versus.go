package content

// PatternComparison is patterns side by side, computed from the graph.
type PatternComparison struct {
	PatternKeys    []string
	Rows           []ComparisonRow
	Relations      []PatternGraphEdge
	ComparisonKeys []string
	FormulaVersion string
}

// ComparisonRow is how the patterns do by one criterion, in their order. BestKeys are the best
// ones where one can be best, and BestBecause says by what.
type ComparisonRow struct {
	Criterion   ComparisonCriterion
	Values      []ComparedValue
	Differs     bool
	BestKeys    []string
	BestBecause *string
}

// ComparedValue is how one pattern does. Text is for people, Number to compute with; Missing
// says why there is neither.
type ComparedValue struct {
	PatternKey string
	Text       *string
	Number     *float64
	Unit       *string
	Source     *string
	Missing    *string
}

// ComparisonCriterion is by what patterns are compared.
type ComparisonCriterion string

// Values lists the values of the enum.
func (ComparisonCriterion) Values() []string {
	return []string{
		"TIER", "CATEGORY", "RECOMMENDATION", "DIFFICULTY", "RELEVANCE", "EFFORT", "SUCCESS_RATE", "PAYBACK", "HEALTH", "ADOPTERS", "CASE_STUDIES",
		"INTRODUCED", "PROBLEM_DOMAINS", "LAWS", "PILLARS", "RELATIONS",
	}
}
