package content

// FailureStudy describes what went wrong in a well-known outage.
type FailureStudy struct {
	Meta       `bson:",inline" entry:"order=90,rank=150"`
	CompanyKey string   `bson:"company,omitempty" ref:"COMPANY" rule:"required" list:"facet"`
	Year       int      `bson:"year" list:"order,facet"`
	Cause      string   `bson:"cause" rule:"publish" search:"detail"`
	Body       RichText `bson:"body,omitempty" list:"page"`
}

// FailureStudyFilter selects failure studies. All given conditions must hold.
type FailureStudyFilter struct {
	And, Or []*FailureStudyFilter
	Not     *FailureStudyFilter
	EntryFilter
	Year    *IntFilter
	Company *SlugFilter
}
