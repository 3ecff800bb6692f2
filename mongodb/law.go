package mongodb

import "patternhub/content"

// lawSpec tells how laws are kept: their page fields, filters, orders and facets.
func lawSpec() spec[content.Law, content.LawFilter] {
	return spec[content.Law, content.LawFilter]{
		entryType: content.TypeLaw,
		name:      "laws",
		filter:    lawFilter,
		page:      []string{"body"},
		orders:    map[string]string{"NUMBER": "number", "LEARNING_ORDER": "learningOrder"},
	}
}

func lawFilter(b *filterBuilder, f *content.LawFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, lawFilter)
}
