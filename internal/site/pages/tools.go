package pages

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"patternhub/internal/site/figure"
	"patternhub/internal/site/form"
)

// DefaultTeam is the number of people of an estimate for which none is chosen.
const DefaultTeam = 5

// toolPaths are the pages of this site for cards of the front page that have one, by the card's key.
var toolPaths = map[string]string{
	"pattern-discovery": "/patterns", "pattern-health": "/health", "implementation-guides": "/guides", "real-world-examples": "/case-studies",
	"excellence-journeys": "/journeys", "migration-center": "/migrations", "quick-start": "/quick-starts", "comparison-tool": "/compare",
	"migration-playbooks": "/migrations", "implementation-calculator": "/calculator", "selector-wizard": "/wizard",
}

// roadmapPaths are the pages of the stages and resources of the roadmap, by their text.
var roadmapPaths = map[string]string{
	"Start": "/introduction/getting-started", "Learn Fundamentals": "/laws", "Discover Patterns": "/patterns", "Implement Solutions": "/guides",
	"Measure & Iterate": "/health", "7 Laws & 5 Pillars": "/pillars", "Pattern Discovery Tool": "/wizard", "Implementation Guides": "/guides",
	"Health Dashboard": "/health", "Case Studies": "/case-studies",
}

// formerSections are the pages of this site for sections of the documentation site that no entry names.
var formerSections = map[string]string{"part1-axioms": "/laws", "part2-pillars": "/pillars"}

// Moved returns the page that stands for an address of the documentation site, empty if there is none. The
// front page and its entries name these addresses.
func (a *MissingAnswer) Moved(path string) string {
	path = strings.Trim(path, "/")
	if to := formerSections[path]; to != "" {
		return to
	}
	for _, s := range a.Home.Sections {
		if link, _, _ := strings.Cut(s.Link, "#"); s.Page != nil && strings.Trim(link, "/") == path {
			return s.Page.ResourcePath
		}
	}
	for _, l := range a.Laws {
		if l.Provenance.Page == path {
			return l.ResourcePath
		}
	}
	for _, p := range a.Pillars {
		if p.Provenance.Page == path {
			return p.ResourcePath
		}
	}
	for _, r := range a.Home.Roles {
		if r.SeedLink != "" && r.SeedLink == path {
			return r.ResourcePath
		}
	}
	for _, x := range a.Home.Featured {
		switch {
		case x.SeedPath != path:
		case x.Pattern != nil:
			return x.Pattern.ResourcePath
		case x.CaseStudy != nil:
			return x.CaseStudy.ResourcePath
		}
	}
	return ""
}

