package pages

import (
	"strconv"

	"github.com/a-h/templ"
)

// Pillar is the page of a pillar.
func Pillar(f *Frame, a *PillarAnswer) templ.Component {
	return entryPage(f, a.Pillar.view().around(a.Pillars))
}

// view returns the page. Laws stand in groups by how they are connected, and may be in several of them.
func (p *PillarAnswerPillar) view() *entryView {
	slug := escape(p.Slug)
	return &entryView{
		About: p.About, Above: []Link{{"Pillars", "/pillars"}},
		Kicker: []item{{Text: "Pillar " + strconv.Itoa(p.Number)}},
		Facts: []fact{
			{"Difficulty", p.Difficulty.Label(), p.Difficulty.Help()},
			{"Study", span(&p.StudyHours, "hours"), ""},
			readingTime(p.ReadingMinutes, p.Body),
		},
		Parts: []part{
			bodyPart(&p.About),
			listPart("laws", "Laws behind it", inline("Directly", p.DirectLaws.Nodes), inline("All", p.Laws), inline("On the index of pillars", p.LawsOnIndex)),
			listPart("techniques", "Key patterns and techniques", subjects("Patterns", p.KeyPatterns), group{Title: "Techniques", Items: textItems(p.KeyTechniques), Inline: true}),
			tablePart("example", "Example", []string{"Company", "Scale"}, p.example()),
			tablePart("combinations", "With other pillars", []string{"Pillars", "Company", "By"}, p.combinations()),
			tablePart("fit", "How well patterns fit", []string{"Pattern", "Fit, 1 to 3"}, p.fits()),
			listPart("patterns", "Patterns", group{Items: patternItems(p.Patterns.Nodes)}.of(p.Patterns.TotalCount, "/patterns?pillar="+slug)),
			elsewhere(
				rows("Case studies", p.CaseStudies.Nodes).of(p.CaseStudies.TotalCount, "/case-studies?pillar="+slug),
				rows("Learning paths", p.LearningPaths.Nodes).of(p.LearningPaths.TotalCount, ""),
				inline("Roles that study it", p.Roles.Nodes),
				inline("Combined by the pillars", p.CombinedWith.Nodes),
			),
			sourcesPart(p.Provenance),
		},
	}
}

// example returns the one row of the example, nil without one.
func (p *PillarAnswerPillar) example() [][]cell {
	if p.Example == nil {
		return nil
	}
	return [][]cell{{{p.Example.Company.item()}, words(p.Example.Scale)}}
}

// combinations returns the pillars that a company combines, and the pattern or practice by which it does.
func (p *PillarAnswerPillar) combinations() (out [][]cell) {
	for _, x := range p.Combinations {
		by := x.Pattern.item()
		if x.Pattern == nil {
			by = x.Practice.item()
		}
		out = append(out, []cell{linkItems(x.Pillars), {x.Company.item()}, {by}})
	}
	return out
}

// fits returns the patterns with how well they fit, from 1 to 3.
func (p *PillarAnswerPillar) fits() (out [][]cell) {
	for _, x := range p.PatternFit.Edges {
		out = append(out, []cell{{{Text: x.Node.Name, URL: x.Node.ResourcePath}}, words(strconv.Itoa(x.Fit))})
	}
	return out
}
