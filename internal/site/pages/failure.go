package pages

import (
	"strconv"

	"github.com/a-h/templ"
)

// Failure is the page of a failure study.
func Failure(f *Frame, a *FailureAnswer) templ.Component {
	x := a.Failure
	v := &entryView{
		About: x.About, Above: []Link{{"Failures", "/failures"}},
		Kicker: []item{{Text: "Failure"}, x.Company.item()},
		Facts:  []fact{{"Year", strconv.Itoa(x.Year), ""}, {"Cause", phrase(x.Cause), ""}, readingTime(nil, x.Body)},
		Parts:  []part{bodyPart(&x.About)},
	}
	return entryPage(f, v.between(nodesOf(a.Previous), nodesOf(a.Next)))
}
