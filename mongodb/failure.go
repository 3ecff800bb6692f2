package mongodb

import "patternhub/content"

// failureStudySpec tells how failures are kept: their page fields, filters, orders and facets.
func failureStudySpec() spec[content.FailureStudy, content.FailureStudyFilter] {
	return spec[content.FailureStudy, content.FailureStudyFilter]{
		entryType: content.TypeFailureStudy,
		field:     readFailureStudy,
		name:      "failures",
		filter:    failureStudyFilter,
		page:      []string{"body"},
		orders:    map[string]string{"YEAR": "year"},
		indexes:   []string{"year"},
		facets: map[string]facet{
			"COMPANY": {path: "company", labels: content.TypeCompany},
			"YEAR":    {path: "year"},
		},
	}
}

func failureStudyFilter(b *filterBuilder, f *content.FailureStudyFilter) {
	b.entry(&f.EntryFilter)
	b.ints("year", f.Year)
	b.slugs("company", content.TypeCompany, f.Company)
	nested(b, f.And, f.Or, f.Not, failureStudyFilter)
}

func readFailureStudy(r *reader, f *content.FailureStudy) {
	switch string(r.name()) {
	case "company":
		f.CompanyKey = r.string()
	case "year":
		f.Year = r.int()
	case "cause":
		f.Cause = r.string()
	case "body":
		fields(r, &f.Body, readRichText)
	default:
		readMeta(r, &f.Meta)
	}
}
