package relay

import "patternhub/content"

// PillarConnection is a list of pillars.
type PillarConnection = Connection[content.Pillar, Edge[content.Pillar]]

// PillarEdge is one place in such a list.
type PillarEdge = Edge[content.Pillar]

// PillarPatternFitConnection is a list of patterns; an edge tells how well a pattern serves a pillar.
type PillarPatternFitConnection = Connection[content.Pattern, PillarPatternFitEdge]

// PillarPatternFitEdge is one place in such a list.
type PillarPatternFitEdge struct {
	Edge[content.Pattern]
	content.PatternFit
}

// NewPillarPatternFitEdge puts an edge and its statement together.
func NewPillarPatternFitEdge(e Edge[content.Pattern], d content.PatternFit) *PillarPatternFitEdge {
	return &PillarPatternFitEdge{Edge: e, PatternFit: d}
}

// PillarPayload is what became of a write to a pillar.
type PillarPayload = Payload[content.Pillar]
