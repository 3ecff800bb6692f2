package mongodb

import "patternhub/content"

// companySpec tells how companies are kept: their page fields, filters, orders and facets.
func companySpec() spec[content.Company, content.CompanyFilter] {
	return spec[content.Company, content.CompanyFilter]{
		entryType: content.TypeCompany,
		field:     readCompany,
		name:      "companies",
		filter:    companyFilter,
		page:      []string{"body"},
		folded:    []string{"industry", "aliases"},
		indexes:   []string{"kind"},
		facets: map[string]facet{
			"KIND":     {path: "kind"},
			"INDUSTRY": {path: "industry"},
			"OWNER":    {path: "owner", labels: content.TypeCompany},
		},
	}
}

func companyFilter(b *filterBuilder, f *content.CompanyFilter) {
	b.entry(&f.EntryFilter)
	enums(b, "kind", f.Kind)
	b.text("industry", f.Industry)
	b.slugs("owner", content.TypeCompany, f.Owner)
	b.text("aliases", f.Aliases)
	nested(b, f.And, f.Or, f.Not, companyFilter)
}

func readCompany(r *reader, c *content.Company) {
	switch string(r.name()) {
	case "kind":
		c.Kind = enum[content.CompanyKind](r)
	case "industry":
		c.Industry = r.string()
	case "aliases":
		c.Aliases = r.strings()
	case "scale":
		c.Scale = r.strings()
	case "mentionedIn":
		c.MentionedIn = optional(r, (*reader).string)
	case "references":
		c.References = objects(r, readReferenceCount)
	case "owner":
		c.OwnerKey = r.string()
	case "patternStack":
		c.PatternStackKeys = r.strings()
	case "body":
		fields(r, &c.Body, readRichText)
	default:
		readMeta(r, &c.Meta)
	}
}

func readReferenceCount(r *reader, v *content.ReferenceCount) {
	switch string(r.name()) {
	case "source":
		v.Source = r.string()
	case "count":
		v.Count = r.int()
	}
}
