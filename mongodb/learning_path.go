package mongodb

import "patternhub/content"

// learningPathSpec tells how learningPaths are kept: their page fields, filters, orders and facets.
func learningPathSpec() spec[content.LearningPath, content.LearningPathFilter] {
	return spec[content.LearningPath, content.LearningPathFilter]{
		entryType: content.TypeLearningPath,
		field:     readLearningPath,
		name:      "learning_paths",
		filter:    learningPathFilter,
		page:      []string{"body", "provenance"},
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

func readLearningPath(r *reader, l *content.LearningPath) {
	switch string(r.name()) {
	case "kind":
		l.Kind = enum[content.LearningPathKind](r)
	case "role":
		l.RoleKey = r.string()
	case "linkedFromRole":
		l.LinkedFromRoleKey = r.string()
	case "roleLabel":
		l.RoleLabel = optional(r, (*reader).string)
	case "topic":
		l.Topic = optional(r, (*reader).string)
	case "seedLink":
		l.SeedLink = optional(r, (*reader).string)
	case "durationWeeks":
		l.DurationWeeks = optional(r, (*reader).int)
	case "durationWeeksRange":
		l.DurationWeeksRange = object(r, readIntRange)
	case "durationWeeksOnPage":
		l.DurationWeeksOnPage = object(r, readIntRange)
	case "totalHours":
		l.TotalHours = object(r, readIntRange)
	case "weekStart":
		l.WeekStart = optional(r, (*reader).int)
	case "weekEnd":
		l.WeekEnd = optional(r, (*reader).int)
	case "steps":
		l.Steps = objects(r, readLearningStep)
	case "patterns":
		l.PatternKeys = r.strings()
	case "body":
		fields(r, &l.Body, readRichText)
	case "provenance":
		fields(r, &l.Provenance, readProvenance)
	default:
		readMeta(r, &l.Meta)
	}
}

func readLearningStep(r *reader, l *content.LearningStep) {
	switch string(r.name()) {
	case "order":
		l.Order = r.int()
	case "weekStart":
		l.WeekStart = r.int()
	case "weekEnd":
		l.WeekEnd = r.int()
	case "label":
		l.Label = r.string()
	case "summary":
		l.Summary = r.string()
	case "links":
		l.Links = objects(r, readStepLink)
	}
}

func readStepLink(r *reader, s *content.StepLink) {
	switch string(r.name()) {
	case "category":
		s.Category = optional(r, enum[content.PatternCategory])
	case "section":
		s.Section = optional(r, (*reader).string)
	case "law":
		s.LawKey = r.string()
	case "pillar":
		s.PillarKey = r.string()
	case "tier":
		s.TierKey = r.string()
	case "guide":
		s.GuideKey = r.string()
	case "pattern":
		s.PatternKey = r.string()
	case "quickStart":
		s.QuickStartKey = r.string()
	}
}
