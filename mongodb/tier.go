package mongodb

import "patternhub/content"

// tierSpec tells how tiers are kept: their page fields, filters, orders and facets.
func tierSpec() spec[content.Tier, content.TierFilter] {
	return spec[content.Tier, content.TierFilter]{
		entryType: content.TypeTier,
		name:      "tiers",
		filter:    tierFilter,
		page:      []string{"criteria", "body"},
		orders:    map[string]string{"RANK": "rank"},
	}
}

func tierFilter(b *filterBuilder, f *content.TierFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, tierFilter)
}
