package pages

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"patternhub/internal/site/figure"
)

// Pattern is the page of a pattern.
func Pattern(f *Frame, a *PatternAnswer) templ.Component {
	return entryPage(f, a.Pattern.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. The tier's claims are shown only if sources differ: a single one is the tier itself.
func (p *PatternAnswerPattern) view() *entryView {
	v := &entryView{
		About: p.About, Above: []Link{{"Patterns", "/patterns"}},
		Kicker:  append(p.Tier.items(), chosen("/patterns", "category", string(p.Category), p.Category.Label())...),
		Aliases: p.Aliases, Facts: p.facts(),
		Parts: []part{
			textPart("problem", "Problem", p.Problem),
			textPart("solution", "Solution", p.Solution),
			pairPart("when", "When to use it", "Use it when", p.WhenToUse, "Leave it when", p.WhenNotToUse),
			pairPart("trade-offs", "Trade-offs", "Gains", p.TradeOffs.Pros, "Costs", p.TradeOffs.Cons),
			bodyPart(&p.About),
			p.checks(),
			tablePart("companies", "Who runs it", []string{"Company", "At what scale", "Year", "Stated by"}, p.companies()),
			p.relatedPart(),
			elsewhere(append(p.references(), p.mentions()...)...),
			sourcesPart(p.Provenance),
		},
	}
	if len(p.TierClaims) > 1 {
		v.Claims = claims(p)
	}
	return v
}

// facts returns the short facts, the advice first. Unknown ones are empty, and so not shown.
func (p *PatternAnswerPattern) facts() []fact {
	domains := make([]string, len(p.ProblemDomains))
	for i, d := range p.ProblemDomains {
		domains[i] = d.Label()
	}
	return []fact{
		{"Advice", p.Recommendation.Label(), p.Recommendation.Help()},
		{"Relevance", p.Relevance.Label(), p.Relevance.Help()},
		{"Difficulty", p.Difficulty.Label(), p.Difficulty.Help()},
		{"In use since", p.Introduced, ""},
		{"Catalogue", p.CatalogStatus.Label(), p.CatalogStatus.Help()},
		{"Health", p.health(), "As the hub computes it from what is observed"},
		{"Effort to leave", p.MigrationComplexity.Label(), p.MigrationComplexity.Help()},
		{"Problems", strings.Join(domains, ", "), ""},
		{"To know before", strings.Join(labels(p.PrerequisiteTopics), ", "), ""},
		readingTime(p.ReadingMinutes, p.Body),
	}
}

// health returns the pattern's health in one line.
func (p *PatternAnswerPattern) health() string {
	h := p.Health
	if h == nil || h.Score == nil {
		return ""
	}
	out := fmt.Sprintf("%d of %d", *h.Score, h.Maximum)
	if h.Trend != "" {
		out += ", " + strings.ToLower(h.Trend.Label())
	}
	return out
}

// tierName returns the name of a pattern's tier.
func (p *PatternAnswerPattern) tierName() string {
	if p.Tier == nil {
		return "what"
	}
	return strings.ToLower(p.Tier.Name)
}

// checks returns the checklist, which readers can tick off.
func (p *PatternAnswerPattern) checks() part {
	if len(p.Checklist) == 0 {
		return part{}
	}
	return part{ID: "checklist", Title: "Checklist", Body: checklist(p.Checklist)}
}

// companies returns who runs the pattern, at what scale and since when, and which sources state it.
func (p *PatternAnswerPattern) companies() (out [][]cell) {
	for _, e := range p.Companies.Edges {
		out = append(out, []cell{{e.Node.item()}, scaleCell(e.Scale, e.AlsoReported), words(year(e.Year)), aside(strings.Join(labels(e.Sources), ", "))})
	}
	return out
}

// scaleCell is the scale at which a pattern runs, with other figures that are reported.
func scaleCell(scale string, others []string) cell {
	out := words(scale)
	if len(others) > 0 {
		out = append(out, item{Note: "also reported: " + strings.Join(others, ", ")})
	}
	return out
}

// relationTitles are the titles of the relations in the order of the page. Of a relation with one title the
// direction does not matter.
var relationTitles = []struct{ relation, direction, title string }{
	{"PREREQUISITE", "OUT", "Have in place first"},
	{"PREREQUISITE", "IN", "Prepares for"},
	{"COMPLEMENTS", "", "Works well with"},
	{"ALTERNATIVE_TO", "", "Alternatives"},
	{"CONFLICTS_WITH", "", "Conflicts with"},
	{"SUPERSEDES", "OUT", "Replaces"},
	{"SUPERSEDES", "IN", "Replaced by"},
	{"MIGRATES_TO", "OUT", "Moves on to"},
	{"MIGRATES_TO", "IN", "Reached from"},
}

// maxAround is the number of patterns around one in its picture. More would make it wider than the text.
const maxAround = 14

// relatedPart is the related patterns, as a picture if there are several, and as a list by relation.
func (p *PatternAnswerPattern) relatedPart() part {
	list := listPart("related", "Related patterns", p.related()...)
	if g := p.around(); len(g.Nodes) > 2 {
		list.Body = neighbourhood(g, p.Slug, max(0, p.RelatedPatterns.TotalCount-maxAround), list.Body)
	}
	return list
}

// around returns the picture of a pattern with those that are related to it. The list begins with those that
// the pattern names, so they are in the picture first.
func (p *PatternAnswerPattern) around() figure.Graph {
	g := figure.Graph{Caption: figure.Caption{Title: "Patterns around " + p.Name, Width: 640}, Kinds: relationKinds, Centre: p.ResourcePath}
	g.Nodes = []figure.Node{{ID: p.ResourcePath, Label: p.Name, Tone: toneOf(p.Tier)}}
	drawn := map[figure.Edge]bool{}
	for _, e := range p.RelatedPatterns.Edges[:min(len(p.RelatedPatterns.Edges), maxAround)] {
		other := e.Node
		g.Nodes = append(g.Nodes, figure.Node{ID: other.ResourcePath, Label: other.Name, Href: other.ResourcePath, Tone: toneOf(other.Tier)})
		for _, r := range e.Relations {
			edge := figure.Edge{From: p.ResourcePath, To: other.ResourcePath, Kind: relationWords[string(r.Relation)], Both: undirected(r.Relation), Weak: r.Inferred}
			if r.Direction == "IN" && !edge.Both {
				edge.From, edge.To = edge.To, edge.From
			}
			// Both patterns may state a relation without a direction; one line shows it, certain if one of them is.
			certain, weak := edge, edge
			certain.Weak, weak.Weak = false, true
			if drawn[certain] || edge.Weak && drawn[weak] {
				continue
			}
			drawn[edge] = true
			g.Edges = append(slices.DeleteFunc(g.Edges, func(x figure.Edge) bool { return x == weak }), edge)
		}
	}
	return g
}

// related returns the related patterns by relation. A pattern with several relations occurs in each.
func (p *PatternAnswerPattern) related() []group {
	var out []group
	for _, t := range relationTitles {
		g := group{Title: t.title}
		for _, e := range p.RelatedPatterns.Edges {
			for _, r := range e.Relations {
				if string(r.Relation) == t.relation && (t.direction == "" || string(r.Direction) == t.direction) {
					g.Items = append(g.Items, e.Node.item())
					break
				}
			}
		}
		out = append(out, g)
	}
	return out
}

// references returns the entries of other types that a pattern refers to.
func (p *PatternAnswerPattern) references() []group {
	return []group{
		inline("Laws", p.Laws),
		{Title: "Pillars", Items: p.pillars(), Inline: true},
		subjects("Use instead", p.ModernAlternatives),
	}
}

// mentions returns the entries that refer to a pattern, by type.
func (p *PatternAnswerPattern) mentions() []group {
	slug := escape(p.Slug)
	return []group{
		rows("Case studies", p.CaseStudies.Nodes).of(p.CaseStudies.TotalCount, "/case-studies?pattern="+slug),
		rows("Migrations", p.Migrations.Nodes).of(p.Migrations.TotalCount, ""),
		rows("Comparisons", p.Comparisons.Nodes).of(p.Comparisons.TotalCount, ""),
		rows("Guides", p.Guides.Nodes).of(p.Guides.TotalCount, "/guides?pattern="+slug),
		rows("Quick starts", p.QuickStarts.Nodes).of(p.QuickStarts.TotalCount, ""),
		rows("Learning paths", p.LearningPaths.Nodes).of(p.LearningPaths.TotalCount, ""),
		rows("Journeys", p.Journeys.Nodes).of(p.Journeys.TotalCount, ""),
		rows("Offered instead of the patterns", p.AlternativeTo.Nodes).of(p.AlternativeTo.TotalCount, ""),
		rows("Offered instead of the practices", p.Replaces.Nodes).of(p.Replaces.TotalCount, ""),
		rows("Practices that conflict with it", p.ConflictingPractices.Nodes).of(p.ConflictingPractices.TotalCount, ""),
		inline("In the stack of", p.StackedBy.Nodes).of(p.StackedBy.TotalCount, ""),
		inline("Laws that mention it", p.LawMentions.Nodes).of(p.LawMentions.TotalCount, ""),
		inline("Pillars that mention it", p.PillarMentions.Nodes).of(p.PillarMentions.TotalCount, ""),
		inline("Also in the guides", p.GuideMentions.Nodes).of(p.GuideMentions.TotalCount, ""),
		inline("Also in the quick starts", p.QuickStartMentions.Nodes).of(p.QuickStartMentions.TotalCount, ""),
		inline("Also in the comparisons", p.ComparisonMentions.Nodes).of(p.ComparisonMentions.TotalCount, ""),
	}
}

// pillars returns the pillars of a pattern, and those that it fits with how well it does.
func (p *PatternAnswerPattern) pillars() []item {
	fits := map[string]int{}
	for _, e := range p.PillarFits.Edges {
		fits[e.Node.ResourcePath] = e.Fit
	}
	var out []item
	for i := range p.Pillars {
		it := p.Pillars[i].item()
		if fit, ok := fits[it.URL]; ok {
			it.Note = "fit " + strconv.Itoa(fit) + " of 3"
			// What is left in fits afterwards are pillars that the pattern does not name.
			delete(fits, it.URL)
		}
		out = append(out, it)
	}
	for _, e := range p.PillarFits.Edges {
		if fit, ok := fits[e.Node.ResourcePath]; ok {
			it := e.Node.item()
			it.Note = "fit " + strconv.Itoa(fit) + " of 3"
			out = append(out, it)
		}
	}
	return out
}
