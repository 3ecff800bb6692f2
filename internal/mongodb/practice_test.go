package mongodb_test

import "patternhub/internal/content"

// practiceLists describes the lists of practice entries for TestListsOfTheSeed.
func practiceLists() listed[*content.Practice, content.PracticeFilter] {
	return listed[*content.Practice, content.PracticeFilter]{
		in: func(g *content.Graph) content.Collection[*content.Practice] {
			return g.Practices
		},
		filters: map[string]func(*content.Practice) any{
			"Kind":            func(e *content.Practice) any { return e.Kind },
			"TierClaim":       func(e *content.Practice) any { return e.TierClaimKey },
			"MigrationEffort": func(e *content.Practice) any { return e.MigrationEffort },
			"Aliases":         func(e *content.Practice) any { return e.Aliases },
		},
		facets: map[string]func(*content.Practice) any{
			"KIND":             func(e *content.Practice) any { return e.Kind },
			"TIER_CLAIM":       func(e *content.Practice) any { return e.TierClaimKey },
			"MIGRATION_EFFORT": func(e *content.Practice) any { return e.MigrationEffort },
		},
		labels: map[string]content.EntryType{
			"TIER_CLAIM": content.TypeTier,
		},
	}
}
