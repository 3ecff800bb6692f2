package relay

import "patternhub/content"

// TierConnection is a list of tiers.
type TierConnection = Connection[content.Tier, Edge[content.Tier]]

// TierEdge is one place in such a list.
type TierEdge = Edge[content.Tier]

// TierPayload is what became of a write to a tier.
type TierPayload = Payload[content.Tier]
