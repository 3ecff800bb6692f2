package mongodb_test

import "patternhub/content"

// roleLists says what lists of role entries are asked by.
func roleLists() listed[content.Role, content.RoleFilter] {
	return listed[content.Role, content.RoleFilter]{
		in:     func(g *content.Graph) content.Collection[content.Role, content.RoleFilter] { return g.Roles },
		orders: []string{"ORDER"},
	}
}
