package mongodb_test

import "patternhub/internal/content"

// caseStudyLists describes the lists of case study entries for TestListsOfTheSeed.
func caseStudyLists() listed[*content.CaseStudy, content.CaseStudyFilter] {
	return listed[*content.CaseStudy, content.CaseStudyFilter]{
		in: func(g *content.Graph) content.Collection[*content.CaseStudy] {
			return g.CaseStudies
		},
		filters: map[string]func(*content.CaseStudy) any{
			"Kind":              func(e *content.CaseStudy) any { return e.Kind },
			"Collection":        func(e *content.CaseStudy) any { return e.Collection },
			"Domain":            func(e *content.CaseStudy) any { return e.Domain },
			"Tier":              func(e *content.CaseStudy) any { return e.TierKey },
			"ScaleCategory":     func(e *content.CaseStudy) any { return e.ScaleCategory },
			"OperationalStatus": func(e *content.CaseStudy) any { return e.OperationalStatus },
			"Difficulty":        func(e *content.CaseStudy) any { return e.Difficulty },
			"Year":              func(e *content.CaseStudy) any { return e.Year },
			"ReadingMinutes":    func(e *content.CaseStudy) any { return e.ReadingMinutes },
			"System":            func(e *content.CaseStudy) any { return e.System },
			"Company":           func(e *content.CaseStudy) any { return owners(e) },
			"Pattern":           func(e *content.CaseStudy) any { return used(e) },
			"Practice":          func(e *content.CaseStudy) any { return e.PracticeKeys },
			"Law":               func(e *content.CaseStudy) any { return e.LawKeys },
			"Pillar":            func(e *content.CaseStudy) any { return e.PillarKeys },
		},
		facets: map[string]func(*content.CaseStudy) any{
			"KIND":           func(e *content.CaseStudy) any { return e.Kind },
			"COLLECTION":     func(e *content.CaseStudy) any { return e.Collection },
			"DOMAIN":         func(e *content.CaseStudy) any { return e.Domain },
			"TIER":           func(e *content.CaseStudy) any { return e.TierKey },
			"SCALE_CATEGORY": func(e *content.CaseStudy) any { return e.ScaleCategory },
			"DIFFICULTY":     func(e *content.CaseStudy) any { return e.Difficulty },
			"YEAR":           func(e *content.CaseStudy) any { return e.Year },
			"COMPANY":        func(e *content.CaseStudy) any { return owners(e) },
			"PATTERN":        func(e *content.CaseStudy) any { return used(e) },
			"LAW":            func(e *content.CaseStudy) any { return e.LawKeys },
			"PILLAR":         func(e *content.CaseStudy) any { return e.PillarKeys },
		},
		labels: map[string]content.EntryType{
			"TIER":    content.TypeTier,
			"COMPANY": content.TypeCompany,
			"PATTERN": content.TypePattern,
			"LAW":     content.TypeLaw,
			"PILLAR":  content.TypePillar,
		},
		orders: []string{"YEAR", "READING_MINUTES"},
	}
}

func owners(s *content.CaseStudy) []string {
	var out []string
	for _, c := range s.CompanyParts {
		out = append(out, c.CompanyKey)
	}
	return out
}

func used(s *content.CaseStudy) []string {
	var out []string
	for _, p := range s.PatternUses {
		out = append(out, p.PatternKey)
	}
	return out
}
