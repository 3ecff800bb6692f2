package relay

import "patternhub/content"

// JourneyConnection is a list of journeys.
type JourneyConnection = Connection[content.Journey, Edge[content.Journey]]

// JourneyEdge is one place in such a list.
type JourneyEdge = Edge[content.Journey]

// JourneyPayload is what became of a write to a journey.
type JourneyPayload = Payload[content.Journey]
