package mongodb

import "patternhub/content"

// journeySpec tells how journeys are kept: their page fields, filters, orders and facets.
func journeySpec() spec[content.Journey, content.JourneyFilter] {
	return spec[content.Journey, content.JourneyFilter]{
		entryType: content.TypeJourney,
		name:      "journeys",
		filter:    journeyFilter,
		page:      []string{"body"},
		orders:    map[string]string{"SUCCESS_RATE": "successRate"},
		indexes:   []string{"difficulty", "audience", "successRate"},
		facets: map[string]facet{
			"DIFFICULTY": {path: "difficulty"},
			"AUDIENCE":   {path: "audience"},
		},
	}
}

func journeyFilter(b *filterBuilder, f *content.JourneyFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "difficulty", f.Difficulty)
	enums(b, "audience", f.Audience)
	b.slugs("phases.patterns", content.TypePattern, f.Pattern)
	b.ints("successRate", f.SuccessRate)
	nested(b, f.And, f.Or, f.Not, journeyFilter)
}
