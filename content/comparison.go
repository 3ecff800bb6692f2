package content

// Comparison is patterns side by side.
type Comparison struct {
	Meta             `bson:",inline"`
	Subjects         []Subject            `bson:"subjects,omitempty" rule:"max=10"`
	Criteria         []string             `bson:"criteria,omitempty"`
	Ratings          []Rating             `bson:"ratings,omitempty" rule:"max=10"`
	Scenarios        []ComparisonScenario `bson:"scenarios,omitempty" rule:"max=20"`
	ParentPatternKey string               `bson:"parentPattern,omitempty" ref:"PATTERN"`
	Body             RichText             `bson:"body,omitempty"`
	Provenance       Provenance           `bson:"provenance,omitempty"`
}

// RatingValue is how a subject does by one criterion.
type RatingValue struct {
	Criterion string `bson:"criterion" rule:"publish"`
	Value     string `bson:"value" rule:"publish"`
}

// Rating is how a subject does by all criteria.
type Rating struct {
	Subject Subject       `bson:"subject,omitempty"`
	Values  []RatingValue `bson:"values,omitempty" rule:"max=20"`
}

// ComparisonScenario is who is best in a situation.
type ComparisonScenario struct {
	Scenario string    `bson:"scenario" rule:"publish"`
	Best     []Subject `bson:"best,omitempty" rule:"max=5"`
	Verdict  string    `bson:"verdict" rule:"publish"`
}

// ComparisonFilter selects comparisons. All given conditions must hold.
type ComparisonFilter struct {
	And, Or []*ComparisonFilter
	Not     *ComparisonFilter
	EntryFilter
	Pattern  *SlugFilter
	Practice *SlugFilter
}
