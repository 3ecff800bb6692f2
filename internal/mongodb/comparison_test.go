package mongodb_test

import "patternhub/internal/content"

// comparisonLists describes the lists of comparison entries for TestListsOfTheSeed.
func comparisonLists() listed[*content.Comparison, content.ComparisonFilter] {
	return listed[*content.Comparison, content.ComparisonFilter]{
		in: func(g *content.Graph) content.Collection[*content.Comparison] {
			return g.Comparisons
		},
		filters: map[string]func(*content.Comparison) any{
			"Pattern":  func(e *content.Comparison) any { return patternsOf(e.Subjects) },
			"Practice": func(e *content.Comparison) any { return practicesOf(e.Subjects) },
		},
	}
}

func patternsOf(subjects []content.Subject) []string {
	var out []string
	for _, s := range subjects {
		out = append(out, s.PatternKey)
	}
	return out
}

func practicesOf(subjects []content.Subject) []string {
	var out []string
	for _, s := range subjects {
		out = append(out, s.PracticeKey)
	}
	return out
}
