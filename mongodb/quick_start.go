package mongodb

import "patternhub/content"

// quickStartSpec tells how quickStarts are kept: their page fields, filters, orders and facets.
func quickStartSpec() spec[content.QuickStart, content.QuickStartFilter] {
	return spec[content.QuickStart, content.QuickStartFilter]{
		entryType: content.TypeQuickStart,
		name:      "quick_starts",
		filter:    quickStartFilter,
		page:      []string{"body"},
		orders:    map[string]string{"TOTAL_MINUTES": "totalMinutes"},
		indexes:   []string{"kind", "audience"},
		facets: map[string]facet{
			"KIND":     {path: "kind"},
			"AUDIENCE": {path: "audience"},
		},
	}
}

func quickStartFilter(b *filterBuilder, f *content.QuickStartFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	enums(b, "audience", f.Audience)
	b.slugs("patterns", content.TypePattern, f.Pattern)
	nested(b, f.And, f.Or, f.Not, quickStartFilter)
}
