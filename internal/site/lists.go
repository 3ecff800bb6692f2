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

var patterns = listing.Spec{
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

var search = listing.Spec{
	Path: "/search", Title: "Search", One: "entry", Many: "entries", Words: "query",
	Facets: []listing.Facet{
		enum("type", "Type", "type", "EntryType"),
		slugs("tier", "Tier"),
		enum("category", "Category", "category", "PatternCategory"),
		enum("difficulty", "Difficulty", "difficulty", "Difficulty"),
	},
}
