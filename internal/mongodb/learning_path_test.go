package mongodb_test

import "patternhub/internal/content"

// learningPathLists describes the lists of learning path entries for TestListsOfTheSeed.
func learningPathLists() listed[*content.LearningPath, content.LearningPathFilter] {
	return listed[*content.LearningPath, content.LearningPathFilter]{
		in: func(g *content.Graph) content.Collection[*content.LearningPath] {
			return g.LearningPaths
		},
		filters: map[string]func(*content.LearningPath) any{
			"Kind":          func(e *content.LearningPath) any { return e.Kind },
			"Role":          func(e *content.LearningPath) any { return e.RoleKey },
			"DurationWeeks": func(e *content.LearningPath) any { return e.DurationWeeks },
		},
		facets: map[string]func(*content.LearningPath) any{
			"KIND": func(e *content.LearningPath) any { return e.Kind },
			"ROLE": func(e *content.LearningPath) any { return e.RoleKey },
		},
		labels: map[string]content.EntryType{
			"ROLE": content.TypeRole,
		},
		orders: []string{"DURATION_WEEKS"},
	}
}
