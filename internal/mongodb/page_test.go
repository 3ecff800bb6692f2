package mongodb_test

import "patternhub/internal/content"

// pageLists describes the lists of page entries for TestListsOfTheSeed.
func pageLists() listed[*content.Page, content.PageFilter] {
	return listed[*content.Page, content.PageFilter]{
		in: func(g *content.Graph) content.Collection[*content.Page] { return g.Pages },
	}
}
