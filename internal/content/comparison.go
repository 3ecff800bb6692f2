package content

// Comparison compares patterns side by side.
type Comparison struct {
	Meta             `bson:",inline" entry:"order=150,rank=90"`
	Subjects         []Subject            `bson:"subjects,omitempty" rule:"max=10" back:"Pattern.comparisons"`
	Criteria         []string             `bson:"criteria,omitempty" search:"detail"`
	Ratings          []Rating             `bson:"ratings,omitempty" rule:"max=10"`
	Scenarios        []ComparisonScenario `bson:"scenarios,omitempty" rule:"max=20"`
	ParentPatternKey string               `bson:"parentPattern,omitempty" ref:"PATTERN"`
	Body             RichText             `bson:"body,omitempty" list:"page"`
	Provenance       Provenance           `bson:"provenance,omitempty" list:"page"`
}

// RatingValue is the rating of a subject by one criterion.
type RatingValue struct {
	Criterion string `bson:"criterion" rule:"publish"`
	Value     string `bson:"value" rule:"publish"`
}

// Rating is the rating of a subject by all criteria.
type Rating struct {
	Subject Subject       `bson:"subject,omitempty"`
	Values  []RatingValue `bson:"values,omitempty" rule:"max=20"`
}

// ComparisonScenario names the best subjects for a situation.
type ComparisonScenario struct {
	Scenario string    `bson:"scenario" rule:"publish" search:"detail"`
	Best     []Subject `bson:"best,omitempty" rule:"max=5"`
	Verdict  string    `bson:"verdict" rule:"publish" search:"detail"`
}

// ComparisonFilter selects comparisons. All given conditions must hold.
type ComparisonFilter struct {
	And, Or []*ComparisonFilter
	Not     *ComparisonFilter
	EntryFilter
	Pattern  *SlugFilter `path:"subjects.pattern"`
	Practice *SlugFilter `path:"subjects.practice"`
}
