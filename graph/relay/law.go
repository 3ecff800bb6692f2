package relay

import "patternhub/content"

// LawConnection is a list of laws.
type LawConnection = Connection[content.Law, Edge[content.Law]]

// LawEdge is one place in such a list.
type LawEdge = Edge[content.Law]

// LawPayload is what became of a write to a law.
type LawPayload = Payload[content.Law]
