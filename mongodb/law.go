package mongodb

import "patternhub/content"

// lawSpec tells how laws are kept: their page fields, filters, orders and facets.
func lawSpec() spec[content.Law, content.LawFilter] {
	return spec[content.Law, content.LawFilter]{
		entryType: content.TypeLaw,
		field:     readLaw,
		name:      "laws",
		filter:    lawFilter,
		page:      []string{"body", "provenance"},
		orders:    map[string]string{"NUMBER": "number", "LEARNING_ORDER": "learningOrder"},
	}
}

func lawFilter(b *filterBuilder, f *content.LawFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, lawFilter)
}

func readLaw(r *reader, l *content.Law) {
	switch string(r.name()) {
	case "number":
		l.Number = r.int()
	case "shortCode":
		l.ShortCode = r.string()
	case "group":
		l.Group = enum[content.LawGroup](r)
	case "learningOrder":
		l.LearningOrder = r.int()
	case "difficulty":
		l.Difficulty = optional(r, enum[content.Difficulty])
	case "readingMinutes":
		l.ReadingMinutes = optional(r, (*reader).int)
	case "studyHours":
		fields(r, &l.StudyHours, readIntRange)
	case "pillars":
		l.PillarKeys = r.strings()
	case "directPillars":
		l.DirectPillarKeys = r.strings()
	case "keyPatterns":
		l.KeyPatterns = objects(r, readSubject)
	case "interactions":
		l.Interactions = objects(r, readLawInteraction)
	case "combinations":
		l.Combinations = objects(r, readLawCombination)
	case "loops":
		l.Loops = objects(r, readReinforcementLoop)
	case "formerAxioms":
		l.FormerAxioms = r.strings()
	case "body":
		fields(r, &l.Body, readRichText)
	case "provenance":
		fields(r, &l.Provenance, readProvenance)
	default:
		readMeta(r, &l.Meta)
	}
}

func readLawInteraction(r *reader, l *content.LawInteraction) {
	switch string(r.name()) {
	case "law":
		l.LawKey = r.string()
	case "kind":
		l.Kind = enum[content.LawInteractionKind](r)
	case "example":
		l.Example = optional(r, (*reader).string)
	}
}

func readLawCombination(r *reader, l *content.LawCombination) {
	switch string(r.name()) {
	case "laws":
		l.LawKeys = r.strings()
	case "effect":
		l.Effect = enum[content.CombinationEffect](r)
	case "patterns":
		l.Patterns = objects(r, readSubject)
	}
}

func readReinforcementLoop(r *reader, v *content.ReinforcementLoop) {
	switch string(r.name()) {
	case "name":
		v.Name = r.string()
	case "path":
		v.PathKeys = r.strings()
	case "breakers":
		v.Breakers = objects(r, readSubject)
	}
}
