package pages

import "github.com/a-h/templ"

// QuickStart is the page of a quick start or a challenge.
func QuickStart(f *Frame, a *QuickStartAnswer) templ.Component {
	return entryPage(f, a.QuickStart.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. Quick starts differ more than other entries: most have only a few of the parts.
func (q *QuickStartAnswerQuickStart) view() *entryView {
	const list = "/quick-starts"
	return &entryView{
		About: q.About, Above: []Link{{"Quick starts", list}},
		Kicker: append(chosen(list, "kind", string(q.Kind), q.Kind.Label()), chosen(list, "audience", string(q.Audience), q.Audience.Label())...),
		Facts: []fact{
			{"Takes", some(q.TotalMinutes, "minutes"), ""},
			{"Users", span(q.Users, ""), ""},
			{"Questions", some(q.AssessmentQuestions, ""), "Questions of the assessment"},
			{"Score to reach", some(q.AssessmentTarget, ""), ""},
			{"Levels", some(q.MaturityLevels, ""), "Levels of maturity"},
			{"Level to reach", some(q.TargetLevel, ""), ""},
		},
		Parts: []part{
			listPart("start", "Start with", subjects("", q.StartWith)),
			bodyPart(&q.About),
			stepsPart("steps", "Steps", q.plan()),
			tablePart("scenarios", "By scenario", []string{"Scenario", "Gold", "Silver", "Avoid"}, q.scenarios()),
			stepsPart("sprints", "Sprints", numbered("Sprint", q.Sprints)),
			stepsPart("months", "Months", numbered("Month", q.Months)),
			tablePart("phases", "Phases", []string{"Phase", "Takes"}, q.phases()),
			tablePart("metrics", "Before and after", []string{"What", "Before", "Target"}, q.metrics()),
			bulletPart("maturity", "Areas of maturity", labels(q.MaturityAreas)),
			tablePart("governance", "Rules by tier", []string{"Tier", "Rule"}, q.rules()),
			tablePart("returns", "What it returns", []string{"Investment", "Engineers", "USD", "Return"}, q.returns()),
			listPart("patterns", "Patterns", group{Items: patternItems(q.Patterns.Nodes)}.of(q.Patterns.TotalCount, "")),
			elsewhere(
				rows("Case studies", q.CaseStudies.Nodes).of(q.CaseStudies.TotalCount, ""),
				rows("Learning paths", q.LearningPaths.Nodes).of(q.LearningPaths.TotalCount, ""),
			),
			sourcesPart(q.Provenance),
		},
	}
}

// plan returns the steps in the form in which all plans are shown.
func (q *QuickStartAnswerQuickStart) plan() (out []step) {
	for _, s := range q.Steps {
		out = append(out, step{When: amount(s.Minutes, "minutes"), Title: s.Label, Text: s.Summary})
	}
	return out
}

// scenarios returns the rows of the table of scenarios.
func (q *QuickStartAnswerQuickStart) scenarios() (out [][]cell) {
	for _, s := range q.Scenarios {
		out = append(out, []cell{words(phrase(s.Scenario)), subjectItems(s.Gold), subjectItems(s.Silver), subjectItems(s.Avoid)})
	}
	return out
}

// phases returns the rows of the table of phases.
func (q *QuickStartAnswerQuickStart) phases() (out [][]cell) {
	for _, p := range q.Phases {
		out = append(out, []cell{words(phrase(p.Label)), words(span(&p.Months, "months"))})
	}
	return out
}

// metrics returns the rows of the table of metrics.
func (q *QuickStartAnswerQuickStart) metrics() (out [][]cell) {
	for _, m := range q.Metrics {
		out = append(out, []cell{words(phrase(m.Metric)), words(m.Before), words(m.Target)})
	}
	return out
}

// rules returns the rows of the table of rules.
func (q *QuickStartAnswerQuickStart) rules() (out [][]cell) {
	for _, g := range q.Governance {
		out = append(out, []cell{g.Tier.items(), words(phrase(g.Rule))})
	}
	return out
}

// returns lists what an investment takes, in engineers and US dollars, and how many times over that it pays.
func (q *QuickStartAnswerQuickStart) returns() (out [][]cell) {
	for _, r := range q.Returns {
		out = append(out, []cell{words(phrase(r.Investment)), words(some(r.Engineers, "")), words(some(r.Usd, "")), words(number(r.Multiple) + "×")})
	}
	return out
}
