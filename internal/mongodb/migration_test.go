package mongodb_test

import "patternhub/internal/content"

// migrationLists describes the lists of migration entries for TestListsOfTheSeed.
func migrationLists() listed[*content.Migration, content.MigrationFilter] {
	return listed[*content.Migration, content.MigrationFilter]{
		in: func(g *content.Graph) content.Collection[*content.Migration] {
			return g.Migrations
		},
		filters: map[string]func(*content.Migration) any{
			"Kind":         func(e *content.Migration) any { return e.Kind },
			"Effort":       func(e *content.Migration) any { return e.Effort },
			"Risk":         func(e *content.Migration) any { return e.Risk },
			"FromPattern":  func(e *content.Migration) any { return e.From.PatternKey },
			"FromPractice": func(e *content.Migration) any { return e.From.PracticeKey },
			"ToPattern":    func(e *content.Migration) any { return patternsOf(e.To) },
			"ToPractice":   func(e *content.Migration) any { return practicesOf(e.To) },
		},
		facets: map[string]func(*content.Migration) any{
			"KIND":   func(e *content.Migration) any { return e.Kind },
			"EFFORT": func(e *content.Migration) any { return e.Effort },
			"RISK":   func(e *content.Migration) any { return e.Risk },
		},
	}
}
