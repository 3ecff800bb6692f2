package figure

import "strconv"

const (
	maxPoints = 400
	maxSeries = 6
)

// Point is one value of a series.
type Point struct {
	At    float64 // its place on the axis, such as the number of its month
	Label string  // that place in words
	Value float64
}

// Series is a named line.
type Series struct {
	Name   string
	Points []Point // in the order of At
}

// Lines is a chart of up to six series over a common axis.
type Lines struct {
	Caption
	Unit   string // of the values; may be empty
	Series []Series
}

// shown returns the series and points that the picture shows.
// Of a long series it shows the last points, which are the newest ones.
func (l Lines) shown() []Series {
	var out []Series
	for _, s := range l.Series[:min(len(l.Series), maxSeries)] {
		kept := Series{Name: s.Name}
		for _, pt := range s.Points[max(len(s.Points)-maxPoints, 0):] {
			if finite(pt.At) && finite(pt.Value) {
				kept.Points = append(kept.Points, pt)
			}
		}
		out = append(out, kept)
	}
	return out
}

// SVG returns the picture.
func (l Lines) SVG() string {
	var p pen
	const axis, top, foot, plot = 44.0, 10.0, 24.0, 170.0
	width, series := l.width(), l.shown()
	keys := 0.0
	if len(series) > 1 {
		keys = 20 * float64(len(series))
	}
	var ats, values []float64
	for _, s := range series {
		for _, pt := range s.Points {
			ats, values = append(ats, pt.At), append(values, pt.Value)
		}
	}
	across, _ := spanOf(ats...)
	up, ok := spanOf(values...)
	if !ok {
		p.begin(roleImage, "fig-lines", l.Caption, width, 40)
		return p.label("fig-note", width/2, 24, middle, width, "No values yet").end("svg").String()
	}
	p.begin(roleImage, "fig-lines", l.Caption, width, top+plot+foot+keys)
	ticks, up := up.ticks(4)
	x := func(at float64) float64 { return axis + across.at(at)*(width-axis-14) }
	y := func(v float64) float64 { return top + plot - up.at(v)*plot }
	for _, v := range ticks {
		p.tag("path").str("class", "fig-grid").path(step{'M', []float64{axis, y(v)}}, step{'H', []float64{width - 8}}).empty()
		p.label("fig-note", axis-6, y(v)+4, right, axis-6, compact(v))
	}
	p.places(series, x, top+plot+18)
	for i, s := range series {
		p.line(i, s, x, y, l.Unit)
		if keys > 0 {
			at := top + plot + foot + 20*float64(i)
			p.tag("path").str("class", "fig-line "+seriesClass(i)).path(step{'M', []float64{axis, at + 10}}, step{'h', []float64{24}}).empty()
			p.label("fig-text", axis+32, at+14, left, width-axis-32, s.Name)
		}
	}
	return p.end("svg").String()
}

// seriesClass returns the class of the n-th series.
func seriesClass(n int) string { return "fig-s" + strconv.Itoa(n%maxSeries+1) }

// line writes a series: a line, and a dot with its value in words at each point.
func (p *pen) line(n int, s Series, x, y func(float64) float64, unit string) {
	var steps []step
	for i, pt := range s.Points {
		letter := byte('L')
		if i == 0 {
			letter = 'M'
		}
		steps = append(steps, step{letter, []float64{x(pt.At), y(pt.Value)}})
	}
	if len(steps) > 1 {
		p.tag("path").str("class", "fig-line "+seriesClass(n)).str("fill", "none").path(steps...).empty()
	}
	for _, pt := range s.Points {
		p.tag("circle").str("class", "fig-dot "+seriesClass(n)).num("cx", x(pt.At)).num("cy", y(pt.Value)).num("r", 3.5).body()
		p.title(sentence(s.Name, pt.Label, Number(pt.Value)+spaced(unit))).end("circle")
	}
}

// places writes the labels below the axis: the first, the last, and those between that have room.
func (p *pen) places(series []Series, x func(float64) float64, y float64) {
	var longest []Point
	for _, s := range series {
		if len(s.Points) > len(longest) {
			longest = s.Points
		}
	}
	const room = 64.0
	n := len(longest)
	until := 0.0
	for i, pt := range longest {
		at := x(pt.At)
		switch {
		case i == n-1 && n > 1:
			p.label("fig-note", at+8, y, right, room, pt.Label)
		case i == 0:
			p.label("fig-note", at-8, y, left, room, pt.Label)
			until = at + room
		case at-room/2 >= until && at+room <= x(longest[n-1].At)-room/2:
			p.label("fig-note", at, y, middle, room, pt.Label)
			until = at + room/2 + 8
		}
	}
}

// sentence joins the parts that are not empty.
func sentence(parts ...string) string {
	out := ""
	for _, part := range parts {
		switch {
		case part == "":
		case out == "":
			out = part
		default:
			out += ", " + part
		}
	}
	return out
}

// spaced returns a unit with the space before it.
// A percent sign follows its number directly.
func spaced(unit string) string {
	if unit == "" || unit == "%" {
		return unit
	}
	return " " + unit
}

// Table returns the values, one row a point.
func (l Lines) Table() Table {
	t := Table{Title: l.Title, Head: []string{"Series", "When", "Value"}}
	for _, s := range l.Series {
		for _, pt := range s.Points {
			c := numeric(pt.Value)
			c.Text += spaced(l.Unit)
			t.Rows = append(t.Rows, []Cell{{Text: s.Name}, {Text: pt.Label}, c})
		}
	}
	return t
}

// Sparkline is a small line without an axis, to stand in a row of text or of a table. Values that
// are not finite are gaps.
type Sparkline struct {
	Caption
	Values []float64
	Tone   Tone
}

// SVG returns the picture.
func (s Sparkline) SVG() string {
	var p pen
	const height, pad = 28.0, 4.0
	width := 120.0
	if s.Width != 0 {
		width = s.width()
	}
	values := s.Values[max(len(s.Values)-maxPoints, 0):]
	p.begin(roleImage, s.Tone.class("fig-sparkline"), s.Caption, width, height)
	up, ok := spanOf(values...)
	if !ok {
		return p.tag("path").str("class", "fig-grid").path(step{'M', []float64{pad, height / 2}}, step{'H', []float64{width - pad}}).empty().end("svg").String()
	}
	// Places follow from the positions, so a value that is missing leaves its room free.
	across := span{0, float64(len(values) - 1)}
	var steps []step
	letter, last := byte('M'), step{}
	for i, v := range values {
		if !finite(v) {
			letter = 'M'
			continue
		}
		last = step{letter, []float64{pad + across.at(float64(i))*(width-2*pad), height - pad - up.at(v)*(height-2*pad)}}
		steps, letter = append(steps, last), 'L'
	}
	p.tag("path").str("class", "fig-line").str("fill", "none").path(steps...).empty()
	return p.tag("circle").str("class", "fig-dot").num("cx", last.to[0]).num("cy", last.to[1]).num("r", 3).empty().end("svg").String()
}

// Table returns the values by their position.
func (s Sparkline) Table() Table {
	t := Table{Title: s.Title, Head: []string{"Position", "Value"}}
	for i, v := range s.Values {
		if finite(v) {
			t.Rows = append(t.Rows, []Cell{numeric(float64(i + 1)), numeric(v)})
		}
	}
	return t
}
