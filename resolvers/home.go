package resolvers

import (
	"context"
	"strings"

	"patternhub/content"
	"patternhub/loaders"
)

// metrics reads a part of what the front page states.
// The table is read once for all fields of the front page, whatever their number.
func metrics[V any](ctx context.Context, part func(*content.Metrics) V) (V, error) {
	m, err := loaders.For(ctx).Tables.Metrics(ctx)
	if err != nil {
		var none V
		return none, err
	}
	return part(m), nil
}

// sections gives the cards of a group, or all.
func sections(m *content.Metrics, group *content.HomeGroup) []*content.HomeSection {
	out := []*content.HomeSection{}
	for _, s := range pointers(m.Sections) {
		if group == nil || s.Group == *group {
			out = append(out, s)
		}
	}
	return out
}

// pageOfLink is the path of the page behind a link of the documentation site. What is a part of
// a page there, "discovery/#wizard", is a page of its own here.
func pageOfLink(link string) string {
	return strings.Trim(strings.Replace(link, "/#", "/", 1), "/")
}

// current counts now what a figure of the front page is about; nil for a figure that nobody
// counts.
// The slugs are those of the facts. Such a figure is counted in the viewer's perspective, so that
// it can be compared with the one that the front page states.
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
