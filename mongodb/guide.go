package mongodb

import "patternhub/content"

// guideSpec tells how guides are kept: their page fields, filters, orders and facets.
func guideSpec() spec[content.Guide, content.GuideFilter] {
	return spec[content.Guide, content.GuideFilter]{
		entryType: content.TypeGuide,
		name:      "guides",
		filter:    guideFilter,
		page:      []string{"body"},
		orders:    map[string]string{"READING_MINUTES": "readingMinutes"},
		indexes:   []string{"kind", "readingMinutes"},
		facets: map[string]facet{
			"KIND":    {path: "kind"},
			"PATTERN": {path: "patterns", list: true, labels: content.TypePattern},
			"COMPANY": {path: "companies", list: true, labels: content.TypeCompany},
		},
	}
}

func guideFilter(b *filterBuilder, f *content.GuideFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	b.slugs("patterns", content.TypePattern, f.Pattern)
	b.slugs("companies", content.TypeCompany, f.Company)
	b.slugs("tiers", content.TypeTier, f.Tier)
	b.ints("readingMinutes", f.ReadingMinutes)
	nested(b, f.And, f.Or, f.Not, guideFilter)
}
