package relay

import "patternhub/content"

// PracticeConnection is a list of practices.
type PracticeConnection = Connection[content.Practice, Edge[content.Practice]]

// PracticeEdge is one place in such a list.
type PracticeEdge = Edge[content.Practice]

// PracticePayload is what became of a write to a practice.
type PracticePayload = Payload[content.Practice]
