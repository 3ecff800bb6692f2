package mongodb_test

import "patternhub/content"

// pageLists says what lists of page entries are asked by.
func pageLists() listed[content.Page, content.PageFilter] {
	return listed[content.Page, content.PageFilter]{
		in: func(g *content.Graph) content.Collection[content.Page, content.PageFilter] { return g.Pages },
	}
}
