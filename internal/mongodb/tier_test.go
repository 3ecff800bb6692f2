package mongodb_test

import "patternhub/internal/content"

// tierLists describes the lists of tier entries for TestListsOfTheSeed.
func tierLists() listed[*content.Tier, content.TierFilter] {
	return listed[*content.Tier, content.TierFilter]{
		in:     func(g *content.Graph) content.Collection[*content.Tier] { return g.Tiers },
		orders: []string{"RANK"},
	}
}
