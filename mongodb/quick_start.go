package mongodb

import "patternhub/content"

// quickStartSpec tells how quickStarts are kept: their page fields, filters, orders and facets.
func quickStartSpec() spec[content.QuickStart, content.QuickStartFilter] {
	return spec[content.QuickStart, content.QuickStartFilter]{
		entryType: content.TypeQuickStart,
		field:     readQuickStart,
		name:      "quick_starts",
		filter:    quickStartFilter,
		page:      []string{"body", "provenance"},
		orders:    map[string]string{"TOTAL_MINUTES": "totalMinutes"},
		indexes:   []string{"kind", "audience"},
		facets: map[string]facet{
			"KIND":     {path: "kind"},
			"AUDIENCE": {path: "audience"},
		},
	}
}

func quickStartFilter(b *filterBuilder, f *content.QuickStartFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	enums(b, "audience", f.Audience)
	b.slugs("patterns", content.TypePattern, f.Pattern)
	nested(b, f.And, f.Or, f.Not, quickStartFilter)
}

func readQuickStart(r *reader, q *content.QuickStart) {
	switch string(r.name()) {
	case "kind":
		q.Kind = enum[content.QuickStartKind](r)
	case "audience":
		q.Audience = enum[content.QuickStartAudience](r)
	case "totalMinutes":
		q.TotalMinutes = optional(r, (*reader).int)
	case "steps":
		q.Steps = objects(r, readQuickStartStep)
	case "startWith":
		q.StartWith = objects(r, readSubject)
	case "scenarios":
		q.Scenarios = objects(r, readQuickStartScenario)
	case "assessmentQuestions":
		q.AssessmentQuestions = optional(r, (*reader).int)
	case "assessmentTarget":
		q.AssessmentTarget = optional(r, (*reader).int)
	case "sprints":
		q.Sprints = r.strings()
	case "months":
		q.Months = r.strings()
	case "metrics":
		q.Metrics = objects(r, readBeforeAfter)
	case "maturityAreas":
		q.MaturityAreas = r.strings()
	case "maturityLevels":
		q.MaturityLevels = optional(r, (*reader).int)
	case "targetLevel":
		q.TargetLevel = optional(r, (*reader).int)
	case "phases":
		q.Phases = objects(r, readAdoptionPhase)
	case "governance":
		q.Governance = objects(r, readGovernanceRule)
	case "returns":
		q.Returns = objects(r, readInvestmentReturn)
	case "users":
		q.Users = object(r, readIntRange)
	case "patterns":
		q.PatternKeys = r.strings()
	case "caseStudies":
		q.CaseStudyKeys = r.strings()
	case "body":
		fields(r, &q.Body, readRichText)
	case "provenance":
		fields(r, &q.Provenance, readProvenance)
	default:
		readMeta(r, &q.Meta)
	}
}

func readQuickStartStep(r *reader, q *content.QuickStartStep) {
	switch string(r.name()) {
	case "order":
		q.Order = r.int()
	case "label":
		q.Label = r.string()
	case "summary":
		q.Summary = r.string()
	case "minutes":
		q.Minutes = r.int()
	}
}

func readQuickStartScenario(r *reader, q *content.QuickStartScenario) {
	switch string(r.name()) {
	case "scenario":
		q.Scenario = r.string()
	case "gold":
		q.Gold = objects(r, readSubject)
	case "silver":
		q.Silver = objects(r, readSubject)
	case "avoid":
		q.Avoid = objects(r, readSubject)
	}
}

func readBeforeAfter(r *reader, b *content.BeforeAfter) {
	switch string(r.name()) {
	case "metric":
		b.Metric = r.string()
	case "before":
		b.Before = r.string()
	case "target":
		b.Target = r.string()
	}
}

func readAdoptionPhase(r *reader, a *content.AdoptionPhase) {
	switch string(r.name()) {
	case "label":
		a.Label = r.string()
	case "months":
		fields(r, &a.Months, readIntRange)
	}
}

func readGovernanceRule(r *reader, g *content.GovernanceRule) {
	switch string(r.name()) {
	case "tier":
		g.TierKey = r.string()
	case "rule":
		g.Rule = r.string()
	}
}

func readInvestmentReturn(r *reader, i *content.InvestmentReturn) {
	switch string(r.name()) {
	case "investment":
		i.Investment = r.string()
	case "engineers":
		i.Engineers = optional(r, (*reader).int)
	case "usd":
		i.USD = optional(r, (*reader).int)
	case "multiple":
		i.Multiple = r.int()
	}
}
