package pages

import (
	"slices"

	"patternhub/internal/site/figure"
	"patternhub/internal/site/form"
)

// has reports whether a pattern is in the network.
// A slug in the address need not be: it may be misspelt, or on another page of the network.
func (a *GraphAnswer) has(slug string) bool {
	return slices.ContainsFunc(a.PatternNetwork.Patterns, func(p GraphAnswerPatternNetworkPatterns) bool { return p.Slug == slug })
}

// last returns the slug of the last pattern, after which the next page begins.
// It is empty for an empty network.
func (a *GraphAnswer) last() string {
	if n := len(a.PatternNetwork.Patterns); n > 0 {
		return a.PatternNetwork.Patterns[n-1].Slug
	}
	return ""
}

// node returns the box of a pattern.
func (p GraphAnswerPatternNetworkPatterns) node() figure.Node {
	return figure.Node{ID: p.Slug, Label: p.Name, Href: p.ResourcePath, Tone: toneOf(p.Tier), Note: p.Category.Label()}
}

// edge returns the line of a relation.
func (e GraphAnswerPatternNetworkEdges) edge() figure.Edge {
	return figure.Edge{From: e.From.Slug, To: e.To.Slug, Kind: relationWords[string(e.Relation)], Both: undirected(e.Relation), Weak: e.Inferred}
}

// picture returns the drawing of the patterns of the chosen tiers and categories. They are chosen here and
// not by the API, which cuts the network into pages before it knows of them.
func (a *GraphAnswer) picture(st *form.State) figure.Graph {
	g := figure.Graph{Caption: figure.Caption{Title: "Patterns and their relations", Width: 1100}, Kinds: relationKinds}
	shown := map[string]bool{}
	for _, p := range a.PatternNetwork.Patterns {
		tierOK := len(st.Values("tier")) == 0 || p.Tier != nil && st.Has("tier", p.Tier.Slug)
		if tierOK && (len(st.Values("category")) == 0 || st.Has("category", slugOf(string(p.Category)))) {
			g.Nodes = append(g.Nodes, p.node())
			shown[p.Slug] = true
		}
	}
	for _, e := range a.PatternNetwork.Edges {
		// A line to a pattern that is not shown would end nowhere.
		if shown[e.From.Slug] && shown[e.To.Slug] {
			g.Edges = append(g.Edges, e.edge())
		}
	}
	return g
}

// way returns the drawing of the path from one pattern to another, with the first of them as its centre.
func (a *GraphAnswer) way() figure.Graph {
	g := figure.Graph{Caption: figure.Caption{Title: "The way", Width: 480}, Kinds: relationKinds}
	for i, s := range a.PatternPath {
		// Each step begins where the one before ended, so only the first adds its beginning.
		if i == 0 {
			g.Centre = s.From.Slug
			g.Nodes = append(g.Nodes, figure.Node{ID: s.From.Slug, Label: s.From.Name, Href: s.From.ResourcePath})
		}
		g.Nodes = append(g.Nodes, figure.Node{ID: s.To.Slug, Label: s.To.Name, Href: s.To.ResourcePath})
		// A step against the direction of its relation keeps the arrow of the relation.
		from, to := s.From.Slug, s.To.Slug
		if s.Direction == "IN" {
			from, to = to, from
		}
		g.Edges = append(g.Edges, figure.Edge{From: from, To: to, Kind: relationWords[string(s.Relation)], Both: undirected(s.Relation), Weak: s.Inferred})
	}
	return g
}

// dependents returns the drawing of what depends on a pattern, directly or through others.
func (a *GraphAnswer) dependents() figure.Graph {
	p := a.PatternImpact.Pattern
	g := figure.Graph{Caption: figure.Caption{Title: "What depends on " + p.Name, Width: 720}, Kinds: relationKinds, Centre: p.Slug}
	g.Nodes = append(g.Nodes, figure.Node{ID: p.Slug, Label: p.Name, Href: p.ResourcePath})
	shown := map[string]bool{p.Slug: true}
	for _, d := range a.PatternImpact.Dependents {
		shown[d.Pattern.Slug] = true
		g.Nodes = append(g.Nodes, figure.Node{ID: d.Pattern.Slug, Label: d.Pattern.Name, Href: d.Pattern.ResourcePath, Tone: toneOf(d.Pattern.Tier)})
	}
	// The impact has distances only; the lines are those of the network, unless the form leaves them out.
	for _, e := range a.PatternNetwork.Edges {
		if e.Relation == "PREREQUISITE" && shown[e.From.Slug] && shown[e.To.Slug] {
			g.Edges = append(g.Edges, e.edge())
		}
	}
	return g
}

// linkGroup is a titled list of links, perhaps shorter than their number.
type linkGroup struct {
	Title string
	Total int
	Links []Link
}

// mentions returns the entries of other types that mention a pattern, by type.
func (i *GraphAnswerPatternImpact) mentions() []linkGroup {
	all := []linkGroup{
		{"Guides", i.Guides.TotalCount, i.Guides.Nodes},
		{"Journeys", i.Journeys.TotalCount, i.Journeys.Nodes},
		{"Learning paths", i.LearningPaths.TotalCount, i.LearningPaths.Nodes},
		{"Migrations", i.Migrations.TotalCount, i.Migrations.Nodes},
		{"Comparisons", i.Comparisons.TotalCount, i.Comparisons.Nodes},
		{"Case studies", i.CaseStudies.TotalCount, i.CaseStudies.Nodes},
	}
	return slices.DeleteFunc(all, func(g linkGroup) bool { return g.Total == 0 })
}

// relationKinds has the relations in the order of their colours in every graph. They do not
// change with the filter.
var relationKinds = []string{"needs", "works with", "instead of", "conflicts with", "moves on to", "replaces"}

// relationOptions returns the relations as options.
func relationOptions() []option {
	var out []option
	for _, v := range EnumValues("PatternRelation") {
		out = append(out, option{form.Param(v), relationWords[v]})
	}
	return out
}

// relationWords are the relations as verbs between two names.
var relationWords = map[string]string{
	"PREREQUISITE": "needs", "COMPLEMENTS": "works with", "ALTERNATIVE_TO": "instead of", "CONFLICTS_WITH": "conflicts with",
	"MIGRATES_TO": "moves on to", "SUPERSEDES": "replaces",
}

// undirected reports whether a relation has no direction. Its line has no arrow, even if only one of the two
// patterns states it.
func undirected(r PatternRelation) bool {
	return r == "COMPLEMENTS" || r == "ALTERNATIVE_TO" || r == "CONFLICTS_WITH"
}

// toneOf returns the colour of a tier.
// The slugs of the tiers are the names of their tones. Patterns without a tier are muted.
func toneOf(t *TierName) figure.Tone {
	if t == nil {
		return figure.Muted
	}
	return figure.Tone(t.Slug)
}
