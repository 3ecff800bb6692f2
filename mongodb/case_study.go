package mongodb

import "patternhub/content"

// caseStudySpec tells how caseStudies are kept: their page fields, filters, orders and facets.
func caseStudySpec() spec[content.CaseStudy, content.CaseStudyFilter] {
	return spec[content.CaseStudy, content.CaseStudyFilter]{
		entryType: content.TypeCaseStudy,
		name:      "case_studies",
		filter:    caseStudyFilter,
		page:      []string{"body"},
		orders:    map[string]string{"YEAR": "year", "READING_MINUTES": "readingMinutes"},
		folded:    []string{"domain", "system"},
		indexes:   []string{"kind", "collection", "scaleCategory", "operationalStatus", "difficulty", "year", "readingMinutes"},
		facets: map[string]facet{
			"KIND":           {path: "kind"},
			"COLLECTION":     {path: "collection"},
			"DOMAIN":         {path: "domain"},
			"TIER":           {path: "tier", labels: content.TypeTier},
			"SCALE_CATEGORY": {path: "scaleCategory"},
			"DIFFICULTY":     {path: "difficulty"},
			"YEAR":           {path: "year"},
			"COMPANY":        {path: "companies.company", list: true, labels: content.TypeCompany},
			"PATTERN":        {path: "patterns.pattern", list: true, labels: content.TypePattern},
			"LAW":            {path: "laws", list: true, labels: content.TypeLaw},
			"PILLAR":         {path: "pillars", list: true, labels: content.TypePillar},
		},
	}
}

func caseStudyFilter(b *filterBuilder, f *content.CaseStudyFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	enums(b, "collection", f.Collection)
	b.text("domain", f.Domain)
	b.slugs("tier", content.TypeTier, f.Tier)
	enums(b, "scaleCategory", f.ScaleCategory)
	enums(b, "operationalStatus", f.OperationalStatus)
	enums(b, "difficulty", f.Difficulty)
	b.ints("year", f.Year)
	b.ints("readingMinutes", f.ReadingMinutes)
	b.text("system", f.System)
	b.slugs("companies.company", content.TypeCompany, f.Company)
	b.slugs("patterns.pattern", content.TypePattern, f.Pattern)
	b.slugs("practices", content.TypePractice, f.Practice)
	b.slugs("laws", content.TypeLaw, f.Law)
	b.slugs("pillars", content.TypePillar, f.Pillar)
	nested(b, f.And, f.Or, f.Not, caseStudyFilter)
}
