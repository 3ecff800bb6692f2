package content

// Comparison is patterns side by side.
type Comparison struct {
	Meta             `bson:",inline"`
	Subjects         []Subject            `bson:"subjects,omitempty"`
	Criteria         []string             `bson:"criteria,omitempty"`
	Ratings          []Rating             `bson:"ratings,omitempty"`
	Scenarios        []ComparisonScenario `bson:"scenarios,omitempty"`
	ParentPatternKey string               `bson:"parentPattern,omitempty" ref:"PATTERN"`
	Body             RichText             `bson:"body,omitempty"`
	Provenance       Provenance           `bson:"provenance,omitempty"`
}

// RatingValue is how a subject does by one criterion.
type RatingValue struct {
	Criterion string `bson:"criterion"`
	Value     string `bson:"value"`
}

// Rating is how a subject does by all criteria.
type Rating struct {
	Subject Subject       `bson:"subject,omitempty"`
	Values  []RatingValue `bson:"values,omitempty"`
}

// ComparisonScenario is who is best in a situation.
type ComparisonScenario struct {
	Scenario string    `bson:"scenario"`
	Best     []Subject `bson:"best,omitempty"`
	Verdict  string    `bson:"verdict"`
}

// ComparisonFilter selects comparisons. All given conditions must hold.
type ComparisonFilter struct {
	And, Or []*ComparisonFilter
	Not     *ComparisonFilter
	EntryFilter
	Pattern  *SlugFilter
	Practice *SlugFilter
}
