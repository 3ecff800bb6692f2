package content

// FailureStudy is what went wrong in a well-known outage.
type FailureStudy struct {
	Meta       `bson:",inline"`
	CompanyKey string   `bson:"company,omitempty" ref:"COMPANY" rule:"required"`
	Year       int      `bson:"year"`
	Cause      string   `bson:"cause" rule:"publish"`
	Body       RichText `bson:"body,omitempty"`
}

// FailureStudyFilter selects failures. All given conditions must hold.
type FailureStudyFilter struct {
	And, Or []*FailureStudyFilter
	Not     *FailureStudyFilter
	EntryFilter
	Year    *IntFilter
	Company *SlugFilter
}

// OrderValue is the value of one of the order fields of failures.
func (f *FailureStudy) OrderValue(field string) (any, bool) {
	if field == "YEAR" {
		return f.Year, true
	}
	return f.Meta.OrderValue(field)
}
