package relay

import "patternhub/content"

// GuideConnection is a list of guides.
type GuideConnection = Connection[content.Guide, Edge[content.Guide]]

// GuideEdge is one place in such a list.
type GuideEdge = Edge[content.Guide]

// GuidePayload is what became of a write to a guide.
type GuidePayload = Payload[content.Guide]
