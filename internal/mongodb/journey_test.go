package mongodb_test

import "patternhub/internal/content"

// journeyLists describes the lists of journey entries for TestListsOfTheSeed.
func journeyLists() listed[*content.Journey, content.JourneyFilter] {
	return listed[*content.Journey, content.JourneyFilter]{
		in: func(g *content.Graph) content.Collection[*content.Journey] { return g.Journeys },
		filters: map[string]func(*content.Journey) any{
			"Difficulty":  func(e *content.Journey) any { return e.Difficulty },
			"Audience":    func(e *content.Journey) any { return e.Audience },
			"Pattern":     func(e *content.Journey) any { return walked(e) },
			"SuccessRate": func(e *content.Journey) any { return e.SuccessRate },
		},
		facets: map[string]func(*content.Journey) any{
			"DIFFICULTY": func(e *content.Journey) any { return e.Difficulty },
			"AUDIENCE":   func(e *content.Journey) any { return e.Audience },
		},
		orders: []string{"SUCCESS_RATE"},
	}
}

func walked(j *content.Journey) []string {
	var out []string
	for _, p := range j.Phases {
		out = append(out, p.PatternKeys...)
	}
	return out
}
