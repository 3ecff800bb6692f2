package site

import (
	"patternhub/internal/site/listing"
	"patternhub/internal/site/pages"
)

// enum returns a facet by an enum of the schema.
func enum(param, title, field, name string) listing.Facet {
	return listing.Facet{Param: param, Title: title, Field: field, Kind: listing.Enum, Values: pages.EnumValues(name)}
}

// slugs returns a facet by slugs of entries.
func slugs(param, title string) listing.Facet {
	return listing.Facet{Param: param, Title: title, Field: param}
}

// The orders that lists of several types have.
var (
	byName   = listing.Order{Title: "Name"}
	byNewest = listing.Order{Param: "newest", Title: "Newest first", Field: "PUBLISHED_AT", Descending: true}
	byLength = listing.Order{Param: "shortest", Title: "Shortest read first", Field: "READING_MINUTES"}
)

var patternsList = listing.Spec{
	Path: "/patterns", Title: "Patterns", One: "pattern", Many: "patterns",
	Lead: "Proven solutions to recurring problems of distributed systems, with their trade-offs and the companies that run them.",
	Facets: []listing.Facet{
		slugs("tier", "Tier"),
		enum("category", "Category", "category", "PatternCategory"),
		enum("difficulty", "Difficulty", "difficulty", "Difficulty"),
		enum("relevance", "Relevance", "relevance", "Relevance"),
		enum("domain", "Problem", "problemDomains", "ProblemDomain"),
		slugs("law", "Law"),
		slugs("pillar", "Pillar"),
	},
	Orders: []listing.Order{byName, byNewest, byLength, {Param: "introduced", Title: "Oldest first", Field: "INTRODUCED"}},
}

var companiesList = listing.Spec{
	Path: "/companies", Title: "Companies", One: "company", Many: "companies",
	Lead: "Firms, their products and open-source systems, with the patterns that they run and at which scale.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "CompanyKind"),
		slugs("industry", "Industry"),
		slugs("owner", "Owner"),
	},
	Orders: []listing.Order{byName, byNewest},
}

var caseStudiesList = listing.Spec{
	Path: "/case-studies", Title: "Case studies", One: "case study", Many: "case studies",
	Lead: "How real systems were built: their scale in figures, their patterns, and what the laws did to them.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "CaseStudyKind"),
		enum("collection", "Collection", "collection", "CaseStudyCollection"),
		slugs("tier", "Tier"),
		enum("scale", "Scale", "scaleCategory", "ScaleCategory"),
		enum("difficulty", "Difficulty", "difficulty", "Difficulty"),
		slugs("company", "Company"),
		slugs("pattern", "Pattern"),
		slugs("law", "Law"),
		slugs("pillar", "Pillar"),
	},
	Orders: []listing.Order{byName, byNewest, byLength, {Param: "recent", Title: "Latest systems first", Field: "YEAR", Descending: true}},
}

var guidesList = listing.Spec{
	Path: "/guides", Title: "Guides", One: "guide", Many: "guides",
	Lead: "In which order to put patterns in place: implementation guides, packs of patterns, and a guide to each tier.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "GuideKind"),
		slugs("pattern", "Pattern"),
		slugs("company", "Company"),
	},
	Orders: []listing.Order{byName, byNewest, byLength},
}

var migrationsList = listing.Spec{
	Path: "/migrations", Title: "Migrations", One: "migration", Many: "migrations",
	Lead: "Ways from what has aged to what replaces it, with steps, effort and risk.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "MigrationKind"),
		enum("effort", "Effort", "effort", "Effort"),
		enum("risk", "Risk", "risk", "Level"),
	},
	Orders: []listing.Order{byName, byNewest},
}

var journeysList = listing.Spec{
	Path: "/journeys", Title: "Journeys", One: "journey", Many: "journeys",
	Lead: "How whole organisations change, phase by phase, and what it brought them.",
	Facets: []listing.Facet{
		enum("audience", "Audience", "audience", "Audience"),
		enum("difficulty", "Difficulty", "difficulty", "Difficulty"),
	},
	Orders: []listing.Order{byName, byNewest, {Param: "success", Title: "Most successful first", Field: "SUCCESS_RATE", Descending: true}},
}

var learningPathsList = listing.Spec{
	Path: "/learning-paths", Title: "Learning paths", One: "learning path", Many: "learning paths",
	Lead: "What to learn week by week, for each role and each subject.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "LearningPathKind"),
		slugs("role", "Role"),
	},
	Orders: []listing.Order{byName, byNewest, {Param: "shortest", Title: "Shortest first", Field: "DURATION_WEEKS"}},
}

var quickStartsList = listing.Spec{
	Path: "/quick-starts", Title: "Quick starts", One: "quick start", Many: "quick starts",
	Lead: "A first result in half an hour, and challenges for teams.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "QuickStartKind"),
		enum("audience", "Audience", "audience", "Audience"),
	},
	Orders: []listing.Order{byName, byNewest, {Param: "shortest", Title: "Shortest first", Field: "TOTAL_MINUTES"}},
}

var practicesList = listing.Spec{
	Path: "/practices", Title: "Practices", One: "practice", Many: "practices",
	Lead: "What is not among the patterns but beside them: legacy practices, techniques, styles of architecture and theory.",
	Facets: []listing.Facet{
		enum("kind", "Kind", "kind", "PracticeKind"),
		{Param: "tier", Title: "Tier", Field: "tierClaim"},
		enum("effort", "Effort to leave", "migrationEffort", "Effort"),
	},
	Orders: []listing.Order{byName, byNewest},
}

var comparisonsList = listing.Spec{
	Path: "/comparisons", Title: "Comparisons", One: "comparison", Many: "comparisons",
	Lead:   "Rivals side by side, and which of them is best when.",
	Orders: []listing.Order{byName, byNewest},
}

var failuresList = listing.Spec{
	Path: "/failures", Title: "Failures", One: "failure", Many: "failures",
	Lead:   "Outages that taught something, with their causes.",
	Facets: []listing.Facet{slugs("company", "Company")},
	Orders: []listing.Order{byName, byNewest, {Param: "recent", Title: "Latest first", Field: "YEAR", Descending: true}},
}

var pagesList = listing.Spec{
	Path: "/pages", Title: "Pages", One: "page", Many: "pages",
	Lead:   "Everything else, in folders.",
	Orders: []listing.Order{byName, byNewest},
}

// The lists that are short.
var (
	lawsList = listing.Spec{
		Path: "/laws", Title: "Laws", One: "law", Many: "laws", Lead: "What no design can escape.",
	}
	pillarsList = listing.Spec{
		Path: "/pillars", Title: "Pillars", One: "pillar", Many: "pillars", Lead: "The subjects that every design distributes: work, state, truth, control and intelligence.",
	}
	rolesList = listing.Spec{
		Path: "/roles", Title: "Roles", One: "role", Many: "roles", Lead: "Who reads the hub, and what each should learn in which order.",
	}
	tiersList = listing.Spec{
		Path: "/tiers", Title: "Tiers", One: "tier", Many: "tiers", Lead: "How freely a pattern may be chosen.",
	}
)

var search = listing.Spec{
	Path: "/search", Title: "Search", One: "entry", Many: "entries", Words: "query",
	Facets: []listing.Facet{
		enum("type", "Type", "type", "EntryType"),
		slugs("tier", "Tier"),
		enum("category", "Category", "category", "PatternCategory"),
		enum("difficulty", "Difficulty", "difficulty", "Difficulty"),
	},
}
