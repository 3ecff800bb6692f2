package relay

import "patternhub/content"

// CompanyConnection is a list of companies.
type CompanyConnection = Connection[content.Company, Edge[content.Company]]

// CompanyEdge is one place in such a list.
type CompanyEdge = Edge[content.Company]

// CompanyPatternConnection is a list of patterns; an edge tells that a company runs a pattern.
type CompanyPatternConnection = Connection[content.Pattern, CompanyPatternEdge]

// CompanyPatternEdge is one place in such a list.
type CompanyPatternEdge struct {
	Edge[content.Pattern]
	content.Adoption
}

// CompanyPatternEdges makes edges to the entries that state something about the one with that key.
func CompanyPatternEdges(key string) func(Edge[content.Pattern]) *CompanyPatternEdge {
	return func(e Edge[content.Pattern]) *CompanyPatternEdge {
		return &CompanyPatternEdge{Edge: e, Adoption: statement(e.Node.Adoptions, key)}
	}
}

// CompanyCaseStudyConnection is a list of caseStudies; an edge tells that a study is about a company, or has it as an example.
type CompanyCaseStudyConnection = Connection[content.CaseStudy, CompanyCaseStudyEdge]

// CompanyCaseStudyEdge is one place in such a list.
type CompanyCaseStudyEdge struct {
	Edge[content.CaseStudy]
	content.CompanyPart
}

// CompanyCaseStudyEdges makes edges to the entries that state something about the one with that key.
func CompanyCaseStudyEdges(key string) func(Edge[content.CaseStudy]) *CompanyCaseStudyEdge {
	return func(e Edge[content.CaseStudy]) *CompanyCaseStudyEdge {
		return &CompanyCaseStudyEdge{Edge: e, CompanyPart: statement(e.Node.CompanyParts, key)}
	}
}

// CompanyPayload is what became of a write to a company.
type CompanyPayload = Payload[content.Company]
