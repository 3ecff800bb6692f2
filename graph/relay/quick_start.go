package relay

import "patternhub/content"

// QuickStartConnection is a list of quickStarts.
type QuickStartConnection = Connection[content.QuickStart, Edge[content.QuickStart]]

// QuickStartEdge is one place in such a list.
type QuickStartEdge = Edge[content.QuickStart]

// QuickStartPayload is what became of a write to a quick start.
type QuickStartPayload = Payload[content.QuickStart]
