package pages

import "github.com/a-h/templ"

// Practice is the page of a practice: what the hub names without calling it a pattern.
func Practice(f *Frame, a *PracticeAnswer) templ.Component {
	return entryPage(f, a.Practice.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. A practice has no tier, only what a source claims; the kicker shows that.
func (p *PracticeAnswerPractice) view() *entryView {
	return &entryView{
		About: p.About, Above: []Link{{"Practices", "/practices"}},
		Kicker:  append(p.TierClaim.items(), chosen("/practices", "kind", string(p.Kind), p.Kind.Label())...),
		Aliases: p.Aliases,
		Facts: []fact{
			{"Effort to leave", p.MigrationEffort.Label(), p.MigrationEffort.Help()},
			{"Impact", p.BusinessImpact.Label(), p.BusinessImpact.Help()},
			readingTime(nil, p.Body),
		},
		Parts: []part{
			bodyPart(&p.About),
			listPart("instead", "Use instead", subjects("", p.ReplacedBy)),
			listPart("conflicts", "Conflicts with", subjects("", p.ConflictsWith), rows("Stated there", p.ConflictingPractices.Nodes)),
			elsewhere(
				rows("Migrations", p.Migrations.Nodes).of(p.Migrations.TotalCount, ""),
				rows("Offered instead of the patterns", p.AlternativeTo.Nodes).of(p.AlternativeTo.TotalCount, ""),
				rows("Replaces", p.Replaces.Nodes).of(p.Replaces.TotalCount, ""),
				rows("Comparisons", p.Comparisons.Nodes).of(p.Comparisons.TotalCount, ""),
				rows("Case studies", p.CaseStudies.Nodes).of(p.CaseStudies.TotalCount, ""),
				rows("Guides", p.Guides.Nodes).of(p.Guides.TotalCount, ""),
				rows("Journeys", p.Journeys.Nodes).of(p.Journeys.TotalCount, ""),
				rows("Quick starts", p.QuickStarts.Nodes).of(p.QuickStarts.TotalCount, ""),
				rows("Laws that mention it", p.LawMentions.Nodes).of(p.LawMentions.TotalCount, ""),
				rows("Pillars that mention it", p.PillarMentions.Nodes).of(p.PillarMentions.TotalCount, ""),
			),
			bulletPart("sources", "Named by", labels(p.Sources)),
		},
	}
}

// labels returns slugs or constants as people read them.
func labels(of []string) []string {
	out := make([]string, len(of))
	for i, s := range of {
		out[i] = phrase(s)
	}
	return out
}
