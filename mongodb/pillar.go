package mongodb

import "patternhub/content"

// pillarSpec tells how pillars are kept: their page fields, filters, orders and facets.
func pillarSpec() spec[content.Pillar, content.PillarFilter] {
	return spec[content.Pillar, content.PillarFilter]{
		entryType: content.TypePillar,
		field:     readPillar,
		name:      "pillars",
		filter:    pillarFilter,
		page:      []string{"body", "provenance"},
		orders:    map[string]string{"NUMBER": "number"},
	}
}

func pillarFilter(b *filterBuilder, f *content.PillarFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, pillarFilter)
}

func readPillar(r *reader, p *content.Pillar) {
	switch string(r.name()) {
	case "number":
		p.Number = r.int()
	case "shortCode":
		p.ShortCode = r.string()
	case "difficulty":
		p.Difficulty = optional(r, enum[content.Difficulty])
	case "readingMinutes":
		p.ReadingMinutes = optional(r, (*reader).int)
	case "studyHours":
		fields(r, &p.StudyHours, readIntRange)
	case "keyPatterns":
		p.KeyPatterns = objects(r, readSubject)
	case "keyTechniques":
		p.KeyTechniques = r.strings()
	case "example":
		p.Example = object(r, readPillarExample)
	case "combinations":
		p.Combinations = objects(r, readPillarCombination)
	case "lawsOnIndex":
		p.LawsOnIndexKeys = r.strings()
	case "patternFit":
		p.PatternFits = objects(r, readPatternFit)
	case "body":
		fields(r, &p.Body, readRichText)
	case "provenance":
		fields(r, &p.Provenance, readProvenance)
	default:
		readMeta(r, &p.Meta)
	}
}

func readPillarExample(r *reader, p *content.PillarExample) {
	switch string(r.name()) {
	case "company":
		p.CompanyKey = r.string()
	case "scale":
		p.Scale = r.string()
	}
}

func readPillarCombination(r *reader, p *content.PillarCombination) {
	switch string(r.name()) {
	case "pillars":
		p.PillarKeys = r.strings()
	case "company":
		p.CompanyKey = r.string()
	case "pattern":
		p.PatternKey = r.string()
	case "practice":
		p.PracticeKey = r.string()
	}
}

func readPatternFit(r *reader, p *content.PatternFit) {
	switch string(r.name()) {
	case "pattern":
		p.PatternKey = r.string()
	case "fit":
		p.Fit = r.int()
	}
}
