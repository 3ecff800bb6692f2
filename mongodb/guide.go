package mongodb

import "patternhub/content"

// guideSpec tells how guides are kept: their page fields, filters, orders and facets.
func guideSpec() spec[content.Guide, content.GuideFilter] {
	return spec[content.Guide, content.GuideFilter]{
		entryType: content.TypeGuide,
		field:     readGuide,
		name:      "guides",
		filter:    guideFilter,
		page:      []string{"body", "provenance"},
		orders:    map[string]string{"READING_MINUTES": "readingMinutes"},
		indexes:   []string{"kind", "readingMinutes"},
		facets: map[string]facet{
			"KIND":    {path: "kind"},
			"PATTERN": {path: "patterns", list: true, labels: content.TypePattern},
			"COMPANY": {path: "companies", list: true, labels: content.TypeCompany},
		},
	}
}

func guideFilter(b *filterBuilder, f *content.GuideFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	b.slugs("patterns", content.TypePattern, f.Pattern)
	b.slugs("companies", content.TypeCompany, f.Company)
	b.slugs("tiers", content.TypeTier, f.Tier)
	b.ints("readingMinutes", f.ReadingMinutes)
	nested(b, f.And, f.Or, f.Not, guideFilter)
}

func readGuide(r *reader, g *content.Guide) {
	switch string(r.name()) {
	case "kind":
		g.Kind = enum[content.GuideKind](r)
	case "tier":
		g.TierKey = r.string()
	case "readingMinutes":
		g.ReadingMinutes = optional(r, (*reader).int)
	case "statedPatternCount":
		g.StatedPatternCount = optional(r, (*reader).int)
	case "weeks":
		g.Weeks = optional(r, (*reader).int)
	case "weeksOnPackPage":
		g.WeeksOnPackPage = object(r, readIntRange)
	case "phases":
		g.Phases = objects(r, readGuidePhase)
	case "criteria":
		g.Criteria = objects(r, readFigure)
	case "targets":
		g.Targets = objects(r, readFigure)
	case "tradeOffWeights":
		g.TradeOffWeights = objects(r, readWeight)
	case "migrationFactorWeights":
		g.MigrationFactorWeights = objects(r, readWeight)
	case "annualCostOfStaying":
		g.AnnualCostOfStaying = objects(r, readCostRange)
	case "monthlyCosts":
		g.MonthlyCosts = objects(r, readMonthlyCost)
	case "scaleBands":
		g.ScaleBands = objects(r, readScaleBand)
	case "tiers":
		g.TierKeys = r.strings()
	case "patternsOnPackPage":
		g.PatternsOnPackPageKeys = r.strings()
	case "patterns":
		g.PatternKeys = r.strings()
	case "practices":
		g.PracticeKeys = r.strings()
	case "companies":
		g.CompanyKeys = r.strings()
	case "exampleCompanies":
		g.ExampleCompanyKeys = r.strings()
	case "body":
		fields(r, &g.Body, readRichText)
	case "provenance":
		fields(r, &g.Provenance, readProvenance)
	default:
		readMeta(r, &g.Meta)
	}
}

func readGuidePhase(r *reader, g *content.GuidePhase) {
	switch string(r.name()) {
	case "when":
		g.When = r.string()
	case "label":
		g.Label = r.string()
	case "summary":
		g.Summary = r.string()
	}
}

func readWeight(r *reader, w *content.Weight) {
	switch string(r.name()) {
	case "factor":
		w.Factor = r.string()
	case "weight":
		w.Weight = r.float()
	}
}

func readCostRange(r *reader, c *content.CostRange) {
	switch string(r.name()) {
	case "item":
		c.Item = r.string()
	case "min":
		c.Min = r.int()
	case "max":
		c.Max = r.int()
	}
}

func readMonthlyCost(r *reader, m *content.MonthlyCost) {
	switch string(r.name()) {
	case "item":
		m.Item = r.string()
	case "pattern":
		m.PatternKey = r.string()
	case "usd":
		m.USD = r.int()
	case "transactionsPerSecond":
		m.TransactionsPerSecond = optional(r, (*reader).int)
	}
}

func readScaleBand(r *reader, s *content.ScaleBand) {
	switch string(r.name()) {
	case "band":
		s.Band = r.string()
	case "min":
		s.Min = optional(r, (*reader).int)
	case "max":
		s.Max = optional(r, (*reader).int)
	case "essential":
		s.EssentialKeys = r.strings()
	case "advanced":
		s.AdvancedKeys = r.strings()
	}
}
