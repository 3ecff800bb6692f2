package pages

import (
	"strconv"

	"github.com/a-h/templ"
)

// Law is the page of a law.
func Law(f *Frame, a *LawAnswer) templ.Component { return entryPage(f, a.Law.view().around(a.Laws)) }

// view returns the page. Pillars that only the index of pillars connects with the law stand apart.
func (l *LawAnswerLaw) view() *entryView {
	return &entryView{
		About: l.About, Above: []Link{{"Laws", "/laws"}},
		Kicker: []item{{Text: "Law " + strconv.Itoa(l.Number)}, {Text: l.Group.Label()}},
		Facts: []fact{
			{"Difficulty", l.Difficulty.Label(), l.Difficulty.Help()},
			{"Study", span(&l.StudyHours, "hours"), ""},
			{"Order of learning", strconv.Itoa(l.LearningOrder), ""},
			readingTime(l.ReadingMinutes, l.Body),
		},
		Parts: []part{
			bodyPart(&l.About),
			tablePart("interactions", "How it meets the other laws", []string{"Law", "Relation", "Example"}, l.interactions()),
			tablePart("combinations", "In combination", []string{"Laws", "Effect", "Patterns"}, l.combinations()),
			stepsPart("loops", "Loops that reinforce it", l.circles()),
			listPart("pillars", "Pillars", inline("Directly behind", l.DirectPillars), inline("Behind", l.Pillars), inline("Beside it on the index of pillars", l.PillarsOnIndex.Nodes)),
			listPart("patterns", "Patterns", subjects("Key patterns", l.KeyPatterns),
				group{Title: "Patterns that answer it", Items: patternItems(l.Patterns.Nodes)}.of(l.Patterns.TotalCount, "/patterns?law="+escape(l.Slug))),
			elsewhere(
				rows("Case studies", l.CaseStudies.Nodes).of(l.CaseStudies.TotalCount, "/case-studies?law="+escape(l.Slug)),
				rows("Learning paths", l.LearningPaths.Nodes).of(l.LearningPaths.TotalCount, ""),
				inline("Laws that mention it", l.LawMentions.Nodes),
			),
			bulletPart("former", "Formerly", l.FormerAxioms),
			sourcesPart(l.Provenance),
		},
	}
}

// interactions returns the rows of the table of laws that act on this one.
func (l *LawAnswerLaw) interactions() (out [][]cell) {
	for _, x := range l.Interactions {
		out = append(out, []cell{{x.Law.item()}, words(x.Kind.Label()), words(x.Example)})
	}
	return out
}

// combinations returns the rows of the table of laws that act with this one.
func (l *LawAnswerLaw) combinations() (out [][]cell) {
	for _, x := range l.Combinations {
		out = append(out, []cell{linkItems(x.Laws), words(x.Effect.Label()), subjectItems(x.Patterns)})
	}
	return out
}

// circles returns the loops in which laws make each other worse, with what breaks them.
func (l *LawAnswerLaw) circles() (out []step) {
	for _, x := range l.Loops {
		out = append(out, step{Title: x.Name, Groups: []group{inline("Path", x.Path), subjects("Broken by", x.Breakers)}})
	}
	return out
}
