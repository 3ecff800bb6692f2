package figure

import "math"

// maxAxes is the greatest number of axes of a radar.
const maxAxes = 12

// Profile is what a radar compares: one value an axis.
type Profile struct {
	Name   string
	Href   string // where the name leads; may be empty
	Values []float64
}

// Radar compares up to six profiles over three or more axes. Values that are not finite or missing
// are left out of the line.
type Radar struct {
	Caption
	Axes     []string
	Full     float64 // the value at the rim; 1 if 0
	Profiles []Profile
}

// SVG returns the picture, with the names of the profiles below it.
func (r Radar) SVG() string {
	var p pen
	width := r.width()
	axes, profiles := r.Axes[:min(len(r.Axes), maxAxes)], r.Profiles[:min(len(r.Profiles), maxSeries)]
	radius, labels := min(width/2-84, 130), width/2-8
	const top, row = 30.0, 22.0
	middleY := top + radius
	p.begin(r.role(profiles), "fig-radar", r.Caption, width, middleY+radius+26+row*float64(len(profiles)))
	at := func(axis int, share float64) (x, y float64) {
		// The first axis points upwards; the others follow clockwise.
		angle := 2*math.Pi*float64(axis)/float64(len(axes)) - math.Pi/2
		return width/2 + share*radius*math.Cos(angle), middleY + share*radius*math.Sin(angle)
	}
	for _, ring := range []float64{0.25, 0.5, 0.75, 1} {
		p.tag("path").str("class", "fig-grid").str("fill", "none").path(ringSteps(len(axes), func(i int) (float64, float64) { return at(i, ring) })...).empty()
	}
	for i, axis := range axes {
		x, y := at(i, 1)
		p.tag("path").str("class", "fig-grid").path(step{'M', []float64{width / 2, middleY}}, step{'L', []float64{x, y}}).empty()
		x, y = at(i, 1+12/max(radius, 1))
		side, room := middle, labels
		switch {
		case x > width/2+1:
			side, room = left, width-x
		case x < width/2-1:
			side, room = right, x
		}
		p.label("fig-note", x, y+4, side, room, axis)
	}
	full := r.Full
	if !(full > 0) {
		full = 1
	}
	for n, one := range profiles {
		p.profile(n, one, len(axes), func(i int, v float64) (float64, float64) { return at(i, span{0, full}.at(v)) })
		y := middleY + radius + 26 + row*float64(n)
		p.tag("rect").str("class", "fig-part "+seriesClass(n)).num("x", 0).num("y", y).num("width", 12).num("height", 12).num("rx", 3).empty()
		linked := p.link(one.Href)
		p.label("fig-text", 20, y+11, left, width-20, one.Name)
		if linked {
			p.end("a")
		}
	}
	return p.end("svg").String()
}

// role returns the role of the picture: one with links is a group.
func (r Radar) role(profiles []Profile) string {
	for _, p := range profiles {
		if linkable(p.Href) {
			return roleGroup
		}
	}
	return roleImage
}

// ringSteps returns the steps of a closed path through a point of each axis.
func ringSteps(axes int, at func(int) (float64, float64)) []step {
	var out []step
	for i := range axes {
		x, y := at(i)
		letter := byte('L')
		if i == 0 {
			letter = 'M'
		}
		out = append(out, step{letter, []float64{x, y}})
	}
	return append(out, step{letter: 'Z'})
}

// profile writes the area of a profile.
func (p *pen) profile(n int, one Profile, axes int, at func(int, float64) (float64, float64)) {
	var steps []step
	for i, v := range one.Values[:min(len(one.Values), axes)] {
		if !finite(v) {
			continue
		}
		x, y := at(i, v)
		letter := byte('L')
		if len(steps) == 0 {
			letter = 'M'
		}
		steps = append(steps, step{letter, []float64{x, y}})
	}
	if len(steps) == 0 {
		return
	}
	p.tag("path").str("class", "fig-area "+seriesClass(n)).path(append(steps, step{letter: 'Z'})...).body().title(one.Name).end("path")
}

// Table returns a row for each axis and a column for each profile.
func (r Radar) Table() Table {
	t := Table{Title: r.Title, Head: []string{"Axis"}}
	for _, one := range r.Profiles {
		t.Head = append(t.Head, one.Name)
	}
	for i, axis := range r.Axes {
		row := []Cell{{Text: axis}}
		for _, one := range r.Profiles {
			v := math.NaN()
			if i < len(one.Values) {
				v = one.Values[i]
			}
			row = append(row, numeric(v))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
