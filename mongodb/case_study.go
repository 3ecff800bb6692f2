package mongodb

import "patternhub/content"

// caseStudySpec tells how caseStudies are kept: their page fields, filters, orders and facets.
func caseStudySpec() spec[content.CaseStudy, content.CaseStudyFilter] {
	return spec[content.CaseStudy, content.CaseStudyFilter]{
		entryType: content.TypeCaseStudy,
		field:     readCaseStudy,
		name:      "case_studies",
		filter:    caseStudyFilter,
		page:      []string{"body", "provenance"},
		orders:    map[string]string{"YEAR": "year", "READING_MINUTES": "readingMinutes"},
		folded:    []string{"domain", "system"},
		indexes:   []string{"kind", "collection", "scaleCategory", "operationalStatus", "difficulty", "year", "readingMinutes"},
		facets: map[string]facet{
			"KIND":           {path: "kind"},
			"COLLECTION":     {path: "collection"},
			"DOMAIN":         {path: "domain"},
			"TIER":           {path: "tier", labels: content.TypeTier},
			"SCALE_CATEGORY": {path: "scaleCategory"},
			"DIFFICULTY":     {path: "difficulty"},
			"YEAR":           {path: "year"},
			"COMPANY":        {path: "companies.company", list: true, labels: content.TypeCompany},
			"PATTERN":        {path: "patterns.pattern", list: true, labels: content.TypePattern},
			"LAW":            {path: "laws", list: true, labels: content.TypeLaw},
			"PILLAR":         {path: "pillars", list: true, labels: content.TypePillar},
		},
	}
}

func caseStudyFilter(b *filterBuilder, f *content.CaseStudyFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	enums(b, "collection", f.Collection)
	b.text("domain", f.Domain)
	b.slugs("tier", content.TypeTier, f.Tier)
	enums(b, "scaleCategory", f.ScaleCategory)
	enums(b, "operationalStatus", f.OperationalStatus)
	enums(b, "difficulty", f.Difficulty)
	b.ints("year", f.Year)
	b.ints("readingMinutes", f.ReadingMinutes)
	b.text("system", f.System)
	b.slugs("companies.company", content.TypeCompany, f.Company)
	b.slugs("patterns.pattern", content.TypePattern, f.Pattern)
	b.slugs("practices", content.TypePractice, f.Practice)
	b.slugs("laws", content.TypeLaw, f.Law)
	b.slugs("pillars", content.TypePillar, f.Pillar)
	nested(b, f.And, f.Or, f.Not, caseStudyFilter)
}

func readCaseStudy(r *reader, c *content.CaseStudy) {
	switch string(r.name()) {
	case "kind":
		c.Kind = enum[content.CaseStudyKind](r)
	case "collection":
		c.Collection = enum[content.CaseStudyCollection](r)
	case "domain":
		c.Domain = r.string()
	case "system":
		c.System = r.string()
	case "tier":
		c.TierKey = r.string()
	case "scaleCategory":
		c.ScaleCategory = optional(r, enum[content.ScaleCategory])
	case "year":
		c.Year = r.int()
	case "operationalStatus":
		c.OperationalStatus = optional(r, enum[content.OperationalStatus])
	case "difficulty":
		c.Difficulty = optional(r, enum[content.Difficulty])
	case "readingMinutes":
		c.ReadingMinutes = optional(r, (*reader).int)
	case "aliases":
		c.Aliases = r.strings()
	case "techniques":
		c.Techniques = r.strings()
	case "scale":
		c.Scale = objects(r, readScaleFigure)
	case "companies":
		c.CompanyParts = objects(r, readCompanyPart)
	case "patterns":
		c.PatternUses = objects(r, readPatternUse)
	case "practices":
		c.PracticeKeys = r.strings()
	case "laws":
		c.LawKeys = r.strings()
	case "pillars":
		c.PillarKeys = r.strings()
	case "body":
		fields(r, &c.Body, readRichText)
	case "provenance":
		fields(r, &c.Provenance, readProvenance)
	default:
		readMeta(r, &c.Meta)
	}
}

func readScaleFigure(r *reader, s *content.ScaleFigure) {
	switch string(r.name()) {
	case "metric":
		s.Metric = r.string()
	case "label":
		s.Label = r.string()
	case "value":
		s.Value = optional(r, (*reader).float)
	case "valueMax":
		s.ValueMax = optional(r, (*reader).float)
	case "unit":
		s.Unit = optional(r, (*reader).string)
	case "comparator":
		s.Comparator = optional(r, enum[content.Comparator])
	case "qualifier":
		s.Qualifier = optional(r, (*reader).string)
	case "year":
		s.Year = optional(r, (*reader).int)
	case "suspect":
		s.Suspect = r.bool()
	}
}

func readCompanyPart(r *reader, c *content.CompanyPart) {
	switch string(r.name()) {
	case "company":
		c.CompanyKey = r.string()
	case "role":
		c.Role = enum[content.CompanyRole](r)
	}
}

func readPatternUse(r *reader, p *content.PatternUse) {
	switch string(r.name()) {
	case "pattern":
		p.PatternKey = r.string()
	case "sources":
		p.Sources = r.strings()
	case "inferred":
		p.Inferred = r.bool()
	case "listedTier":
		p.ListedTierKey = r.string()
	case "listedAs":
		p.ListedAs = r.strings()
	case "mentions":
		p.Mentions = optional(r, (*reader).int)
	}
}
