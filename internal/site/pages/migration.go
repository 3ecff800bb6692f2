package pages

import (
	"strconv"

	"github.com/a-h/templ"
)

// Migration is the page of a migration.
func Migration(f *Frame, a *MigrationAnswer) templ.Component {
	return entryPage(f, a.Migration.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. Claims of several sources stand beside each other, as the hub does not judge them.
func (m *MigrationAnswerMigration) view() *entryView {
	const list = "/migrations"
	return &entryView{
		About: m.About, Above: []Link{{"Migrations", list}},
		Kicker: chosen(list, "kind", string(m.Kind), m.Kind.Label()),
		Facts: []fact{
			{"Effort", m.Effort.Label(), m.Effort.Help()},
			{"Risk", m.Risk.Label(), m.Risk.Help()},
			{"Impact", m.Impact.Label(), m.Impact.Help()},
			{"Takes", span(m.DurationMonths, "months"), ""},
			{"Plan", some(m.Weeks, "weeks"), ""},
			{"Pays back after", span(m.PaybackMonths, "months"), ""},
			{"Difficulty", m.Difficulty.Label(), m.Difficulty.Help()},
			readingTime(m.ReadingMinutes, m.Body),
		},
		Parts: []part{
			listPart("way", "From and to", subjects("From", []SubjectLink{m.From}), subjects("To", m.To),
				group{Title: "By way of", Items: patternItems(m.ViaPatterns)}),
			bodyPart(&m.About),
			stepsPart("steps", "Steps", m.plan()),
			amountsPart("improvements", "What improves", m.Improvements),
			amountsPart("thresholds", "When it is time", m.Thresholds),
			tablePart("complexity", "How complex is yours?", []string{"Factor", "Points"}, m.points()),
			tablePart("scores", "What the points mean", []string{"Points", "Takes"}, m.scores()),
			bulletPart("factors", "What makes it complex", labels(m.ComplexityFactors)),
			tablePart("figures", "Figures of the plan", []string{"What", "Value"}, m.figures()),
			tablePart("claims", "What sources say", []string{"Source", "Effort or duration"}, m.claims()),
			listPart("patterns", "Patterns", group{Title: "Beside it", Items: patternItems(m.PatternsBeside)}, group{Title: "Related", Items: patternItems(m.RelatedPatterns)}),
			sourcesPart(m.Provenance),
		},
	}
}

// plan returns the phases in the form in which all plans are shown.
func (m *MigrationAnswerMigration) plan() (out []step) {
	for _, s := range m.Steps {
		out = append(out, step{When: period("Week", s.WeekStart, s.WeekEnd), Title: s.Label, Text: s.Summary})
	}
	return out
}

// points returns the rows of the table of what makes the migration complex.
func (m *MigrationAnswerMigration) points() (out [][]cell) {
	for _, p := range m.ComplexityPoints {
		out = append(out, []cell{words(phrase(p.Factor)), words(strconv.Itoa(p.Points))})
	}
	return out
}

// scores returns how many months a migration takes by the sum of its points.
func (m *MigrationAnswerMigration) scores() (out [][]cell) {
	for _, b := range m.ScoreBands {
		out = append(out, []cell{words(span(&Range{&b.MinPoints, &b.MaxPoints}, "")), words(span(&b.Months, "months"))})
	}
	return out
}

// figures returns the figures of the plan that are known.
func (m *MigrationAnswerMigration) figures() (out [][]cell) {
	for _, x := range []fact{
		{"People in the examples", ints(m.TeamSizes, ""), ""},
		{"Traffic by step", ints(m.RolloutPercent, " %"), ""},
		{"Example took", some(m.ExampleDurationMonths, "months"), ""},
		{"Examples took", ints(m.ExampleDurationsMonths, " months"), ""},
		{"Items of the checklist", some(m.ChecklistItems, ""), ""},
		{"Steps as stated", some(m.StatedStepCount, ""), ""},
		{"Called", m.Named, ""},
		{"Figures from", m.FiguresFrom, ""},
	} {
		if x.Value != "" {
			out = append(out, []cell{words(x.Name), words(x.Value)})
		}
	}
	return out
}

// claims returns what each source says: first the efforts, then the durations in weeks.
func (m *MigrationAnswerMigration) claims() (out [][]cell) {
	for _, c := range m.EffortClaims {
		out = append(out, []cell{words(phrase(c.Source)), words(c.Effort.Label())})
	}
	for _, c := range m.DurationClaims {
		out = append(out, []cell{words(phrase(c.Source)), words(span(&c.Weeks, "weeks"))})
	}
	return out
}
