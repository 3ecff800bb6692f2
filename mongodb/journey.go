package mongodb

import "patternhub/content"

// journeySpec tells how journeys are kept: their page fields, filters, orders and facets.
func journeySpec() spec[content.Journey, content.JourneyFilter] {
	return spec[content.Journey, content.JourneyFilter]{
		entryType: content.TypeJourney,
		field:     readJourney,
		name:      "journeys",
		filter:    journeyFilter,
		page:      []string{"body", "provenance"},
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

func readJourney(r *reader, j *content.Journey) {
	switch string(r.name()) {
	case "difficulty":
		j.Difficulty = enum[content.Difficulty](r)
	case "audience":
		j.Audience = enum[content.JourneyAudience](r)
	case "durationMonths":
		fields(r, &j.DurationMonths, readIntRange)
	case "durationMonthsOnIndex":
		j.DurationMonthsOnIndex = object(r, readIntRange)
	case "roi":
		j.ROI = r.string()
	case "roiOnPage":
		j.ROIOnPage = optional(r, (*reader).string)
	case "successRate":
		j.SuccessRate = r.int()
	case "successRateOnDashboard":
		j.SuccessRateOnDashboard = optional(r, (*reader).int)
	case "investment":
		j.Investment = enum[content.Investment](r)
	case "phases":
		j.Phases = objects(r, readJourneyPhase)
	case "outcomes":
		j.Outcomes = objects(r, readJourneyOutcome)
	case "companies":
		j.CompanyKeys = r.strings()
	case "body":
		fields(r, &j.Body, readRichText)
	case "provenance":
		fields(r, &j.Provenance, readProvenance)
	default:
		readMeta(r, &j.Meta)
	}
}

func readJourneyPhase(r *reader, j *content.JourneyPhase) {
	switch string(r.name()) {
	case "order":
		j.Order = r.int()
	case "name":
		j.Name = r.string()
	case "summary":
		j.Summary = r.string()
	case "when":
		j.When = object(r, readTimeSpan)
	case "users":
		j.Users = object(r, readIntRange)
	case "tiers":
		j.TierKeys = r.strings()
	case "patterns":
		j.PatternKeys = r.strings()
	case "practices":
		j.PracticeKeys = r.strings()
	case "techniques":
		j.Techniques = r.strings()
	case "targets":
		j.Targets = objects(r, readFigure)
	}
}

func readJourneyOutcome(r *reader, j *content.JourneyOutcome) {
	switch string(r.name()) {
	case "company":
		j.CompanyKey = r.string()
	case "years":
		j.Years = optional(r, (*reader).int)
	case "figures":
		j.Figures = objects(r, readFigure)
	}
}

func readTimeSpan(r *reader, t *content.TimeSpan) {
	switch string(r.name()) {
	case "unit":
		t.Unit = enum[content.TimeUnit](r)
	case "start":
		t.Start = r.int()
	case "end":
		t.End = r.int()
	}
}
