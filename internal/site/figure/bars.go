package figure

import "math"

// maxBars is the greatest number of rows of a chart with one row an item.
const maxBars = 60

// Bar is a named value. Without a value that is finite, the row says that there is none.
type Bar struct {
	Label string
	Href  string // where the label leads; may be empty
	Value float64
	Note  string // what stands behind the value, such as a source; may be empty
	Tone  Tone
}

// Bars is a chart of horizontal bars, which begin at zero.
type Bars struct {
	Caption
	Unit string  // of the values; may be empty
	Full float64 // the value of a bar of full length; the greatest one if 0
	Bars []Bar
}

// SVG returns the picture: for each bar its label and value, and the bar below them.
func (b Bars) SVG() string {
	var p pen
	const row, thick = 40.0, 10.0
	width, bars := b.width(), b.Bars[:min(len(b.Bars), maxBars)]
	p.begin(role(bars), "fig-bars", b.Caption, width, max(row*float64(len(bars)), row))
	if len(bars) == 0 {
		p.label("fig-note", width/2, 24, middle, width, "No values yet")
	}
	full := b.Full
	for _, bar := range bars {
		// The negation also holds for a full value that is not a number.
		if finite(bar.Value) && !(b.Full > 0) {
			full = max(full, math.Abs(bar.Value))
		}
	}
	for i, bar := range bars {
		y, value := row*float64(i), Number(bar.Value)+spaced(b.Unit)
		if !finite(bar.Value) {
			value = "no value"
		}
		if bar.Note != "" {
			value += " · " + bar.Note
		}
		// The value comes first and the label has the rest, which is about half of the width at least.
		taken := min(textWidth(value), width/2)
		linked := p.link(bar.Href)
		p.label("fig-text", 0, y+15, left, width-taken-10, bar.Label)
		if linked {
			p.end("a")
		}
		p.label("fig-value", width, y+15, right, taken+1, value)
		p.tag("rect").str("class", "fig-track").num("x", 0).num("y", y+21).num("width", width).num("height", thick).num("rx", 3).empty()
		if finite(bar.Value) && full > 0 {
			length := span{0, full}.at(math.Abs(bar.Value)) * width
			p.tag("rect").str("class", bar.Tone.class("fig-bar")).num("x", 0).num("y", y+21).num("width", length).num("height", thick).num("rx", 3).empty()
		}
	}
	return p.end("svg").String()
}

// role returns the role of a picture of bars: one with links is a group.
func role(bars []Bar) string {
	for _, b := range bars {
		if linkable(b.Href) {
			return roleGroup
		}
	}
	return roleImage
}

// Table returns the values, one row a bar.
func (b Bars) Table() Table { return barTable(b.Title, b.Unit, b.Bars) }

