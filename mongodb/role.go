package mongodb

import "patternhub/content"

// roleSpec tells how roles are kept: their page fields, filters, orders and facets.
func roleSpec() spec[content.Role, content.RoleFilter] {
	return spec[content.Role, content.RoleFilter]{
		entryType: content.TypeRole,
		field:     readRole,
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

func readRole(r *reader, v *content.Role) {
	switch string(r.name()) {
	case "order":
		v.Order = r.int()
	case "seedLink":
		v.SeedLink = r.string()
	case "pillarOrder":
		v.PillarOrderKeys = r.strings()
	case "pillarWeeks":
		v.PillarWeeks = object(r, readIntRange)
	case "pillarPageLabel":
		v.PillarPageLabel = optional(r, (*reader).string)
	case "body":
		fields(r, &v.Body, readRichText)
	default:
		readMeta(r, &v.Meta)
	}
}
