package relay

import "patternhub/content"

// PageConnection is a list of pages.
type PageConnection = Connection[content.Page, Edge[content.Page]]

// PageEdge is one place in such a list.
type PageEdge = Edge[content.Page]

// PagePayload is what became of a write to a page.
type PagePayload = Payload[content.Page]
