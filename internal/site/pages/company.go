package pages

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Company is the page of a company, a product or an open-source system.
func Company(f *Frame, a *CompanyAnswer) templ.Component {
	return entryPage(f, a.Company.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. Products link to the list of companies by their owner, as products are companies too.
func (c *CompanyAnswerCompany) view() *entryView {
	kicker := chosen("/companies", "kind", string(c.Kind), c.Kind.Label())
	kicker = append(kicker, item{Text: phrase(c.Industry), URL: "/companies?industry=" + escape(c.Industry)})
	return &entryView{
		About: c.About, Above: []Link{{"Companies", "/companies"}},
		Kicker: kicker, Aliases: c.Aliases,
		Facts: []fact{
			{"Patterns", number(c.Patterns.TotalCount), ""},
			{"Case studies", number(c.CaseStudies.TotalCount), ""},
			{"Named in", c.MentionedIn, ""},
		},
		Parts: []part{
			bodyPart(&c.About),
			bulletPart("scale", "Scale as stated", c.StatedScale),
			tablePart("patterns", "Patterns it runs", []string{"Pattern", "At what scale", "Year", "Stated by"}, c.patterns()),
			listPart("case-studies", "Case studies", c.studies("SUBJECT", "About it"), c.studies("EXAMPLE", "With it as an example")),
			elsewhere(
				group{Title: "Owner", Items: owner(c.Owner), Inline: true},
				rows("Products", c.Products.Nodes).of(c.Products.TotalCount, "/companies?owner="+escape(c.Slug)),
				inline("Stack of patterns", c.PatternStack),
				rows("Failures", c.Failures.Nodes).of(c.Failures.TotalCount, "/failures?company="+escape(c.Slug)),
				rows("Guides", c.Guides.Nodes).of(c.Guides.TotalCount, "/guides?company="+escape(c.Slug)),
				rows("Journeys", c.Journeys.Nodes).of(c.Journeys.TotalCount, ""),
				rows("Pillars", c.PillarMentions.Nodes),
			),
			tablePart("references", "Where the hub's sources name it", []string{"Source", "Times"}, c.references()),
		},
	}
}

// patterns returns a row for each pattern that the company runs, with who states it.
func (c *CompanyAnswerCompany) patterns() (out [][]cell) {
	for _, e := range c.Patterns.Edges {
		out = append(out, []cell{{{Text: e.Node.Name, URL: e.Node.ResourcePath, Tier: e.Node.Tier}}, scaleCell(e.Scale, e.AlsoReported), words(year(e.Year)), aside(strings.Join(labels(e.Sources), ", "))})
	}
	return out
}

// studies returns the case studies in which the company has a role: SUBJECT or EXAMPLE.
func (c *CompanyAnswerCompany) studies(role, title string) group {
	g := group{Title: title}
	for _, e := range c.CaseStudies.Edges {
		if string(e.Role) == role {
			g.Items = append(g.Items, item{Text: e.Node.Name, URL: e.Node.ResourcePath, Note: e.Node.Summary})
		}
	}
	return g
}

// references returns how often each source names the company.
func (c *CompanyAnswerCompany) references() (out [][]cell) {
	for _, r := range c.References {
		out = append(out, []cell{words(phrase(r.Source)), words(strconv.Itoa(r.Count))})
	}
	return out
}

// owner returns a link that may be missing as items.
func owner(l *Link) []item {
	if l == nil {
		return nil
	}
	return []item{l.item()}
}
