package resolvers

import (
	"context"
	"strings"

	"patternhub/internal/content"
	"patternhub/loaders"
)

// metrics returns a part of the front page's table, which is read once for all fields of the page.
func metrics[V any](ctx context.Context, part func(*content.Metrics) V) (V, error) {
	m, err := loaders.For(ctx).Tables.Metrics(ctx)
	if err != nil {
		var none V
		return none, err
	}
	return part(m), nil
}

// sections returns the cards of a group, or all cards if group is nil.
func sections(m *content.Metrics, group *content.HomeGroup) []*content.HomeSection {
	out := []*content.HomeSection{}
	for _, s := range pointers(m.Sections) {
		if group == nil || s.Group == *group {
			out = append(out, s)
		}
	}
	return out
}

// pageOfLink returns the path of the page for a link of the documentation site. A part of a page
// there, "discovery/#wizard", is its own page here.
func pageOfLink(link string) string {
	return strings.Trim(strings.Replace(link, "/#", "/", 1), "/")
}

// current counts the present value of a figure of the front page; nil if the hub does not count
// that figure. The slugs are those of the facts. It counts in the viewer's perspective, for
// comparison with the figure that the front page shows.
func current(ctx context.Context, slug string) (*int, error) {
	count := func(n int, err error) (*int, error) { return &n, err }
	l := loaders.For(ctx)
	switch slug {
	case "total-patterns":
		return count(l.Patterns.Count(ctx, content.Scope{}, nil))
	case "enhanced-with-excellence":
		enhanced := true
		return count(l.Patterns.Count(ctx, content.Scope{}, &content.PatternFilter{Enhanced: &enhanced}))
	case "case-studies":
		return count(l.CaseStudies.Count(ctx, content.Scope{}, nil))
	case "real-examples":
		return count(l.Tables.Measure(ctx, content.MeasureAdoptions))
	case "visual-diagrams":
		return count(l.Tables.Measure(ctx, content.MeasureDiagrams))
	case "companies-featured":
		companies := &content.CompanyFilter{Kind: &content.CompanyKindFilter{In: []content.CompanyKind{"COMPANY"}}}
		return count(l.Companies.Count(ctx, content.Scope{}, companies))
	}
	return nil, nil
}
