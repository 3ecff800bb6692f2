package mongodb

import "patternhub/content"

// learningPathSpec tells how learningPaths are kept: their page fields, filters, orders and facets.
func learningPathSpec() spec[content.LearningPath, content.LearningPathFilter] {
	return spec[content.LearningPath, content.LearningPathFilter]{
		entryType: content.TypeLearningPath,
		name:      "learning_paths",
		filter:    learningPathFilter,
		page:      []string{"body"},
		orders:    map[string]string{"DURATION_WEEKS": "durationWeeks"},
		indexes:   []string{"kind", "durationWeeks"},
		facets: map[string]facet{
			"KIND": {path: "kind"},
			"ROLE": {path: "role", labels: content.TypeRole},
		},
	}
}

func learningPathFilter(b *filterBuilder, f *content.LearningPathFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	b.slugs("role", content.TypeRole, f.Role)
	b.ints("durationWeeks", f.DurationWeeks)
	nested(b, f.And, f.Or, f.Not, learningPathFilter)
}
