package relay

import "patternhub/internal/content"

// PatternRelationConnection is a list of the patterns related to one pattern.
type PatternRelationConnection = Connection[*content.Pattern, *PatternRelationEdge]

// PatternRelationEdge is a related pattern with all its relations; the edge's own is the first.
type PatternRelationEdge struct {
	Edge[*content.Pattern]
	StatedRelation
	Relations []StatedRelation
}

// StatedRelation is one relation of two patterns. Direction names the side that has it.
type StatedRelation struct {
	content.RelationRow
	Direction content.RelationDirection
}
