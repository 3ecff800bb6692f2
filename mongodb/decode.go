package mongodb

import "patternhub/content"

// What follows reads the values that entries of several types have; those of one type stand beside
// its spec. A field that is not named stays empty, which a test against the driver's decoder notices.

func readFigure(r *reader, f *content.Figure) {
	switch string(r.name()) {
	case "metric":
		f.Metric = r.string()
	case "label":
		f.Label = r.string()
	case "value":
		f.Value = optional(r, (*reader).float)
	case "valueMax":
		f.ValueMax = optional(r, (*reader).float)
	case "unit":
		f.Unit = optional(r, (*reader).string)
	case "comparator":
		f.Comparator = optional(r, enum[content.Comparator])
	}
}

func readRichText(r *reader, v *content.RichText) {
	switch string(r.name()) {
	case "markdown":
		v.Markdown = r.string()
	case "html":
		v.HTML = r.string()
	case "text":
		v.Text = r.string()
	case "headings":
		v.Headings = objects(r, readHeading)
	case "wordCount":
		v.WordCount = r.int()
	case "readingMinutes":
		v.ReadingMinutes = r.int()
	case "renderer":
		v.Renderer = r.int()
	}
}

func readProvenance(r *reader, p *content.Provenance) {
	switch string(r.name()) {
	case "page":
		p.Page = optional(r, (*reader).string)
	case "pageStatus":
		p.PageStatus = optional(r, (*reader).string)
	case "pageWords":
		p.PageWords = optional(r, (*reader).int)
	case "pages":
		p.Pages = r.strings()
	case "origin":
		p.Origin = optional(r, (*reader).string)
	case "fieldSources":
		p.FieldSources = objects(r, readFieldSource)
	}
}

func readIntRange(r *reader, i *content.IntRange) {
	switch string(r.name()) {
	case "min":
		i.Min = optional(r, (*reader).int)
	case "max":
		i.Max = optional(r, (*reader).int)
	}
}

func readSubject(r *reader, s *content.Subject) {
	switch string(r.name()) {
	case "pattern":
		s.PatternKey = r.string()
	case "practice":
		s.PracticeKey = r.string()
	case "label":
		s.Text = r.string()
	}
}

func readHeading(r *reader, h *content.Heading) {
	switch string(r.name()) {
	case "level":
		h.Level = r.int()
	case "text":
		h.Text = r.string()
	case "anchor":
		h.Anchor = r.string()
	}
}

func readFieldSource(r *reader, f *content.FieldSource) {
	switch string(r.name()) {
	case "field":
		f.Field = r.string()
	case "source":
		f.Source = r.string()
	case "raw":
		f.Raw = optional(r, (*reader).string)
	case "reference":
		f.Reference = optional(r, (*reader).string)
	}
}

func readMeta(r *reader, m *content.Meta) {
	switch string(r.name()) {
	case "_id":
		m.Key = r.string()
	case "type":
		m.Type = enum[content.EntryType](r)
	case "slug":
		m.Slug = r.string()
	case "name":
		m.Name = r.string()
	case "summary":
		m.Summary = r.string()
	case "revision":
		m.Revision = r.int()
	case "status":
		m.Status = enum[content.PublicationStatus](r)
	case "createdAt":
		m.CreatedAt = r.time()
	case "updatedAt":
		m.UpdatedAt = r.time()
	case "publishedAt":
		m.PublishedAt = optional(r, (*reader).time)
	case "formerSlugs":
		m.FormerSlugs = r.strings()
	}
}
