package pages

import (
	"fmt"
	"strconv"
	"strings"
)

// span returns a range with its unit, in plural: "6–12 months". It is empty for nil.
// A range with one end only is "from" it or "up to" it.
func span(r *Range, unit string) string {
	switch {
	case r == nil, r.Min == nil && r.Max == nil:
		return ""
	case r.Min == nil:
		return "up to " + amount(*r.Max, unit)
	case r.Max == nil:
		return "from " + amount(*r.Min, unit)
	case *r.Min == *r.Max:
		return amount(*r.Min, unit)
	}
	return number(*r.Min) + "–" + amount(*r.Max, unit)
}

// amount returns a number with its unit, which is given in plural.
// For one, a final s is cut off the unit; units that are equal in both forms, such as %, stay.
func amount(n int, unit string) string {
	if n == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return strings.TrimSpace(number(n) + " " + unit)
}

// some returns a number with its unit, empty for nil.
func some(n *int, unit string) string {
	if n == nil {
		return ""
	}
	return amount(*n, unit)
}

// year returns a year, empty for nil.
func year(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// percent returns a share.
// n is in percent already.
func percent(n int) string { return strconv.Itoa(n) + " %" }

// readingTime returns the fact of how long an entry takes to read: as stated, or as counted in its text.
func readingTime(stated *int, t Text) fact {
	n := t.ReadingMinutes
	if stated != nil {
		n = *stated
	}
	return fact{"Reading time", strconv.Itoa(n) + " min", ""}
}

// period returns weeks, or other units, from one to another: "Weeks 1–2", "Week 3".
// The unit is in singular. Without from it is empty; without to it is one unit.
func period(unit string, from, to *int) string {
	switch {
	case from == nil:
		return ""
	case to == nil || *to == *from:
		return unit + " " + strconv.Itoa(*from)
	}
	return fmt.Sprintf("%ss %d–%d", unit, *from, *to)
}

// ints returns numbers with a unit, separated by commas.
// The unit stands once, after the last number, and brings its own space.
func ints(of []int, unit string) string {
	texts := make([]string, len(of))
	for i, n := range of {
		texts[i] = number(n)
	}
	if len(of) == 0 {
		return ""
	}
	return strings.Join(texts, ", ") + unit
}

// decimal returns a number without needless digits.
// It has as many digits after the point as it needs to be read back, and no spaces between thousands.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// amountRows returns figures as rows of a table.
func amountRows(of []Amount) [][]cell {
	var out [][]cell
	for _, a := range of {
		out = append(out, []cell{words(phrase(a.Metric)), words(a.Label)})
	}
	return out
}

// amountsPart is a table of figures.
func amountsPart(id, title string, of []Amount) part {
	return tablePart(id, title, []string{"What", "Value"}, amountRows(of))
}

// amountItems returns figures as items.
func amountItems(of []Amount) (out []item) {
	for _, a := range of {
		out = append(out, item{Text: phrase(a.Metric) + " " + a.Label})
	}
	return out
}

// class returns the class of a group's list.
func (g group) class() string {
	if g.Inline {
		return "inline"
	}
	return "rows"
}

// said returns a value with what it is, empty without a value.
func said(what, value string) string {
	if value == "" {
		return ""
	}
	return what + ": " + value
}
