package pages

import "github.com/a-h/templ"

// LearningPath is the page of a learning path.
func LearningPath(f *Frame, a *LearningPathAnswer) templ.Component {
	return entryPage(f, a.LearningPath.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

func (p *LearningPathAnswerLearningPath) view() *entryView {
	const list = "/learning-paths"
	return &entryView{
		About: p.About, Above: []Link{{"Learning paths", list}},
		Kicker: append(chosen(list, "kind", string(p.Kind), p.Kind.Label()), owner(p.Role)...),
		Facts: []fact{
			{"Takes", p.duration(), ""},
			{"On its page", span(p.DurationWeeksOnPage, "weeks"), ""},
			{"Hours", span(p.TotalHours, "hours"), ""},
			{"When", period("Week", p.WeekStart, p.WeekEnd), ""},
			{"For", p.RoleLabel, ""},
			{"Topic", phrase(p.Topic), ""},
			readingTime(nil, p.Body),
		},
		Parts: []part{
			bodyPart(&p.About),
			weeksPart("steps", "Week by week", p.ResourcePath, p.Steps),
			listPart("patterns", "Patterns", group{Items: patternItems(p.Patterns.Nodes)}.of(p.Patterns.TotalCount, "")),
			elsewhere(group{Title: "Linked from the role", Items: owner(p.LinkedFromRole), Inline: true}),
			sourcesPart(p.Provenance),
		},
	}
}

// duration returns how long the path takes.
func (p *LearningPathAnswerLearningPath) duration() string {
	if p.DurationWeeks != nil {
		return some(p.DurationWeeks, "weeks")
	}
	return span(p.DurationWeeksRange, "weeks")
}
