package mongodb_test

import "patternhub/internal/content"

// failureStudyLists describes the lists of failure entries for TestListsOfTheSeed.
func failureStudyLists() listed[*content.FailureStudy, content.FailureStudyFilter] {
	return listed[*content.FailureStudy, content.FailureStudyFilter]{
		in: func(g *content.Graph) content.Collection[*content.FailureStudy] {
			return g.Failures
		},
		filters: map[string]func(*content.FailureStudy) any{
			"Year":    func(e *content.FailureStudy) any { return e.Year },
			"Company": func(e *content.FailureStudy) any { return e.CompanyKey },
		},
		facets: map[string]func(*content.FailureStudy) any{
			"YEAR":    func(e *content.FailureStudy) any { return e.Year },
			"COMPANY": func(e *content.FailureStudy) any { return e.CompanyKey },
		},
		labels: map[string]content.EntryType{
			"COMPANY": content.TypeCompany,
		},
		orders: []string{"YEAR"},
	}
}
