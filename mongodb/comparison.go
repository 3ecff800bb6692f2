package mongodb

import "patternhub/content"

// comparisonSpec tells how comparisons are kept: their page fields, filters, orders and facets.
func comparisonSpec() spec[content.Comparison, content.ComparisonFilter] {
	return spec[content.Comparison, content.ComparisonFilter]{
		entryType: content.TypeComparison,
		name:      "comparisons",
		filter:    comparisonFilter,
		page:      []string{"body"},
	}
}

func comparisonFilter(b *filterBuilder, f *content.ComparisonFilter) {
	b.entry(&f.EntryFilter)
	b.slugs("subjects.pattern", content.TypePattern, f.Pattern)
	b.slugs("subjects.practice", content.TypePractice, f.Practice)
	nested(b, f.And, f.Or, f.Not, comparisonFilter)
}
