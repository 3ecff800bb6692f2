package pages

import (
	"github.com/a-h/templ"
)

// Tier is the page of a tier.
func Tier(f *Frame, a *TierAnswer) templ.Component {
	return entryPage(f, a.Tier.view().around(a.Tiers))
}

// view returns the page. The number of patterns that a source states is beside the one that the hub counts.
func (t *TierAnswerTier) view() *entryView {
	slug := escape(t.Slug)
	s := t.Statistics
	return &entryView{
		About: t.About, Above: []Link{{"Tiers", "/tiers"}},
		Kicker: []item{{Text: "Tier"}},
		Facts: []fact{
			{"Patterns", number(t.Patterns.TotalCount), ""},
			{"Patterns as stated", some(t.StatedPatternCount, ""), ""},
			{"Success", percent(s.SuccessRate), "Share of adoptions that succeed"},
			{"To put in place", span(&s.ImplementationWeeks, "weeks"), ""},
			{"Team", span(&s.TeamSize, "people"), ""},
			{"Return after", span(&s.ReturnMonths, "months"), ""},
		},
		Parts: []part{
			bodyPart(&t.About),
			bulletPart("criteria", "Criteria", t.Criteria),
			amountsPart("targets", "Targets", t.Targets),
			listPart("patterns", "Patterns", rows("", t.Patterns.Nodes).of(t.Patterns.TotalCount, "/patterns?tier="+slug)),
			listPart("claims", "Patterns that some source puts here",
				group{Items: claimedItems(t.ClaimedPatterns.Nodes), Inline: true}.of(t.ClaimedPatterns.TotalCount, "")),
			elsewhere(
				rows("Case studies", t.CaseStudies.Nodes).of(t.CaseStudies.TotalCount, "/case-studies?tier="+slug),
				rows("Guides", t.Guides.Nodes).of(t.Guides.TotalCount, ""),
				rows("Journeys", t.Journeys.Nodes).of(t.Journeys.TotalCount, ""),
				rows("Quick starts", t.QuickStarts.Nodes).of(t.QuickStarts.TotalCount, ""),
				rows("Learning paths", t.LearningPaths.Nodes).of(t.LearningPaths.TotalCount, ""),
				rows("Practices", t.Practices.Nodes).of(t.Practices.TotalCount, "/practices?tier="+slug),
			),
			sourcesPart(t.Provenance),
		},
	}
}

// claimedItems returns patterns with the tier that the hub gives them.
func claimedItems(patterns []PatternRow) []item {
	out := patternItems(patterns)
	for i := range out {
		out[i].Note = ""
	}
	return out
}

// textItems returns texts as items.
func textItems(texts []string) (out []item) {
	for _, t := range texts {
		out = append(out, item{Text: t})
	}
	return out
}
