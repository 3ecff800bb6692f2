package mongodb

import "patternhub/content"

// patternSpec tells how patterns are kept: their page fields, filters, orders and facets.
func patternSpec() spec[content.Pattern, content.PatternFilter] {
	return spec[content.Pattern, content.PatternFilter]{
		entryType: content.TypePattern,
		field:     readPattern,
		name:      "patterns",
		filter:    patternFilter,
		page:      []string{"problem", "solution", "whenToUse", "whenNotToUse", "tradeOffs", "checklist", "body", "tierClaims", "provenance"},
		orders:    map[string]string{"READING_MINUTES": "readingMinutes", "INTRODUCED": "introduced"},
		folded:    []string{"tags"},
		indexes:   []string{"category", "difficulty", "relevance", "recommendation", "catalogGroup", "catalogStatus", "problemDomains", "enhanced", "readingMinutes"},
		facets: map[string]facet{
			"TIER":           {path: "tier", labels: content.TypeTier},
			"CATEGORY":       {path: "category"},
			"DIFFICULTY":     {path: "difficulty"},
			"RELEVANCE":      {path: "relevance"},
			"RECOMMENDATION": {path: "recommendation"},
			"CATALOG_GROUP":  {path: "catalogGroup"},
			"ENHANCED":       {path: "enhanced"},
			"PROBLEM_DOMAIN": {path: "problemDomains", list: true},
			"TAG":            {path: "tags", list: true},
			"LAW":            {path: "laws", list: true, labels: content.TypeLaw},
			"PILLAR":         {path: "pillars", list: true, labels: content.TypePillar},
			"COMPANY":        {path: "companies.company", list: true, labels: content.TypeCompany},
		},
	}
}

func patternFilter(b *filterBuilder, f *content.PatternFilter) {
	b.entry(&f.EntryFilter)
	b.slugs("tier", content.TypeTier, f.Tier)
	enums(b, "category", f.Category)
	enums(b, "difficulty", f.Difficulty)
	enums(b, "relevance", f.Relevance)
	enums(b, "recommendation", f.Recommendation)
	enums(b, "catalogGroup", f.CatalogGroup)
	enums(b, "catalogStatus", f.CatalogStatus)
	enums(b, "problemDomains", f.ProblemDomains)
	b.bool("enhanced", f.Enhanced)
	b.ints("readingMinutes", f.ReadingMinutes)
	b.text("tags", f.Tags)
	b.slugs("laws", content.TypeLaw, f.Law)
	b.slugs("pillars", content.TypePillar, f.Pillar)
	b.slugs("companies.company", content.TypeCompany, f.Company)
	b.slugs("relatedPatterns.pattern", content.TypePattern, f.RelatedTo)
	nested(b, f.And, f.Or, f.Not, patternFilter)
}

func readPattern(r *reader, p *content.Pattern) {
	switch string(r.name()) {
	case "catalogName":
		p.CatalogName = r.string()
	case "tier":
		p.TierKey = r.string()
	case "category":
		p.Category = enum[content.PatternCategory](r)
	case "catalogGroup":
		p.CatalogGroup = enum[content.CatalogGroup](r)
	case "catalogStatus":
		p.CatalogStatus = enum[content.CatalogStatus](r)
	case "recommendation":
		p.Recommendation = enum[content.Recommendation](r)
	case "statedStatus":
		p.StatedStatus = optional(r, (*reader).string)
	case "relevance":
		p.Relevance = enum[content.Relevance](r)
	case "difficulty":
		p.Difficulty = enum[content.Difficulty](r)
	case "introduced":
		p.Introduced = optional(r, (*reader).string)
	case "readingMinutes":
		p.ReadingMinutes = r.int()
	case "aliases":
		p.Aliases = r.strings()
	case "enhanced":
		p.Enhanced = r.bool()
	case "problemDomains":
		p.ProblemDomains = list(r, enum[content.ProblemDomain])
	case "tags":
		p.Tags = r.strings()
	case "prerequisiteTopics":
		p.PrerequisiteTopics = r.strings()
	case "migrationComplexity":
		p.MigrationComplexity = optional(r, enum[content.Effort])
	case "laws":
		p.LawKeys = r.strings()
	case "pillars":
		p.PillarKeys = r.strings()
	case "modernAlternatives":
		p.ModernAlternatives = objects(r, readSubject)
	case "companies":
		p.Adoptions = objects(r, readAdoption)
	case "relatedPatterns":
		p.Relations = objects(r, readRelationRow)
	default:
		readPatternPage(r, p)
	}
}

// readPatternPage reads what only the page of a pattern shows.
func readPatternPage(r *reader, p *content.Pattern) {
	switch string(r.name()) {
	case "problem":
		p.Problem = r.string()
	case "solution":
		p.Solution = r.string()
	case "whenToUse":
		p.WhenToUse = r.strings()
	case "whenNotToUse":
		p.WhenNotToUse = r.strings()
	case "tradeOffs":
		fields(r, &p.TradeOffs, readTradeOffs)
	case "checklist":
		p.Checklist = pointers(objects(r, readChecklistItem))
	case "body":
		fields(r, &p.Body, readRichText)
	case "tierClaims":
		p.TierClaims = objects(r, readTierClaim)
	case "provenance":
		fields(r, &p.Provenance, readProvenance)
	default:
		readMeta(r, &p.Meta)
	}
}

func readTierClaim(r *reader, t *content.TierClaim) {
	switch string(r.name()) {
	case "source":
		t.Source = enum[content.TierClaimSource](r)
	case "tier":
		t.TierKey = r.string()
	case "agrees":
		t.Agrees = r.bool()
	}
}

func readAdoption(r *reader, a *content.Adoption) {
	switch string(r.name()) {
	case "company":
		a.CompanyKey = r.string()
	case "scale":
		a.Scale = optional(r, (*reader).string)
	case "alsoReported":
		a.AlsoReported = r.strings()
	case "sources":
		a.Sources = r.strings()
	case "year":
		a.Year = optional(r, (*reader).int)
	}
}

func readRelationRow(r *reader, v *content.RelationRow) {
	switch string(r.name()) {
	case "pattern":
		v.PatternKey = r.string()
	case "relation":
		v.Relation = enum[content.PatternRelation](r)
	case "weight":
		v.Weight = r.int()
	case "sources":
		v.Sources = r.strings()
	case "inferred":
		v.Inferred = r.bool()
	}
}

func readTradeOffs(r *reader, t *content.TradeOffs) {
	switch string(r.name()) {
	case "pros":
		t.Pros = r.strings()
	case "cons":
		t.Cons = r.strings()
	}
}

func readChecklistItem(r *reader, c *content.ChecklistItem) {
	switch string(r.name()) {
	case "order":
		c.Order = r.int()
	case "text":
		c.Text = r.string()
	}
}