// barTable returns the rows of bars.
func barTable(title, unit string, bars []Bar) Table {
	t := Table{Title: title, Head: []string{"Name", "Value"}}
	for _, bar := range bars {
		c := Cell{Text: "no value", Numeric: true}
		if finite(bar.Value) {
			c.Text = Number(bar.Value) + spaced(unit)
		}
		row := []Cell{{Text: bar.Label, Href: bar.Href}, c}
		if bar.Note != "" {
			row[1].Text += " · " + bar.Note
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Distribution is one bar of parts that make up a whole, such as the patterns of each tier.
type Distribution struct {
	Caption
	Unit  string // of the values; may be empty
	Parts []Bar
}

// SVG returns the picture: the bar, and below it what each part is.
func (d Distribution) SVG() string {
	var p pen
	const thick, row = 26.0, 22.0
	width, parts := d.width(), d.Parts[:min(len(d.Parts), 12)]
	p.begin(role(parts), "fig-distribution", d.Caption, width, thick+10+row*float64(len(parts)))
	sum := 0.0
	for _, part := range parts {
		if finite(part.Value) {
			sum += max(part.Value, 0)
		}
	}
	x := 0.0
	for i, part := range parts {
		share := 0.0
		if finite(part.Value) && sum > 0 {
			share = max(part.Value, 0) / sum
		}
		class := "fig-part"
		if part.Tone == "" {
			class += " " + seriesClass(i)
		}
		class = part.Tone.class(class)
		// Parts stand two pixels apart, within the room of each, so the bar has the full width at most.
		length := share * width
		p.tag("rect").str("class", class).num("x", x).num("y", 0).num("width", max(length-2, 0)).num("height", thick).num("rx", 3).body()
		p.title(sentence(part.Label, Number(part.Value)+spaced(d.Unit))).end("rect")
		x += length
		y := thick + 10 + row*float64(i)
		p.tag("rect").str("class", class).num("x", 0).num("y", y+3).num("width", 12).num("height", 12).num("rx", 3).empty()
		value := Number(part.Value) + spaced(d.Unit) + " · " + Number(math.Round(share*100)) + "%"
		linked := p.link(part.Href)
		p.label("fig-text", 20, y+14, left, width-30-textWidth(value), part.Label)
		if linked {
			p.end("a")
		}
		p.label("fig-value", width, y+14, right, width/2, value)
	}
	return p.end("svg").String()
}

// Table returns the parts.
func (d Distribution) Table() Table { return barTable(d.Title, d.Unit, d.Parts) }

// Range is an estimate: the lowest, the expected and the highest value.
type Range struct {
	Label               string
	Unit                string
	Low, Expected, High float64
}

// Ranges is a chart of estimates. Those of one unit have one scale, which begins at zero.
type Ranges struct {
	Caption
	Ranges []Range
}

// ok reports whether a range can be drawn.
// Ends in the wrong order are a mistake of the data, which a bar would hide.
func (r Range) ok() bool {
	return finite(r.Low) && finite(r.Expected) && finite(r.High) && r.Low <= r.Expected && r.Expected <= r.High
}

// SVG returns the picture: for each range its label and numbers, and a bar with a mark at what is
// expected.
func (r Ranges) SVG() string {
	var p pen
	const row, thick = 44.0, 10.0
	width, ranges := r.width(), r.Ranges[:min(len(r.Ranges), maxBars)]
	p.begin(roleImage, "fig-ranges", r.Caption, width, max(row*float64(len(ranges)), row))
	scales := map[string]span{}
	for _, one := range ranges {
		if one.ok() {
			s := scales[one.Unit]
			// A unit without a range yet has the empty span at zero, from which its scale begins.
			scales[one.Unit] = span{min(s.low, one.Low), max(s.high, one.High)}
		}
	}
	for i, one := range ranges {
		y, value := row*float64(i), "no value"
		if one.ok() {
			value = Number(one.Low) + " – " + Number(one.High) + spaced(one.Unit) + ", expected " + Number(one.Expected)
		}
		taken := min(textWidth(value), width*2/3)
		p.label("fig-text", 0, y+15, left, width-taken-10, one.Label)
		p.label("fig-value", width, y+15, right, taken+1, value)
		p.tag("rect").str("class", "fig-track").num("x", 0).num("y", y+22).num("width", width).num("height", thick).num("rx", 3).empty()
		if !one.ok() {
			continue
		}
		x := func(v float64) float64 { return 3 + scales[one.Unit].at(v)*(width-6) }
		p.tag("rect").str("class", "fig-range").num("x", x(one.Low)-1).num("y", y+22).num("width", x(one.High)-x(one.Low)+2).num("height", thick).num("rx", 3).empty()
		p.tag("rect").str("class", "fig-mark").num("x", x(one.Expected)-2).num("y", y+19).num("width", 4).num("height", thick+6).num("rx", 2).empty()
	}
	return p.end("svg").String()
}

// Table returns the estimates.
func (r Ranges) Table() Table {
	t := Table{Title: r.Title, Head: []string{"Name", "Lowest", "Expected", "Highest", "Unit"}}
	for _, one := range r.Ranges {
		t.Rows = append(t.Rows, []Cell{{Text: one.Label}, numeric(one.Low), numeric(one.Expected), numeric(one.High), {Text: one.Unit}})
	}
	return t
}
