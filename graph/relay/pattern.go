package relay

import "patternhub/content"

// PatternConnection is a list of patterns.
type PatternConnection = Connection[content.Pattern, Edge[content.Pattern]]

// PatternEdge is one place in such a list.
type PatternEdge = Edge[content.Pattern]

// PatternCompanyConnection is a list of companies; an edge tells that a company runs a pattern.
type PatternCompanyConnection = Connection[content.Company, PatternCompanyEdge]

// PatternCompanyEdge is one place in such a list.
type PatternCompanyEdge struct {
	Edge[content.Company]
	content.Adoption
}

// NewPatternCompanyEdge puts an edge and its statement together.
func NewPatternCompanyEdge(e Edge[content.Company], d content.Adoption) *PatternCompanyEdge {
	return &PatternCompanyEdge{Edge: e, Adoption: d}
}

// PatternCaseStudyConnection is a list of caseStudies; an edge tells that a pattern plays a part in a study.
type PatternCaseStudyConnection = Connection[content.CaseStudy, PatternCaseStudyEdge]

// PatternCaseStudyEdge is one place in such a list.
type PatternCaseStudyEdge struct {
	Edge[content.CaseStudy]
	content.PatternUse
}

// PatternCaseStudyEdges makes edges to the entries that state something about the one with that key.
func PatternCaseStudyEdges(key string) func(Edge[content.CaseStudy]) *PatternCaseStudyEdge {
	return func(e Edge[content.CaseStudy]) *PatternCaseStudyEdge {
		return &PatternCaseStudyEdge{Edge: e, PatternUse: statement(e.Node.PatternUses, key)}
	}
}

// PatternPillarFitConnection is a list of pillars; an edge tells how well a pattern serves a pillar.
type PatternPillarFitConnection = Connection[content.Pillar, PatternPillarFitEdge]

// PatternPillarFitEdge is one place in such a list.
type PatternPillarFitEdge struct {
	Edge[content.Pillar]
	content.PatternFit
}

// PatternPillarFitEdges makes edges to the entries that state something about the one with that key.
func PatternPillarFitEdges(key string) func(Edge[content.Pillar]) *PatternPillarFitEdge {
	return func(e Edge[content.Pillar]) *PatternPillarFitEdge {
		return &PatternPillarFitEdge{Edge: e, PatternFit: statement(e.Node.PatternFits, key)}
	}
}

// PatternRelationConnection is a list of patterns in relation to another one.
type PatternRelationConnection = Connection[content.Pattern, PatternRelationEdge]

// PatternRelationEdge is one place in such a list. Direction tells who states the relation.
type PatternRelationEdge struct {
	Edge[content.Pattern]
	content.RelationRow
	Direction content.RelationDirection
}

// PatternPayload is what became of a write to a pattern.
type PatternPayload = Payload[content.Pattern]
