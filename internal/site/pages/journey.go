package pages

import "github.com/a-h/templ"

// Journey is the page of a journey.
func Journey(f *Frame, a *JourneyAnswer) templ.Component {
	return entryPage(f, a.Journey.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. Figures that the index or the dashboard state otherwise have a fact of their own.
func (j *JourneyAnswerJourney) view() *entryView {
	return &entryView{
		About: j.About, Above: []Link{{"Journeys", "/journeys"}},
		Kicker: chosen("/journeys", "audience", string(j.Audience), j.Audience.Label()),
		Facts: []fact{
			{"Takes", span(j.DurationMonths, "months"), ""},
			{"On the index", span(j.DurationMonthsOnIndex, "months"), ""},
			{"Return", j.Roi, ""},
			{"Return on its page", j.RoiOnPage, ""},
			{"Success", percent(j.SuccessRate), ""},
			{"Success on the dashboard", some(j.SuccessRateOnDashboard, "%"), ""},
			{"Investment", j.Investment.Label(), j.Investment.Help()},
			{"Difficulty", j.Difficulty.Label(), j.Difficulty.Help()},
			readingTime(nil, j.Body),
		},
		Parts: []part{
			bodyPart(&j.About),
			stepsPart("phases", "Phases", j.plan()),
			tablePart("outcomes", "Who went this way", []string{"Company", "Years", "Outcome"}, j.outcomes()),
			listPart("companies", "Companies", rows("", j.Companies.Nodes).of(j.Companies.TotalCount, "")),
			sourcesPart(j.Provenance),
		},
	}
}

// plan returns the phases. Some sources place a phase by time, others by the number of users.
func (j *JourneyAnswerJourney) plan() (out []step) {
	for _, p := range j.Phases {
		s := step{Title: p.Name, Text: p.Summary, Groups: []group{
			{Title: "Tiers", Items: tierItems(p.Tiers)},
			inline("Patterns", p.Patterns), inline("Practices", p.Practices),
			{Title: "Techniques", Items: textItems(labels(p.Techniques))},
			{Title: "Targets", Items: amountItems(p.Targets)},
		}}
		if w := p.When; w != nil {
			s.When = period(w.Unit.Label(), &w.Start, &w.End)
		}
		if users := span(p.Users, "users"); users != "" {
			s.Groups = append(s.Groups, group{Title: "Scale", Items: []item{{Text: users}}})
		}
		out = append(out, s)
	}
	return out
}

// outcomes returns what the companies that went this way report, with the years that it took them.
func (j *JourneyAnswerJourney) outcomes() (out [][]cell) {
	for _, o := range j.Outcomes {
		out = append(out, []cell{{o.Company.item()}, words(year(o.Years)), amountItems(o.Figures)})
	}
	return out
}
