package pages

import (
	"strconv"

	"github.com/a-h/templ"
)

// Guide is the page of a guide: an implementation guide, a pattern pack or the guide to a tier.
func Guide(f *Frame, a *GuideAnswer) templ.Component {
	return entryPage(f, a.Guide.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. What the page of a pack states is beside what the guide states, since they differ.
func (g *GuideAnswerGuide) view() *entryView {
	return &entryView{
		About: g.About, Above: []Link{{"Guides", "/guides"}},
		Kicker: append(g.Tier.items(), chosen("/guides", "kind", string(g.Kind), g.Kind.Label())...),
		Facts: []fact{
			{"Takes", some(g.Weeks, "weeks"), ""},
			{"As its page says", span(g.WeeksOnPackPage, "weeks"), ""},
			{"Patterns as stated", some(g.StatedPatternCount, ""), ""},
			readingTime(g.ReadingMinutes, g.Body),
		},
		Parts: []part{
			bodyPart(&g.About),
			stepsPart("phases", "Phases", g.steps()),
			amountsPart("criteria", "Criteria", g.Criteria),
			amountsPart("targets", "Targets", g.Targets),
			amountsPart("figures", "Figures to show", g.FiguresToShow),
			tablePart("weights", "Weights", []string{"Factor", "Weight"}, g.weights()),
			tablePart("costs", "Costs", []string{"What", "USD", "Pattern"}, g.costs()),
			tablePart("bands", "Patterns by scale", []string{"Users", "Essential", "Advanced"}, g.bands()),
			listPart("patterns", "Patterns", group{Items: patternItems(g.Patterns.Nodes)}.of(g.Patterns.TotalCount, ""), inline("On the page of the pack", g.PatternsOnPackPage)),
			elsewhere(
				group{Title: "Tiers", Items: tierItems(g.Tiers), Inline: true},
				rows("Practices", g.Practices.Nodes).of(g.Practices.TotalCount, ""),
				inline("Companies", g.Companies.Nodes).of(g.Companies.TotalCount, ""),
				inline("Companies as examples", g.ExampleCompanies.Nodes).of(g.ExampleCompanies.TotalCount, ""),
				rows("Learning paths", g.LearningPaths.Nodes).of(g.LearningPaths.TotalCount, ""),
			),
			sourcesPart(g.Provenance),
		},
	}
}

// steps returns the phases. The source states their time in words, or else by a key.
func (g *GuideAnswerGuide) steps() (out []step) {
	for _, p := range g.Phases {
		when := p.When
		if when == "" {
			when = phrase(p.Period)
		}
		out = append(out, step{When: when, Title: p.Label, Text: p.Summary})
	}
	return out
}

// weights returns the weights of both kinds in one table, each with its kind, as factors may have equal names.
func (g *GuideAnswerGuide) weights() (out [][]cell) {
	for _, w := range g.TradeOffWeights {
		out = append(out, []cell{words("Trade-off: " + phrase(w.Factor)), words(decimal(w.Weight))})
	}
	for _, w := range g.MigrationFactorWeights {
		out = append(out, []cell{words("Migration: " + phrase(w.Factor)), words(decimal(w.Weight))})
	}
	return out
}

// costs returns the costs in US dollars: of staying by the year, and of running by the month. Each row says
// which, so that readers do not add them up.
func (g *GuideAnswerGuide) costs() (out [][]cell) {
	for _, c := range g.AnnualCostOfStaying {
		out = append(out, []cell{words(phrase(c.Item) + ", a year, when you stay"), words(number(c.Min) + "–" + number(c.Max)), nil})
	}
	for _, c := range g.MonthlyCosts {
		what := phrase(c.Item) + ", a month"
		if c.TransactionsPerSecond != nil {
			what += " at " + amount(*c.TransactionsPerSecond, "transactions") + " a second"
		}
		out = append(out, []cell{words(what), words(number(c.Usd)), owner(c.Pattern)})
	}
	return out
}

// bands returns the patterns by the number of users. A band may be open at either end.
func (g *GuideAnswerGuide) bands() (out [][]cell) {
	for _, b := range g.ScaleBands {
		out = append(out, []cell{words(span(&Range{b.Min, b.Max}, "")), linkItems(b.Essential), linkItems(b.Advanced)})
	}
	return out
}

// numbered returns texts with their position.
// Positions begin at one.
func numbered(unit string, texts []string) (out []step) {
	for i, t := range texts {
		out = append(out, step{When: unit + " " + strconv.Itoa(i+1), Title: phrase(t)})
	}
	return out
}
