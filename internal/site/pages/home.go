package pages

import (
	"patternhub/internal/site/figure"
	"patternhub/internal/site/form"
)

// toolPaths are the pages of this site for cards of the front page that have one, by the card's key. The API
// knows the page with the text of a card. Some of these pages only describe what this site can do itself, so
// their cards lead there, with the page as a second link.
var toolPaths = map[string]string{
	"pattern-discovery": "/patterns", "pattern-health": "/health", "implementation-guides": "/guides", "real-world-examples": "/case-studies",
	"excellence-journeys": "/journeys", "migration-center": "/migrations", "quick-start": "/quick-starts", "comparison-tool": "/compare",
	"migration-playbooks": "/migrations", "implementation-calculator": "/calculator", "selector-wizard": "/wizard",
}

// roadmapPaths are the pages of the stages and resources of the roadmap, by their text. The roadmap has no
// links of its own. A text that is not here has no link either, so a changed roadmap is still drawn. "Start" has
// none, since the word says nothing to those who hear a list of links.
var roadmapPaths = map[string]string{
	"Learn Fundamentals": "/laws", "Discover Patterns": "/patterns", "Implement Solutions": "/guides",
	"Measure & Iterate": "/health", "7 Laws & 5 Pillars": "/pillars", "Pattern Discovery Tool": "/wizard", "Implementation Guides": "/guides",
	"Health Dashboard": "/health", "Case Studies": "/case-studies",
}

// group returns the cards of one group of the front page.
func (a *HomeAnswerHome) group(name string) []HomeAnswerHomeSections {
	var out []HomeAnswerHomeSections
	for _, s := range a.Sections {
		if string(s.Group) == name {
			out = append(out, s)
		}
	}
	return out
}

// cardLink returns where a card of the front page leads: to the live page of this site, or to the page
// about it.
// It is empty for a card that has neither.
func (f *Frame) cardLink(s HomeAnswerHomeSections) string {
	if to := toolPaths[s.Slug]; to != "" && (!f.Static || !NeedsServer(to)) {
		return to
	}
	if s.Page != nil {
		return s.Page.ResourcePath
	}
	return ""
}

// picture returns the drawing of the roadmap.
func (r HomeAnswerHomeRoadmap) picture() figure.Graph {
	g := figure.Graph{Caption: figure.Caption{Title: "The way through the hub", Desc: "Stages from start to sharing knowledge, and what helps at each.", Width: 720}, Layered: true, Kinds: []string{"then", "with"}}
	resource := map[string]bool{}
	for _, n := range r.Nodes {
		resource[n.Name] = n.Kind == "RESOURCE"
		// Resources are drawn with less weight than the stages that they help with.
		tone := figure.Tone("")
		if resource[n.Name] {
			tone = figure.Muted
		}
		g.Nodes = append(g.Nodes, figure.Node{ID: n.Name, Label: n.Label, Href: roadmapPaths[n.Label], Tone: tone})
	}
	for _, e := range r.Edges {
		kind := "then"
		if resource[e.To] {
			kind = "with"
		}
		g.Edges = append(g.Edges, figure.Edge{From: e.From, To: e.To, Kind: kind})
	}
	return g
}

// word returns the form of a word that a number takes.
func word(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// slugConstant returns a slug as a constant.
func slugConstant(slug string) string { return form.Constant(slug) }
