package mongodb

import "patternhub/content"

// practiceSpec tells how practices are kept: their page fields, filters, orders and facets.
func practiceSpec() spec[content.Practice, content.PracticeFilter] {
	return spec[content.Practice, content.PracticeFilter]{
		entryType: content.TypePractice,
		field:     readPractice,
		name:      "practices",
		filter:    practiceFilter,
		page:      []string{"body"},
		folded:    []string{"aliases"},
		indexes:   []string{"kind", "migrationEffort"},
		facets: map[string]facet{
			"KIND":             {path: "kind"},
			"TIER_CLAIM":       {path: "tierClaim", labels: content.TypeTier},
			"MIGRATION_EFFORT": {path: "migrationEffort"},
		},
	}
}

func practiceFilter(b *filterBuilder, f *content.PracticeFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	b.slugs("tierClaim", content.TypeTier, f.TierClaim)
	enums(b, "migrationEffort", f.MigrationEffort)
	b.text("aliases", f.Aliases)
	nested(b, f.And, f.Or, f.Not, practiceFilter)
}

func readPractice(r *reader, p *content.Practice) {
	switch string(r.name()) {
	case "kind":
		p.Kind = enum[content.PracticeKind](r)
	case "tierClaim":
		p.TierClaimKey = r.string()
	case "aliases":
		p.Aliases = r.strings()
	case "sources":
		p.Sources = r.strings()
	case "replacedBy":
		p.ReplacedBy = objects(r, readSubject)
	case "conflictsWith":
		p.ConflictsWith = objects(r, readSubject)
	case "migrationEffort":
		p.MigrationEffort = optional(r, enum[content.Effort])
	case "businessImpact":
		p.BusinessImpact = optional(r, enum[content.Level])
	case "body":
		fields(r, &p.Body, readRichText)
	default:
		readMeta(r, &p.Meta)
	}
}
