package mongodb_test

import "patternhub/internal/content"

// guideLists describes the lists of guide entries for TestListsOfTheSeed.
func guideLists() listed[*content.Guide, content.GuideFilter] {
	return listed[*content.Guide, content.GuideFilter]{
		in: func(g *content.Graph) content.Collection[*content.Guide] { return g.Guides },
		filters: map[string]func(*content.Guide) any{
			"Kind":           func(e *content.Guide) any { return e.Kind },
			"Pattern":        func(e *content.Guide) any { return e.PatternKeys },
			"Company":        func(e *content.Guide) any { return e.CompanyKeys },
			"Tier":           func(e *content.Guide) any { return e.TierKeys },
			"ReadingMinutes": func(e *content.Guide) any { return e.ReadingMinutes },
		},
		facets: map[string]func(*content.Guide) any{
			"KIND":    func(e *content.Guide) any { return e.Kind },
			"PATTERN": func(e *content.Guide) any { return e.PatternKeys },
			"COMPANY": func(e *content.Guide) any { return e.CompanyKeys },
		},
		labels: map[string]content.EntryType{
			"PATTERN": content.TypePattern,
			"COMPANY": content.TypeCompany,
		},
		orders: []string{"READING_MINUTES"},
	}
}
