package mongodb_test

import "patternhub/internal/content"

// quickStartLists describes the lists of quick start entries for TestListsOfTheSeed.
func quickStartLists() listed[*content.QuickStart, content.QuickStartFilter] {
	return listed[*content.QuickStart, content.QuickStartFilter]{
		in: func(g *content.Graph) content.Collection[*content.QuickStart] {
			return g.QuickStarts
		},
		filters: map[string]func(*content.QuickStart) any{
			"Kind":     func(e *content.QuickStart) any { return e.Kind },
			"Audience": func(e *content.QuickStart) any { return e.Audience },
			"Pattern":  func(e *content.QuickStart) any { return e.PatternKeys },
		},
		facets: map[string]func(*content.QuickStart) any{
			"KIND":     func(e *content.QuickStart) any { return e.Kind },
			"AUDIENCE": func(e *content.QuickStart) any { return e.Audience },
		},
		orders: []string{"TOTAL_MINUTES"},
	}
}
