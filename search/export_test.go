package search

import "patternhub/content"

// CardOf gives what is kept of an entry beside the index.
func CardOf(h *content.Meta, aliases []string) any { return newCard(h, aliases) }
