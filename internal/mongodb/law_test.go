package mongodb_test

import "patternhub/internal/content"

// lawLists describes the lists of law entries for TestListsOfTheSeed.
func lawLists() listed[*content.Law, content.LawFilter] {
	return listed[*content.Law, content.LawFilter]{
		in:     func(g *content.Graph) content.Collection[*content.Law] { return g.Laws },
		orders: []string{"NUMBER", "LEARNING_ORDER"},
	}
}
