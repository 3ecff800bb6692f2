package mongodb

import "patternhub/content"

// migrationSpec tells how migrations are kept: their page fields, filters, orders and facets.
func migrationSpec() spec[content.Migration, content.MigrationFilter] {
	return spec[content.Migration, content.MigrationFilter]{
		entryType: content.TypeMigration,
		name:      "migrations",
		filter:    migrationFilter,
		page:      []string{"body"},
		indexes:   []string{"kind", "effort", "risk"},
		facets: map[string]facet{
			"KIND":   {path: "kind"},
			"EFFORT": {path: "effort"},
			"RISK":   {path: "risk"},
		},
	}
}

func migrationFilter(b *filterBuilder, f *content.MigrationFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	enums(b, "effort", f.Effort)
	enums(b, "risk", f.Risk)
	b.slugs("from.pattern", content.TypePattern, f.FromPattern)
	b.slugs("from.practice", content.TypePractice, f.FromPractice)
	b.slugs("to.pattern", content.TypePattern, f.ToPattern)
	b.slugs("to.practice", content.TypePractice, f.ToPractice)
	nested(b, f.And, f.Or, f.Not, migrationFilter)
}
