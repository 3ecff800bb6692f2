package mongodb_test

import "patternhub/content"

// lawLists says what lists of law entries are asked by.
func lawLists() listed[content.Law, content.LawFilter] {
	return listed[content.Law, content.LawFilter]{
		in:     func(g *content.Graph) content.Collection[content.Law, content.LawFilter] { return g.Laws },
		orders: []string{"NUMBER", "LEARNING_ORDER"},
	}
}
