package pages

import (
	"math"
	"slices"
	"strings"

	"patternhub/internal/site/figure"
)

// charts returns the numeric rows of a comparison as charts.
func (c *CompareAnswerComparePatterns) charts() []figure.Figure {
	var out []figure.Figure
	for _, row := range c.Rows {
		// Values without a number, such as names of laws, have no bar; a row without any has no chart.
		bars := figure.Bars{Caption: figure.Caption{Title: row.Criterion.Label(), Width: 320}}
		any := false
		for i, v := range row.Values {
			bar := figure.Bar{Label: c.Patterns[i].Name, Href: c.Patterns[i].ResourcePath, Value: math.NaN()}
			if v.Number != nil && v.Unit != "" {
				bar.Value, any, bars.Unit = *v.Number, true, v.Unit
			}
			if c.isBest(row, i) {
				bar.Tone = figure.Good
			}
			bars.Bars = append(bars.Bars, bar)
		}
		if any && row.Differs && row.Criterion != "RELATIONS" {
			out = append(out, bars)
		}
	}
	return out
}

// isBest reports whether the i-th pattern is among the best of a row.
func (c *CompareAnswerComparePatterns) isBest(row CompareAnswerComparePatternsRows, i int) bool {
	return slices.ContainsFunc(row.Best, func(b CompareAnswerComparePatternsRowsBest) bool { return b.Slug == c.Patterns[i].Slug })
}

// graph returns the drawing of the relations among the compared patterns.
func (c *CompareAnswerComparePatterns) graph() figure.Graph {
	g := figure.Graph{Caption: figure.Caption{Title: "Relations among them", Width: 480}, Kinds: relationKinds}
	for _, p := range c.Patterns {
		g.Nodes = append(g.Nodes, figure.Node{ID: p.Slug, Label: p.Name, Href: p.ResourcePath, Tone: toneOf(p.Tier)})
	}
	for _, r := range c.Relations {
		g.Edges = append(g.Edges, figure.Edge{From: r.From.Slug, To: r.To.Slug, Kind: relationWords[string(r.Relation)], Both: undirected(r.Relation), Weak: r.Inferred})
	}
	return g
}

// valueOf returns the value of a rating for a criterion.
func (r CompareAnswerComparePatternsComparisonsRatings) valueOf(criterion string) string {
	for _, v := range r.Values {
		if v.Criterion == criterion {
			return v.Value
		}
	}
	return ""
}

// labels returns what is best in a scenario as one text.
func (s CompareAnswerComparePatternsComparisonsScenarios) labels() string {
	var out []string
	for _, b := range s.Best {
		out = append(out, b.Label)
	}
	return strings.Join(out, ", ")
}
