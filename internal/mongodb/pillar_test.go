package mongodb_test

import "patternhub/internal/content"

// pillarLists describes the lists of pillar entries for TestListsOfTheSeed.
func pillarLists() listed[*content.Pillar, content.PillarFilter] {
	return listed[*content.Pillar, content.PillarFilter]{
		in:     func(g *content.Graph) content.Collection[*content.Pillar] { return g.Pillars },
		orders: []string{"NUMBER"},
	}
}
