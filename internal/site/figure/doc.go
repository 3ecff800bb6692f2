// Package figure draws charts and graphs as SVG to stand inside an HTML page. A figure is a struct
// of strings and numbers; equal structs are drawn as equal bytes. Colours and fonts come from the
// style sheet CSS by classes, so a page needs no inline style, and figures are light or dark as
// their page is.
//
// Text may come from anywhere: it is escaped, long text is clipped and stands whole in a <title>,
// and right-to-left text keeps its place. Numbers that are not finite are left out. Figures are
// bounded: what exceeds their limits is left out of the picture and stands in the table, which is
// bounded by MaxRows.
package figure

import (
	_ "embed" // for the style sheet
)

// CSS is the style sheet of the figures. Its custom properties begin with --fig-; a page may set
// them to its own colours.
//
//go:embed figure.css
var CSS string

// Figure is a picture, with a table that states the same for those who do not see it.
type Figure interface {
	// SVG returns the picture as an SVG element.
	SVG() string
	// Table returns what the picture shows.
	Table() Table
}

// Caption names a figure.
type Caption struct {
	Title string // what it shows, in a few words
	Desc  string // what a reader sees in it, in a sentence; may be empty
	Width int    // the width of the drawing in pixels; 400 if 0
}

// Tone is the meaning of a colour. The zero value is the colour of the page's accent.
type Tone string

// The tones. Any other value counts as the zero value.
const (
	Gold   Tone = "gold"
	Silver Tone = "silver"
	Bronze Tone = "bronze"
	Good   Tone = "good"
	Bad    Tone = "bad"
	Muted  Tone = "muted"
)

// class returns a class with the one of the tone.
func (t Tone) class(base string) string {
	switch t {
	case Gold, Silver, Bronze, Good, Bad, Muted:
		return base + " fig-" + string(t)
	default:
		return base
	}
}

// HTML returns a figure element: the picture, its title, and the table in a details element.
func HTML(f Figure) string {
	var p pen
	t := f.Table()
	p.tag("figure").str("class", "fig-figure").body()
	p.tag("div").str("class", "fig-scroll").body()
	p.raw(f.SVG())
	p.end("div").tag("figcaption").body().text(t.Title).end("figcaption")
	p.tag("details").body().tag("summary").body().text("As a table").end("summary")
	p.raw(t.HTML()).end("details").end("figure")
	return p.String()
}
