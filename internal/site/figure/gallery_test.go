package figure_test

import (
	"math"
	"strconv"

	"patternhub/internal/site/figure"
)

// gallery returns figures as pages have them, and figures with little, with much, and with texts
// that are long or run from right to left.
func gallery() []figure.Figure {
	months := func(name string, values ...float64) figure.Series {
		s := figure.Series{Name: name}
		for i, v := range values {
			s.Points = append(s.Points, figure.Point{At: float64(i), Label: "2025-" + strconv.Itoa(101 + i)[1:], Value: v})
		}
		return s
	}
	title := func(s string) figure.Caption { return figure.Caption{Title: s} }
	tiers := []figure.Bar{{Label: "Gold", Href: "/tiers/gold", Value: 38, Tone: figure.Gold}, {Label: "Silver", Href: "/tiers/silver", Value: 38, Tone: figure.Silver}, {Label: "Bronze", Href: "/tiers/bronze", Value: 25, Tone: figure.Bronze}}
	layered := figure.Graph{Caption: title("Roadmap"), Layered: true}
	for i, label := range []string{"Start here", "Foundations: the seven laws", "Gold patterns", "Quick starts", "Silver patterns", "Case studies", "Migrations", "Excellence"} {
		layered.Nodes = append(layered.Nodes, figure.Node{ID: strconv.Itoa(i), Label: label, Href: "/" + strconv.Itoa(i)})
	}
	for _, e := range []string{"01", "12", "13", "24", "25", "36", "46", "57", "67"} {
		layered.Edges = append(layered.Edges, figure.Edge{From: e[:1], To: e[1:], Kind: "then"})
	}
	local := web(30, 60)
	local.Centre = "0"
	return []figure.Figure{
		figure.Sparkline{Caption: title("Rising"), Values: []float64{62, 64, 63, 70, math.NaN(), 74, 81}, Tone: figure.Good},
		figure.Sparkline{Caption: title("No values")},
		figure.Lines{Caption: title("Health by month"), Series: []figure.Series{months("Hub's score", 62, 64, 66, 65, 70, 74, 73, 79, 81, 82, 85, 88), months("The dashboard's own score, which has another scale", 55, 57, 54, 50, 48, 47, 49, 52, 50, 51, 53, 54)}},
		figure.Lines{Caption: title("Stars on GitHub"), Unit: "stars", Series: []figure.Series{months("Stars", 120400, 121900, 125000)}},
		figure.Lines{Caption: title("One value"), Series: []figure.Series{months("One", 5)}},
		figure.Lines{Caption: title("No value")},
		figure.Bars{Caption: title("What the score is made of"), Unit: "points", Full: 30, Bars: []figure.Bar{{Label: "Stars of repositories on GitHub", Value: 25, Note: "collected 2025-07"}, {Label: "Conference talks", Value: 12}, {Label: "A very long label that cannot stand in the room that it has beside the value", Value: 3}, {Label: "عدد المحادثات في المؤتمرات", Value: 18}, {Label: "分散システムのパターン", Value: 9}, {Label: "Job postings", Value: math.NaN()}}},
		figure.Distribution{Caption: title("Patterns of each tier"), Unit: "patterns", Parts: tiers},
		figure.Radar{Caption: title("Saga, Outbox and Two-Phase Commit"), Full: 5, Axes: []string{"Work distribution", "State", "Truth", "Control", "Intelligence and a long name"}, Profiles: []figure.Profile{{Name: "Saga", Href: "/patterns/saga", Values: []float64{4, 3, 5, 2, 1}}, {Name: "Outbox", Values: []float64{2, 5, 3, 3, 2}}, {Name: "Two-Phase Commit", Values: []float64{1, 2, 5, 5, 1}}}},
		figure.Ranges{Caption: title("Estimate"), Ranges: []figure.Range{{Label: "Implementation", Unit: "weeks", Low: 6, Expected: 9, High: 14}, {Label: "Migration of the data", Unit: "weeks", Low: 2, Expected: 3, High: 5}, {Label: "Cost", Unit: "USD", Low: 120000, Expected: 180000, High: 310000}, {Label: "Return", Unit: "months", Low: math.NaN()}}},
		figure.Timeline{Caption: title("Legacy modernization"), Phases: []figure.Phase{{Label: "Assessment & stabilization", When: "months 1–3", Start: 0, End: 3, Tone: figure.Bronze}, {Label: "Modularization", Href: "/x", When: "months 4–9", Start: 3, End: 9, Tone: figure.Silver}, {Label: "Platform building", When: "months 10–18", Start: 9, End: 18, Tone: figure.Gold}, {Label: "Excellence achievement and all that follows from it", When: "months 19–24", Start: 18, End: 24, Tone: figure.Gold}, {Label: "Afterwards"}}},
		layered,
		star(9),
		local,
		web(120, 320),
	}
}
