package mongodb_test

import "patternhub/content"

// pillarLists says what lists of pillar entries are asked by.
func pillarLists() listed[content.Pillar, content.PillarFilter] {
	return listed[content.Pillar, content.PillarFilter]{
		in:     func(g *content.Graph) content.Collection[content.Pillar, content.PillarFilter] { return g.Pillars },
		orders: []string{"NUMBER"},
	}
}
