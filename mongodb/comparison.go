package mongodb

import "patternhub/content"

// comparisonSpec tells how comparisons are kept: their page fields, filters, orders and facets.
func comparisonSpec() spec[content.Comparison, content.ComparisonFilter] {
	return spec[content.Comparison, content.ComparisonFilter]{
		entryType: content.TypeComparison,
		field:     readComparison,
		name:      "comparisons",
		filter:    comparisonFilter,
		page:      []string{"body", "provenance"},
	}
}

func comparisonFilter(b *filterBuilder, f *content.ComparisonFilter) {
	b.entry(&f.EntryFilter)
	b.slugs("subjects.pattern", content.TypePattern, f.Pattern)
	b.slugs("subjects.practice", content.TypePractice, f.Practice)
	nested(b, f.And, f.Or, f.Not, comparisonFilter)
}

func readComparison(r *reader, c *content.Comparison) {
	switch string(r.name()) {
	case "subjects":
		c.Subjects = objects(r, readSubject)
	case "criteria":
		c.Criteria = r.strings()
	case "ratings":
		c.Ratings = objects(r, readRating)
	case "scenarios":
		c.Scenarios = objects(r, readComparisonScenario)
	case "parentPattern":
		c.ParentPatternKey = r.string()
	case "body":
		fields(r, &c.Body, readRichText)
	case "provenance":
		fields(r, &c.Provenance, readProvenance)
	default:
		readMeta(r, &c.Meta)
	}
}

func readRating(r *reader, v *content.Rating) {
	switch string(r.name()) {
	case "subject":
		fields(r, &v.Subject, readSubject)
	case "values":
		v.Values = objects(r, readRatingValue)
	}
}

func readComparisonScenario(r *reader, c *content.ComparisonScenario) {
	switch string(r.name()) {
	case "scenario":
		c.Scenario = r.string()
	case "best":
		c.Best = objects(r, readSubject)
	case "verdict":
		c.Verdict = r.string()
	}
}

func readRatingValue(r *reader, v *content.RatingValue) {
	switch string(r.name()) {
	case "criterion":
		v.Criterion = r.string()
	case "value":
		v.Value = r.string()
	}
}
