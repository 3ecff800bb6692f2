package mongodb

import "patternhub/content"

// pillarSpec tells how pillars are kept: their page fields, filters, orders and facets.
func pillarSpec() spec[content.Pillar, content.PillarFilter] {
	return spec[content.Pillar, content.PillarFilter]{
		entryType: content.TypePillar,
		name:      "pillars",
		filter:    pillarFilter,
		page:      []string{"body"},
		orders:    map[string]string{"NUMBER": "number"},
	}
}

func pillarFilter(b *filterBuilder, f *content.PillarFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, pillarFilter)
}
