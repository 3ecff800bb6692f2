package mongodb

import "patternhub/content"

// patternSpec tells how patterns are kept: their page fields, filters, orders and facets.
func patternSpec() spec[content.Pattern, content.PatternFilter] {
	return spec[content.Pattern, content.PatternFilter]{
		entryType: content.TypePattern,
		name:      "patterns",
		filter:    patternFilter,
		page:      []string{"problem", "solution", "whenToUse", "whenNotToUse", "tradeOffs", "checklist", "body"},
		orders:    map[string]string{"READING_MINUTES": "readingMinutes", "INTRODUCED": "introduced"},
		folded:    []string{"tags"},
		indexes:   []string{"category", "difficulty", "relevance", "recommendation", "catalogGroup", "catalogStatus", "problemDomains", "enhanced", "readingMinutes"},
		facets: map[string]facet{
			"TIER":           {path: "tier", labels: content.TypeTier},
			"CATEGORY":       {path: "category"},
			"DIFFICULTY":     {path: "difficulty"},
			"RELEVANCE":      {path: "relevance"},
			"RECOMMENDATION": {path: "recommendation"},
			"CATALOG_GROUP":  {path: "catalogGroup"},
			"ENHANCED":       {path: "enhanced"},
			"PROBLEM_DOMAIN": {path: "problemDomains", list: true},
			"TAG":            {path: "tags", list: true},
			"LAW":            {path: "laws", list: true, labels: content.TypeLaw},
			"PILLAR":         {path: "pillars", list: true, labels: content.TypePillar},
			"COMPANY":        {path: "companies.company", list: true, labels: content.TypeCompany},
		},
	}
}

func patternFilter(b *filterBuilder, f *content.PatternFilter) {
	b.entry(&f.EntryFilter)
	b.slugs("tier", content.TypeTier, f.Tier)
	enums(b, "category", f.Category)
	enums(b, "difficulty", f.Difficulty)
	enums(b, "relevance", f.Relevance)
	enums(b, "recommendation", f.Recommendation)
	enums(b, "catalogGroup", f.CatalogGroup)
	enums(b, "catalogStatus", f.CatalogStatus)
	enums(b, "problemDomains", f.ProblemDomains)
	b.bool("enhanced", f.Enhanced)
	b.ints("readingMinutes", f.ReadingMinutes)
	b.text("tags", f.Tags)
	b.slugs("laws", content.TypeLaw, f.Law)
	b.slugs("pillars", content.TypePillar, f.Pillar)
	b.slugs("companies.company", content.TypeCompany, f.Company)
	b.slugs("relatedPatterns.pattern", content.TypePattern, f.RelatedTo)
	nested(b, f.And, f.Or, f.Not, patternFilter)
}
