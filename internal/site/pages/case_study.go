package pages

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// CaseStudy is the page of a case study.
func CaseStudy(f *Frame, a *CaseStudyAnswer) templ.Component {
	return entryPage(f, a.CaseStudy.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. Figures are shown as their sources state them, and doubtful ones say so.
func (c *CaseStudyAnswerCaseStudy) view() *entryView {
	const list = "/case-studies"
	kicker := append(c.Tier.items(), chosen(list, "kind", string(c.Kind), c.Kind.Label())...)
	return &entryView{
		About: c.About, Above: []Link{{"Case studies", list}},
		Kicker:  append(kicker, chosen(list, "collection", string(c.Collection), c.Collection.Label())...),
		Aliases: c.Aliases,
		Facts: []fact{
			{"System", phrase(c.System), ""},
			{"Domain", phrase(c.Domain), ""},
			{"Scale", c.ScaleCategory.Label(), c.ScaleCategory.Help()},
			{"Year", strconv.Itoa(c.Year), ""},
			{"State", c.OperationalStatus.Label(), c.OperationalStatus.Help()},
			{"Difficulty", c.Difficulty.Label(), c.Difficulty.Help()},
			readingTime(c.ReadingMinutes, c.Body),
		},
		Parts: []part{
			bodyPart(&c.About),
			tablePart("scale", "Scale in figures", []string{"What", "As stated", "Year"}, c.figures()),
			listPart("companies", "Companies", c.companies("SUBJECT", "About"), c.companies("EXAMPLE", "As examples")),
			listPart("patterns", "Patterns in use", c.patterns(false, ""), c.patterns(true, "Mentioned in its text")),
			elsewhere(
				rows("Practices", c.Practices.Nodes).of(c.Practices.TotalCount, ""),
				group{Title: "Other techniques", Items: textItems(c.Techniques), Inline: true},
				inline("Laws", c.Laws), inline("Pillars", c.Pillars),
				rows("Quick starts", c.QuickStarts.Nodes).of(c.QuickStarts.TotalCount, ""),
			),
			sourcesPart(c.Provenance),
		},
	}
}

// figures returns the rows of the scale: the metric, its value with what qualifies it, and its year if that
// is known.
func (c *CaseStudyAnswerCaseStudy) figures() (out [][]cell) {
	for _, x := range c.Scale {
		stated := words(x.Label)
		if note := strings.TrimSpace(x.Qualifier); note != "" {
			stated = append(stated, item{Note: note})
		}
		if x.Suspect {
			stated = append(stated, item{Note: "doubtful"})
		}
		out = append(out, []cell{words(phrase(x.Metric)), stated, words(year(x.Year))})
	}
	return out
}

// companies returns the companies that have a role in the study: SUBJECT or EXAMPLE. They are selected once
// for both roles, so the order within a role is that of the API.
func (c *CaseStudyAnswerCaseStudy) companies(role, title string) group {
	g := group{Title: title, Inline: true}
	for _, e := range c.Companies.Edges {
		if string(e.Role) == role {
			g.Items = append(g.Items, e.Node.item())
		}
	}
	return g
}

// patterns returns the patterns in use: those that a source lists, or those that only the text mentions.
func (c *CaseStudyAnswerCaseStudy) patterns(inferred bool, title string) group {
	g := group{Title: title}
	for _, e := range c.Patterns.Edges {
		if e.Inferred != inferred {
			continue
		}
		it := e.Node.item()
		// The page may list a pattern under another tier than it has; only the difference is worth a note.
		if t := e.ListedTier; t != nil && (e.Node.Tier == nil || t.Slug != e.Node.Tier.Slug) {
			it.Note += " Its page lists it as " + strings.ToLower(t.Name) + "."
		}
		g.Items = append(g.Items, it)
	}
	return g
}
