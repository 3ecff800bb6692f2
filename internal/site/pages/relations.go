package pages

// related is one relation of a pattern with the patterns that it leads to.
type related struct {
	Title string
	Edges []PatternAnswerPatternRelatedPatternsEdges
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

// byRelation returns the related patterns by relation. A pattern with several relations occurs in each.
func byRelation(edges []PatternAnswerPatternRelatedPatternsEdges) []related {
	var out []related
	for _, t := range relationTitles {
		group := related{Title: t.title}
		for _, e := range edges {
			for _, r := range e.Relations {
				if string(r.Relation) == t.relation && (t.direction == "" || string(r.Direction) == t.direction) {
					group.Edges = append(group.Edges, e)
					break
				}
			}
		}
		if len(group.Edges) > 0 {
			out = append(out, group)
		}
	}
	return out
}

// sections returns the headings of a pattern's page that have content.
func (p *PatternAnswerPattern) sections() []section {
	var out []section
	add := func(there bool, id, title string) {
		if there {
			out = append(out, section{id, title})
		}
	}
	add(p.Problem != "", "problem", "Problem")
	add(p.Solution != "", "solution", "Solution")
	add(len(p.WhenToUse)+len(p.WhenNotToUse) > 0, "when", "When to use it")
	add(len(p.TradeOffs.Pros)+len(p.TradeOffs.Cons) > 0, "trade-offs", "Trade-offs")
	for _, h := range p.Body.Headings {
		add(h.Level == 2, h.Anchor, h.Text)
	}
	add(len(p.Checklist) > 0, "checklist", "Checklist")
	add(len(p.Companies.Edges) > 0, "companies", "Who runs it")
	add(len(p.RelatedPatterns.Edges) > 0, "related", "Related patterns")
	add(len(p.mentions()) > 0, "elsewhere", "Elsewhere in the hub")
	add(true, "sources", "Sources")
	return out
}

// cardGroup is a titled list of cards.
type cardGroup struct {
	Title string
	Cards []Card
}

// mentions returns the entries of other types that refer to a pattern, by type.
func (p *PatternAnswerPattern) mentions() []cardGroup {
	return groupsOf(
		cardGroup{"Case studies", p.CaseStudies.Nodes}, cardGroup{"Migrations", p.Migrations.Nodes},
		cardGroup{"Comparisons", p.Comparisons.Nodes}, cardGroup{"Guides", p.Guides.Nodes},
		cardGroup{"Quick starts", p.QuickStarts.Nodes}, cardGroup{"Learning paths", p.LearningPaths.Nodes},
		cardGroup{"Journeys", p.Journeys.Nodes},
	)
}

// groupsOf returns the groups that have cards.
func groupsOf(groups ...cardGroup) (out []cardGroup) {
	for _, g := range groups {
		if len(g.Cards) > 0 {
			out = append(out, g)
		}
	}
	return out
}
