package mongodb

import "patternhub/content"

// roleSpec tells how roles are kept: their page fields, filters, orders and facets.
func roleSpec() spec[content.Role, content.RoleFilter] {
	return spec[content.Role, content.RoleFilter]{
		entryType: content.TypeRole,
		name:      "roles",
		filter:    roleFilter,
		page:      []string{"body"},
		orders:    map[string]string{"ORDER": "order"},
	}
}

func roleFilter(b *filterBuilder, f *content.RoleFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, roleFilter)
}
