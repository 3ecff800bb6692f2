package pages

import "github.com/a-h/templ"

// Comparison is the page of a comparison that an author wrote.
func Comparison(f *Frame, a *ComparisonAnswer) templ.Component {
	return entryPage(f, a.Comparison.view().between(nodesOf(a.Previous), nodesOf(a.Next)))
}

// view returns the page. Ratings and scenarios are those of the author; CompareAnswer has computed ones.
func (c *ComparisonAnswerComparison) view() *entryView {
	return &entryView{
		About: c.About, Above: []Link{{"Comparisons", "/comparisons"}},
		Kicker: []item{{Text: "Comparison"}},
		Facts:  []fact{readingTime(nil, c.Body)},
		Parts: []part{
			listPart("subjects", "What is compared", subjects("", c.Subjects)),
			bodyPart(&c.About),
			tablePart("ratings", "Side by side", c.columns(), c.ratings()),
			tablePart("scenarios", "Which one when", []string{"When", "Best", "Verdict"}, c.scenarios()),
			elsewhere(group{Title: "About the pattern", Items: owner(c.ParentPattern), Inline: true}),
			sourcesPart(c.Provenance),
		},
	}
}

// columns returns the heads of the table of ratings: the subjects that are rated.
func (c *ComparisonAnswerComparison) columns() []string {
	out := []string{"Criterion"}
	for _, r := range c.Ratings {
		out = append(out, r.Subject.Label)
	}
	return out
}

// ratings returns a row for each criterion.
// A subject without a value for a criterion has an empty cell, so that columns stay below their heads.
// Rows are nil if no subject is rated, as criteria alone are no table.
func (c *ComparisonAnswerComparison) ratings() (out [][]cell) {
	if len(c.Ratings) == 0 {
		return nil
	}
	for _, criterion := range c.Criteria {
		row := []cell{words(criterion)}
		for _, r := range c.Ratings {
			value := ""
			for _, v := range r.Values {
				if v.Criterion == criterion {
					value = v.Value
				}
			}
			row = append(row, words(value))
		}
		out = append(out, row)
	}
	return out
}

// scenarios returns what is best in each situation, with the author's reason.
func (c *ComparisonAnswerComparison) scenarios() (out [][]cell) {
	for _, s := range c.Scenarios {
		out = append(out, []cell{words(phrase(s.Scenario)), subjectItems(s.Best), words(phrase(s.Verdict))})
	}
	return out
}
