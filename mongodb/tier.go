package mongodb

import "patternhub/content"

// tierSpec tells how tiers are kept: their page fields, filters, orders and facets.
func tierSpec() spec[content.Tier, content.TierFilter] {
	return spec[content.Tier, content.TierFilter]{
		entryType: content.TypeTier,
		field:     readTier,
		name:      "tiers",
		filter:    tierFilter,
		page:      []string{"criteria", "body", "provenance"},
		orders:    map[string]string{"RANK": "rank"},
	}
}

func tierFilter(b *filterBuilder, f *content.TierFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, tierFilter)
}

func readTier(r *reader, t *content.Tier) {
	switch string(r.name()) {
	case "rank":
		t.Rank = r.int()
	case "badge":
		t.Badge = r.string()
	case "statedPatternCount":
		t.StatedPatternCount = optional(r, (*reader).int)
	case "criteria":
		t.Criteria = r.strings()
	case "targets":
		t.Targets = objects(r, readFigure)
	case "statistics":
		fields(r, &t.Statistics, readTierStatistics)
	case "body":
		fields(r, &t.Body, readRichText)
	case "provenance":
		fields(r, &t.Provenance, readProvenance)
	default:
		readMeta(r, &t.Meta)
	}
}

func readTierStatistics(r *reader, t *content.TierStatistics) {
	switch string(r.name()) {
	case "implementationWeeks":
		fields(r, &t.ImplementationWeeks, readIntRange)
	case "teamSize":
		fields(r, &t.TeamSize, readIntRange)
	case "successRate":
		t.SuccessRate = r.int()
	case "returnMonths":
		fields(r, &t.ReturnMonths, readIntRange)
	}
}
