package mongodb_test

import "patternhub/internal/content"

// companyLists describes the lists of company entries for TestListsOfTheSeed.
func companyLists() listed[*content.Company, content.CompanyFilter] {
	return listed[*content.Company, content.CompanyFilter]{
		in: func(g *content.Graph) content.Collection[*content.Company] { return g.Companies },
		filters: map[string]func(*content.Company) any{
			"Kind":     func(e *content.Company) any { return e.Kind },
			"Industry": func(e *content.Company) any { return e.Industry },
			"Owner":    func(e *content.Company) any { return e.OwnerKey },
			"Aliases":  func(e *content.Company) any { return e.Aliases },
		},
		facets: map[string]func(*content.Company) any{
			"KIND":     func(e *content.Company) any { return e.Kind },
			"INDUSTRY": func(e *content.Company) any { return e.Industry },
			"OWNER":    func(e *content.Company) any { return e.OwnerKey },
		},
		labels: map[string]content.EntryType{
			"OWNER": content.TypeCompany,
		},
	}
}
