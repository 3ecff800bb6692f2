package mongodb

import "patternhub/content"

// companySpec tells how companies are kept: their page fields, filters, orders and facets.
func companySpec() spec[content.Company, content.CompanyFilter] {
	return spec[content.Company, content.CompanyFilter]{
		entryType: content.TypeCompany,
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
