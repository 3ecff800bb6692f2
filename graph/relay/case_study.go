package relay

import "patternhub/content"

// CaseStudyConnection is a list of caseStudies.
type CaseStudyConnection = Connection[content.CaseStudy, Edge[content.CaseStudy]]

// CaseStudyEdge is one place in such a list.
type CaseStudyEdge = Edge[content.CaseStudy]

// CaseStudyCompanyConnection is a list of companies; an edge tells that a study is about a company, or has it as an example.
type CaseStudyCompanyConnection = Connection[content.Company, CaseStudyCompanyEdge]

// CaseStudyCompanyEdge is one place in such a list.
type CaseStudyCompanyEdge struct {
	Edge[content.Company]
	content.CompanyPart
}

// NewCaseStudyCompanyEdge puts an edge and its statement together.
func NewCaseStudyCompanyEdge(e Edge[content.Company], d content.CompanyPart) *CaseStudyCompanyEdge {
	return &CaseStudyCompanyEdge{Edge: e, CompanyPart: d}
}

// CaseStudyPatternConnection is a list of patterns; an edge tells that a pattern plays a part in a study.
type CaseStudyPatternConnection = Connection[content.Pattern, CaseStudyPatternEdge]

// CaseStudyPatternEdge is one place in such a list.
type CaseStudyPatternEdge struct {
	Edge[content.Pattern]
	content.PatternUse
}

// NewCaseStudyPatternEdge puts an edge and its statement together.
func NewCaseStudyPatternEdge(e Edge[content.Pattern], d content.PatternUse) *CaseStudyPatternEdge {
	return &CaseStudyPatternEdge{Edge: e, PatternUse: d}
}

// CaseStudyPayload is what became of a write to a case study.
type CaseStudyPayload = Payload[content.CaseStudy]
