package mongodb

import "patternhub/content"

// migrationSpec tells how migrations are kept: their page fields, filters, orders and facets.
func migrationSpec() spec[content.Migration, content.MigrationFilter] {
	return spec[content.Migration, content.MigrationFilter]{
		entryType: content.TypeMigration,
		field:     readMigration,
		name:      "migrations",
		filter:    migrationFilter,
		page:      []string{"body", "provenance"},
		indexes:   []string{"kind", "effort", "risk"},
		facets: map[string]facet{
			"KIND":   {path: "kind"},
			"EFFORT": {path: "effort"},
			"RISK":   {path: "risk"},
		},
	}
}

func migrationFilter(b *filterBuilder, f *content.MigrationFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	enums(b, "effort", f.Effort)
	enums(b, "risk", f.Risk)
	b.slugs("from.pattern", content.TypePattern, f.FromPattern)
	b.slugs("from.practice", content.TypePractice, f.FromPractice)
	b.slugs("to.pattern", content.TypePattern, f.ToPattern)
	b.slugs("to.practice", content.TypePractice, f.ToPractice)
	nested(b, f.And, f.Or, f.Not, migrationFilter)
}

func readMigration(r *reader, m *content.Migration) {
	switch string(r.name()) {
	case "kind":
		m.Kind = enum[content.MigrationKind](r)
	case "from":
		fields(r, &m.From, readSubject)
	case "to":
		m.To = objects(r, readSubject)
	case "effort":
		m.Effort = optional(r, enum[content.Effort])
	case "risk":
		m.Risk = optional(r, enum[content.Level])
	case "impact":
		m.Impact = optional(r, enum[content.Level])
	case "durationMonths":
		m.DurationMonths = object(r, readIntRange)
	case "weeks":
		m.Weeks = optional(r, (*reader).int)
	case "steps":
		m.Steps = objects(r, readMigrationStep)
	case "statedStepCount":
		m.StatedStepCount = optional(r, (*reader).int)
	case "improvements":
		m.Improvements = objects(r, readFigure)
	case "thresholds":
		m.Thresholds = objects(r, readFigure)
	case "paybackMonths":
		m.PaybackMonths = object(r, readIntRange)
	case "effortClaims":
		m.EffortClaims = objects(r, readEffortClaim)
	case "durationClaims":
		m.DurationClaims = objects(r, readDurationClaim)
	default:
		readMigrationExperience(r, m)
	}
}

// readMigrationExperience reads what is known from migrations that were made.
func readMigrationExperience(r *reader, m *content.Migration) {
	switch string(r.name()) {
	case "complexityFactors":
		m.ComplexityFactors = r.strings()
	case "complexityPoints":
		m.ComplexityPoints = objects(r, readComplexityPoint)
	case "scoreBands":
		m.ScoreBands = objects(r, readScoreBand)
	case "teamSizes":
		m.TeamSizes = list(r, (*reader).int)
	case "rolloutPercent":
		m.RolloutPercent = list(r, (*reader).int)
	case "exampleDurationMonths":
		m.ExampleDurationMonths = optional(r, (*reader).int)
	case "exampleDurationsMonths":
		m.ExampleDurationsMonths = list(r, (*reader).int)
	case "checklistItems":
		m.ChecklistItems = optional(r, (*reader).int)
	case "difficulty":
		m.Difficulty = optional(r, enum[content.Difficulty])
	case "readingMinutes":
		m.ReadingMinutes = optional(r, (*reader).int)
	case "figuresFrom":
		m.FiguresFrom = optional(r, (*reader).string)
	case "named":
		m.Named = optional(r, (*reader).string)
	case "viaPatterns":
		m.ViaPatternKeys = r.strings()
	case "relatedPatterns":
		m.RelatedPatternKeys = r.strings()
	case "body":
		fields(r, &m.Body, readRichText)
	case "provenance":
		fields(r, &m.Provenance, readProvenance)
	default:
		readMeta(r, &m.Meta)
	}
}

func readMigrationStep(r *reader, m *content.MigrationStep) {
	switch string(r.name()) {
	case "order":
		m.Order = r.int()
	case "label":
		m.Label = r.string()
	case "summary":
		m.Summary = r.string()
	case "weekStart":
		m.WeekStart = optional(r, (*reader).int)
	case "weekEnd":
		m.WeekEnd = optional(r, (*reader).int)
	}
}

func readEffortClaim(r *reader, e *content.EffortClaim) {
	switch string(r.name()) {
	case "source":
		e.Source = r.string()
	case "effort":
		e.Effort = enum[content.Effort](r)
	}
}

func readDurationClaim(r *reader, d *content.DurationClaim) {
	switch string(r.name()) {
	case "source":
		d.Source = r.string()
	case "weeks":
		fields(r, &d.Weeks, readIntRange)
	}
}

func readComplexityPoint(r *reader, c *content.ComplexityPoint) {
	switch string(r.name()) {
	case "factor":
		c.Factor = r.string()
	case "points":
		c.Points = r.int()
	}
}

func readScoreBand(r *reader, s *content.ScoreBand) {
	switch string(r.name()) {
	case "minPoints":
		s.MinPoints = r.int()
	case "maxPoints":
		s.MaxPoints = r.int()
	case "months":
		fields(r, &s.Months, readIntRange)
	}
}
