package figure

import "strconv"

// maxPhases is the greatest number of phases of a timeline.
const maxPhases = 30

// Phase is a part of a timeline.
type Phase struct {
	Label      string
	Href       string // where the label leads; may be empty
	When       string // when it is, in words; may be empty
	Start, End float64
	Tone       Tone
}

// Timeline shows phases from top to bottom, each with its place in the whole time. Phases whose End
// is not after their Start have no bar.
type Timeline struct {
	Caption
	Phases []Phase
}

// timed reports whether a phase has a place in time.
func (ph Phase) timed() bool { return finite(ph.Start) && finite(ph.End) && ph.End > ph.Start }

// SVG returns the picture.
func (t Timeline) SVG() string {
	var p pen
	const row, rail, indent = 54.0, 14.0, 40.0
	width, phases := t.width(), t.Phases[:min(len(t.Phases), maxPhases)]
	var ends []float64
	linked := roleImage
	for _, ph := range phases {
		if ph.timed() {
			ends = append(ends, ph.Start, ph.End)
		}
		if linkable(ph.Href) {
			linked = roleGroup
		}
	}
	whole, _ := spanOf(ends...)
	p.begin(linked, "fig-timeline", t.Caption, width, max(row*float64(len(phases)), row))
	if len(phases) > 1 {
		p.tag("path").str("class", "fig-rail").path(step{'M', []float64{rail, 16}}, step{'V', []float64{row*float64(len(phases)-1) + 16}}).empty()
	}
	for i, ph := range phases {
		y := row * float64(i)
		p.tag("circle").str("class", ph.Tone.class("fig-stop")).num("cx", rail).num("cy", y+16).num("r", 13).empty()
		p.label("fig-stop-number", rail, y+20.5, middle, 26, strconv.Itoa(i+1))
		taken := min(textWidth(ph.When), (width-indent)/2)
		at := p.link(ph.Href)
		p.label("fig-strong", indent, y+20, left, (width-indent-taken-10)*boldness, ph.Label)
		if at {
			p.end("a")
		}
		p.label("fig-value", width, y+20, right, taken+1, ph.When)
		if !ph.timed() {
			continue
		}
		x := func(v float64) float64 { return indent + whole.at(v)*(width-indent) }
		p.tag("rect").str("class", "fig-track").num("x", indent).num("y", y+29).num("width", width-indent).num("height", 8).num("rx", 3).empty()
		p.tag("rect").str("class", ph.Tone.class("fig-bar")).num("x", x(ph.Start)).num("y", y+29).num("width", max(x(ph.End)-x(ph.Start), 2)).num("height", 8).num("rx", 3).empty()
	}
	return p.end("svg").String()
}

// Table returns the phases in order.
func (t Timeline) Table() Table {
	out := Table{Title: t.Title, Head: []string{"Phase", "When"}}
	for _, ph := range t.Phases {
		out.Rows = append(out.Rows, []Cell{{Text: ph.Label, Href: ph.Href}, {Text: ph.When}})
	}
	return out
}
