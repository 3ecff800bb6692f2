package mongodb

import "patternhub/content"

// pageSpec tells how pages are kept: their page fields, filters, orders and facets.
func pageSpec() spec[content.Page, content.PageFilter] {
	return spec[content.Page, content.PageFilter]{
		entryType: content.TypePage,
		field:     readPage,
		name:      "pages",
		filter:    pageFilter,
		page:      []string{"body"},
	}
}

func pageFilter(b *filterBuilder, f *content.PageFilter) {
	b.entry(&f.EntryFilter)
	nested(b, f.And, f.Or, f.Not, pageFilter)
}

func readPage(r *reader, p *content.Page) {
	switch string(r.name()) {
	case "body":
		fields(r, &p.Body, readRichText)
	default:
		readMeta(r, &p.Meta)
	}
}
