package relay

import "patternhub/content"

// ComparisonConnection is a list of comparisons.
type ComparisonConnection = Connection[content.Comparison, Edge[content.Comparison]]

// ComparisonEdge is one place in such a list.
type ComparisonEdge = Edge[content.Comparison]

// ComparisonPayload is what became of a write to a comparison.
type ComparisonPayload = Payload[content.Comparison]
