package mongodb_test

import "patternhub/internal/content"

// roleLists describes the lists of role entries for TestListsOfTheSeed.
func roleLists() listed[*content.Role, content.RoleFilter] {
	return listed[*content.Role, content.RoleFilter]{
		in:     func(g *content.Graph) content.Collection[*content.Role] { return g.Roles },
		orders: []string{"ORDER"},
	}
}
