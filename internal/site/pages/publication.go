package pages

import "strings"

// Section returns the part of entries' pages that shows a field whenever it has a value, by the list of the
// type, such as /patterns. It is empty for a field in the head of the page, and for its text.
func Section(list, field string) string { return sections[list][field] }

// sections are the parts of pages by list and field.
var sections = map[string]map[string]string{
	"/case-studies": {
		"scale": "scale", "companies": "companies", "patterns": "patterns", "practices": "elsewhere", "techniques": "elsewhere",
		"laws": "elsewhere", "pillars": "elsewhere", "provenance": "sources",
	},
	"/companies": {"scale": "scale", "references": "references", "owner": "elsewhere", "patternStack": "elsewhere"},
	"/comparisons": {
		"subjects": "subjects", "ratings": "ratings", "scenarios": "scenarios", "parentPattern": "elsewhere", "provenance": "sources",
	},
	"/guides": {
		"phases": "phases", "criteria": "criteria", "targets": "targets", "tradeOffWeights": "weights", "migrationFactorWeights": "weights",
		"annualCostOfStaying": "costs", "monthlyCosts": "costs", "scaleBands": "bands", "patterns": "patterns", "patternsOnPackPage": "patterns",
		"tiers": "elsewhere", "practices": "elsewhere", "companies": "elsewhere", "exampleCompanies": "elsewhere", "provenance": "sources",
	},
	"/journeys": {"phases": "phases", "outcomes": "outcomes", "companies": "companies", "provenance": "sources"},
	"/laws": {
		"interactions": "interactions", "combinations": "combinations", "loops": "loops", "pillars": "pillars", "directPillars": "pillars",
		"keyPatterns": "patterns", "formerAxioms": "former", "provenance": "sources",
	},
	"/learning-paths": {"steps": "steps", "patterns": "patterns", "linkedFromRole": "elsewhere", "provenance": "sources"},
	"/migrations": {
		"from": "way", "to": "way", "viaPatterns": "way", "steps": "steps", "improvements": "improvements", "thresholds": "thresholds",
		"complexityPoints": "complexity", "scoreBands": "scores", "complexityFactors": "factors", "teamSizes": "figures",
		"rolloutPercent": "figures", "exampleDurationMonths": "figures", "exampleDurationsMonths": "figures", "checklistItems": "figures",
		"statedStepCount": "figures", "named": "figures", "figuresFrom": "figures", "effortClaims": "claims", "durationClaims": "claims",
		"relatedPatterns": "patterns", "provenance": "sources",
	},
	"/patterns": {
		"problem": "problem", "solution": "solution", "whenToUse": "when", "whenNotToUse": "when", "tradeOffs": "trade-offs",
		"checklist": "checklist", "companies": "companies", "relatedPatterns": "related", "laws": "elsewhere", "pillars": "elsewhere",
		"modernAlternatives": "elsewhere", "provenance": "sources",
	},
	"/pillars": {
		"keyPatterns": "techniques", "keyTechniques": "techniques", "example": "example", "combinations": "combinations",
		"lawsOnIndex": "laws", "patternFit": "fit", "provenance": "sources",
	},
	"/practices": {"replacedBy": "instead", "conflictsWith": "conflicts", "sources": "sources"},
	"/quick-starts": {
		"startWith": "start", "steps": "steps", "scenarios": "scenarios", "sprints": "sprints", "months": "months", "phases": "phases",
		"metrics": "metrics", "maturityAreas": "maturity", "governance": "governance", "returns": "returns", "patterns": "patterns",
		"caseStudies": "elsewhere", "provenance": "sources",
	},
	"/roles": {"pillarOrder": "pillars"},
	"/tiers": {"criteria": "criteria", "targets": "targets", "provenance": "sources"},
}

// fieldWords are the words for fields whose names say little to readers.
var fieldWords = map[string]string{"body": "text", "provenance": "sources", "slug": "address"}

// inWords returns the name of a field as readers say it: "trade offs" for tradeOffs.
func inWords(field string) string {
	if words, ok := fieldWords[field]; ok {
		return words
	}
	return strings.ToLower(hyphens.ReplaceAllString(field, " $0"))
}

// isNew reports whether an entry was not published before the day of its last publish. Of an older publish,
// of which nothing more is known, the first revision is new. An import publishes in parts, and a later part
// may bring relations to an entry of an earlier one, which is then no less new.
func (c Changed) isNew() bool {
	switch p := c.Publication; {
	case p == nil:
		return c.Revision == 1
	case p.Replaced == nil:
		return true
	default:
		return *p.Replaced == c.Revision && day(&c.CreatedAt) == day(c.PublishedAt)
	}
}

// differences returns what the last publish changed: the fields with a new value, which lead to their
// parts of the page, and in its last group those without one.
func (c Changed) differences(list string) []group {
	p := c.Publication
	if p == nil || c.isNew() {
		return nil
	}
	changed := group{Title: "Changed"}
	for _, field := range p.Changed {
		to := c.ResourcePath
		if section := Section(list, field); section != "" {
			to += "#" + section
		}
		changed.Items = append(changed.Items, item{Text: inWords(field), URL: to})
	}
	removed := group{Title: "Removed"}
	for _, field := range p.Removed {
		removed.Items = append(removed.Items, item{Text: inWords(field)})
	}
	return filled([]group{changed, removed})
}
