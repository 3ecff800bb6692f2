package mongodb_test

import "patternhub/internal/content"

// patternLists describes the lists of pattern entries for TestListsOfTheSeed.
func patternLists() listed[*content.Pattern, content.PatternFilter] {
	return listed[*content.Pattern, content.PatternFilter]{
		in: func(g *content.Graph) content.Collection[*content.Pattern] { return g.Patterns },
		filters: map[string]func(*content.Pattern) any{
			"Tier":           func(e *content.Pattern) any { return e.TierKey },
			"Category":       func(e *content.Pattern) any { return e.Category },
			"Difficulty":     func(e *content.Pattern) any { return e.Difficulty },
			"Relevance":      func(e *content.Pattern) any { return e.Relevance },
			"Recommendation": func(e *content.Pattern) any { return e.Recommendation },
			"CatalogGroup":   func(e *content.Pattern) any { return e.CatalogGroup },
			"CatalogStatus":  func(e *content.Pattern) any { return e.CatalogStatus },
			"ProblemDomains": func(e *content.Pattern) any { return e.ProblemDomains },
			"Enhanced":       func(e *content.Pattern) any { return e.Enhanced },
			"ReadingMinutes": func(e *content.Pattern) any { return e.ReadingMinutes },
			"Tags":           func(e *content.Pattern) any { return e.Tags },
			"Law":            func(e *content.Pattern) any { return e.LawKeys },
			"Pillar":         func(e *content.Pattern) any { return e.PillarKeys },
			"Company":        func(e *content.Pattern) any { return adopters(e) },
			"RelatedTo":      func(e *content.Pattern) any { return neighbours(e) },
		},
		facets: map[string]func(*content.Pattern) any{
			"TIER":           func(e *content.Pattern) any { return e.TierKey },
			"CATEGORY":       func(e *content.Pattern) any { return e.Category },
			"DIFFICULTY":     func(e *content.Pattern) any { return e.Difficulty },
			"RELEVANCE":      func(e *content.Pattern) any { return e.Relevance },
			"RECOMMENDATION": func(e *content.Pattern) any { return e.Recommendation },
			"CATALOG_GROUP":  func(e *content.Pattern) any { return e.CatalogGroup },
			"ENHANCED":       func(e *content.Pattern) any { return e.Enhanced },
			"PROBLEM_DOMAIN": func(e *content.Pattern) any { return e.ProblemDomains },
			"TAG":            func(e *content.Pattern) any { return e.Tags },
			"LAW":            func(e *content.Pattern) any { return e.LawKeys },
			"PILLAR":         func(e *content.Pattern) any { return e.PillarKeys },
			"COMPANY":        func(e *content.Pattern) any { return adopters(e) },
		},
		labels: map[string]content.EntryType{
			"TIER":    content.TypeTier,
			"LAW":     content.TypeLaw,
			"PILLAR":  content.TypePillar,
			"COMPANY": content.TypeCompany,
		},
		orders: []string{"READING_MINUTES", "INTRODUCED"},
	}
}

func adopters(p *content.Pattern) []string {
	var out []string
	for _, a := range p.Adoptions {
		out = append(out, a.CompanyKey)
	}
	return out
}

func neighbours(p *content.Pattern) []string {
	var out []string
	for _, r := range p.Relations {
		out = append(out, r.PatternKey)
	}
	return out
}
