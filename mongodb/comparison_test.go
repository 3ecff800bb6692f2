package mongodb_test

import "patternhub/content"

// comparisonLists says what lists of comparison entries are asked by.
func comparisonLists() listed[content.Comparison, content.ComparisonFilter] {
	return listed[content.Comparison, content.ComparisonFilter]{
		in: func(g *content.Graph) content.Collection[content.Comparison, content.ComparisonFilter] {
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