// between returns a range in words.
func (e Ends) between() string {
	if e.Min == e.Max {
		return figure.Number(e.Min)
	}
	return figure.Number(e.Min) + " to " + figure.Number(e.Max)
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

// linkOf returns where a card of the front page leads: to the live page of this site, or to the page
// about it.
func (s HomeAnswerHomeSections) linkOf() string {
	if to := toolPaths[s.Slug]; to != "" {
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

// trendWords are trends in words.
var trendWords = map[string]string{"UP": "grows", "DOWN": "shrinks", "STABLE": "stays", "NONE": "not stated", "RISING": "rises", "DECLINING": "declines"}

// trendMark returns the sign of a trend.
func trendMark(trend string) string {
	switch trend {
	case "UP", "RISING":
		return "▲"
	case "DOWN", "DECLINING":
		return "▼"
	case "STABLE":
		return "■"
	}
	return ""
}

// charts returns the numeric rows of a comparison as charts.
func (c *CompareAnswerComparePatterns) charts() []figure.Figure {
	var out []figure.Figure
	for _, row := range c.Rows {
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

// relationKinds has the relations in the order of their colours in every graph.
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

// undirected reports whether a relation has no direction.
func undirected(r PatternRelation) bool {
	return r == "COMPLEMENTS" || r == "ALTERNATIVE_TO" || r == "CONFLICTS_WITH"
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

// toneOf returns the colour of a tier.
func toneOf(t *TierName) figure.Tone {
	if t == nil {
		return figure.Muted
	}
	return figure.Tone(t.Slug)
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

// asked returns the questions of a wizard in the order to show them: those that are answered, and the
// next one, if there is one.
func (a *WizardAnswer) asked(st *form.State) (answered []WizardAnswerWizardQuestions, next *WizardAnswerWizardQuestions) {
	wanted := a.Wizard.FirstQuestion
	if a.SelectPatterns != nil {
		wanted = ""
		if a.SelectPatterns.NextQuestion != nil {
			wanted = a.SelectPatterns.NextQuestion.Slug
		}
	}
	for i, q := range a.Wizard.Questions {
		if optionOf(st, q.Slug) != "" {
			answered = append(answered, q)
		} else if q.Slug == wanted {
			next = &a.Wizard.Questions[i]
		}
	}
	return answered, next
}

// optionOf returns the option that is chosen for a question of a wizard, empty for none.
func optionOf(st *form.State, question string) string {
	for _, v := range st.Values("answer") {
		if q, option, _ := strings.Cut(v, "."); q == question {
			return option
		}
	}
	return ""
}

// labelOf returns the text of an option.
func (q WizardAnswerWizardQuestions) labelOf(option string) string {
	for _, o := range q.Options {
		if o.Slug == option {
			return o.Label
		}
	}
	return option
}

// hint returns what an option means, in words.
func (o WizardAnswerWizardQuestionsOptions) hint() string {
	var parts []string
	if len(o.Examples) > 0 {
		var names []string
		for _, e := range o.Examples {
			names = append(names, e.Name)
		}
		parts = append(parts, "such as "+strings.Join(names, ", "))
	}
	if o.Users != nil {
		parts = append(parts, span(o.Users, "users"))
	}
	if o.LatencyMs != nil {
		parts = append(parts, span(o.LatencyMs, "")+" ms")
	}
	if o.Spike != "" {
		parts = append(parts, "spikes of "+o.Spike)
	}
	return strings.Join(parts, "; ")
}

// why returns the chart of what the score of a result is made of.
func (r WizardAnswerSelectPatternsResults) why() figure.Bars {
	b := figure.Bars{Caption: figure.Caption{Title: "Why " + r.Pattern.Name}, Unit: "points"}
	reasons := slices.Clone(r.Reasons)
	slices.SortStableFunc(reasons, func(a, b WizardAnswerSelectPatternsResultsReasons) int {
		return cmp.Compare(b.Contribution, a.Contribution)
	})
	for _, x := range reasons {
		b.Bars = append(b.Bars, figure.Bar{Label: x.Criterion.Label(), Value: x.Contribution, Note: "of " + figure.Number(x.Weight)})
		b.Full = max(b.Full, x.Weight)
	}
	return b
}

// ranges returns the drawing of an estimate: ranges of one unit share a scale.
func (e *CalculatorAnswerEstimateEffort) ranges() figure.Ranges {
	out := figure.Ranges{Caption: figure.Caption{Title: "The estimate as ranges", Desc: "From the lower to the upper end, with the middle marked."}}
	add := func(label, unit string, r *Ends) {
		if r != nil {
			out.Ranges = append(out.Ranges, figure.Range{Label: label, Unit: unit, Low: r.Min, Expected: (r.Min + r.Max) / 2, High: r.Max})
		}
	}
	add("Work", "person-days", &e.PersonDays)
	add("Time", "weeks", &e.CalendarWeeks)
	add("Cost", "", e.Cost)
	add("Pays for itself after", "months", e.PaybackMonths)
	add("Return within five years", "%", e.ReturnPercent)
	add("Return within five years", "", e.Return)
	return out
}

// swings returns the drawing of what changes an estimate most.
func (e *CalculatorAnswerEstimateEffort) swings() figure.Bars {
	out := figure.Bars{Caption: figure.Caption{Title: "What changes the work most"}, Unit: "%"}
	for _, s := range e.Sensitivity[:min(len(e.Sensitivity), 12)] {
		tone := figure.Bad
		sign := "+"
		if s.ChangePercent < 0 {
			tone, sign = figure.Good, "−"
		}
		out.Bars = append(out.Bars, figure.Bar{Label: s.inWords(), Value: math.Abs(s.ChangePercent), Note: sign + " to " + figure.Number(s.PersonDays) + " person-days", Tone: tone})
	}
	return out
}

// inputWords are the inputs of an estimate in words.
var inputWords = map[string]string{
	"patterns": "Patterns", "migrations": "Migrations", "experience": "Experience", "architecture": "System today", "teamSize": "People",
	"currentUsers": "Users now", "projectedUsers": "Users expected", "existingSystems": "Systems to connect", "inUse": "Patterns in use",
}

// inWords returns what changes, in words.
func (s CalculatorAnswerEstimateEffortSensitivity) inWords() string {
	change, input := s.Change, inputWords[s.Input]
	if change == strings.ToUpper(change) {
		change = strings.ToLower(label(change))
	}
	if input == "" {
		input = s.Input
	}
	return input + ": " + change
}

// about returns what a term of an estimate is about.
func (t CalculatorAnswerEstimateEffortTerms) about() *Link {
	if t.Pattern != nil {
		return t.Pattern
	}
	return t.Migration
}

// amountOf returns the number or range of a term.
func (t CalculatorAnswerEstimateEffortTerms) amountOf() string {
	if t.ValueMax != nil {
		return Ends{t.Value, *t.ValueMax}.between()
	}
	return figure.Number(t.Value)
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

// facts returns the ranges of an estimate for a team.
func (e *CalculatorAnswerEstimateEffort) facts(team int) []fact {
	out := []fact{
		{"Work", e.PersonDays.between() + " person-days", ""},
		{"Time for " + count(team, "person", "people"), e.CalendarWeeks.between() + " weeks", ""},
	}
	add := func(name, unit, help string, r *Ends) {
		if r != nil {
			out = append(out, fact{name, r.between() + unit, help})
		}
	}
	add("Cost", "", "In the currency of a person-day", e.Cost)
	add("Pays for itself after", " months", "", e.PaybackMonths)
	add("Return in five years", " %", "Beyond the cost, in percent of the cost", e.ReturnPercent)
	if e.SuccessRate != nil {
		out = append(out, fact{"Succeeds in", figure.Number(*e.SuccessRate) + " %", "The rate of the least certain pattern"})
	}
	if e.Complexity != nil {
		out = append(out, fact{"Complexity", e.Complexity.Level + ", " + figure.Number(e.Complexity.Score) + " points", ""})
	}
	return out
}
