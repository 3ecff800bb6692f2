package mongodb_test

import "patternhub/content"

// tierLists says what lists of tier entries are asked by.
func tierLists() listed[content.Tier, content.TierFilter] {
	return listed[content.Tier, content.TierFilter]{
		in:     func(g *content.Graph) content.Collection[content.Tier, content.TierFilter] { return g.Tiers },
		orders: []string{"RANK"},
	}
}
