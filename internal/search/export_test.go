package search

import "patternhub/internal/content"

// CardOf returns the card of an entry.
func CardOf(h *content.Meta, aliases []string) any { return newCard(h, aliases) }
