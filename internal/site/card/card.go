// Package card draws the pictures that others show for a link to the site: a card with the title of a
// page, and the icon of the site. Both are PNG with few colours, so that they are small and quick to
// make. Titles in scripts that the font lacks are left out: a card without them is better than one of
// empty boxes.
package card

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// The size of a card in pixels, as those who show links expect it.
const (
	Width  = 1200
	Height = 630
)

const (
	margin   = 96
	maxLines = 4
	// maxTitle bounds the letters of a title that are measured.
	maxTitle = 240
	// leading is the distance of lines as a part of the size, in percent.
	leading = 118
)

// sizes are the sizes of a title: the first in which it fits is taken.
var sizes = []float64{92, 76, 62}

// ink is one of the colours of a card.
type ink int

const (
	white ink = iota
	accent
	soft
	inks // their number
)

// shades is the number of steps from the ground to an ink.
const shades = 16

var (
	ground = color.RGBA{0x13, 0x16, 0x19, 0xff}
	tones  = [inks]color.RGBA{white: {0xf4, 0xf5, 0xf6, 0xff}, accent: {0x7c, 0xb7, 0xf2, 0xff}, soft: {0xa2, 0xa9, 0xb1, 0xff}}
)

// typeface is the one font of cards. It has the letters of Latin, Greek and Cyrillic.
var typeface = sync.OnceValues(func() (*sfnt.Font, error) { return opentype.Parse(gobold.TTF) })

// Text is what a card says.
type Text struct {
	// Title is that of the page, Kind says what it is about, and Site is the title of the site.
	Title, Kind, Site string
}

// Draw draws a card.
func Draw(t Text) ([]byte, error) {
	f, err := typeface()
	if err != nil {
		return nil, fmt.Errorf("read the font: %w", err)
	}
	t.Title, t.Kind, t.Site = clip(t.Title), clip(t.Kind), clip(t.Site)
	c := newCanvas(Width, Height)
	c.mark(image.Rect(margin, margin-16, margin+64, margin+48))
	top := margin + 32
	if has(f, t.Site) {
		c.write(f, run{t.Site, 34, margin + 88, top, soft})
	}
	if has(f, t.Kind) {
		c.write(f, run{t.Kind, 34, margin, Height - margin, accent})
	}
	if !has(f, t.Title) {
		return c.png()
	}
	size, lines := c.fit(f, t.Title)
	step := int(size * leading / 100)
	y := (Height+top-margin)/2 - step*len(lines)/2 + int(size*0.8)
	for i, line := range lines {
		c.write(f, run{line, size, margin, y + i*step, white})
	}
	return c.png()
}

// Icon draws the icon of the site with a length of its sides.
func Icon(side int) ([]byte, error) {
	c := newCanvas(side, side)
	inset := side / 5
	c.mark(image.Rect(inset, inset, side-inset, side-inset))
	return c.png()
}

// has reports whether the font has all letters of a text, and the text has any.
func has(f *sfnt.Font, text string) bool {
	var b sfnt.Buffer
	for _, r := range text {
		// The font has signs for letters that are broken, too.
		if at, err := f.GlyphIndex(&b, r); err != nil || at == 0 || r == utf8.RuneError || !unicode.IsGraphic(r) {
			return false
		}
	}
	return strings.TrimSpace(text) != ""
}

// clip bounds a text.
func clip(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if utf8.RuneCountInString(text) <= maxTitle {
		return text
	}
	return string([]rune(text)[:maxTitle])
}

// run is a text in one line.
type run struct {
	text string
	size float64
	x, y int // of its base line
	ink  ink
}

// canvas is a picture with a ramp of colours for each ink.
type canvas struct {
	picture *image.Paletted
	mask    *image.Alpha // what is drawn at the moment
}

// newCanvas returns an empty picture of that size, in pixels.
func newCanvas(width, height int) *canvas {
	palette := color.Palette{ground}
	for _, tone := range tones {
		for i := 1; i < shades; i++ {
			palette = append(palette, mix(ground, tone, i))
		}
	}
	r := image.Rect(0, 0, width, height)
	return &canvas{image.NewPaletted(r, palette), image.NewAlpha(r)}
}

// mix returns the colour at a step from one to another.
func mix(from, to color.RGBA, step int) color.RGBA {
	at := func(a, b uint8) uint8 { return uint8(int(a) + (int(b)-int(a))*step/(shades-1)) } //nolint:gosec // it lies between two bytes
	return color.RGBA{at(from.R, to.R), at(from.G, to.G), at(from.B, to.B), 0xff}
}

// face returns the font in a size.
func face(f *sfnt.Font, size float64) font.Face {
	out, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic(err) // it has no reason to fail with these options
	}
	return out
}

// write draws a text, at most to the margin.
func (c *canvas) write(f *sfnt.Font, r run) {
	d := font.Drawer{Dst: c.mask, Src: image.Opaque, Face: face(f, r.size), Dot: fixed.P(r.x, r.y)}
	text := r.text
	for r.x+d.MeasureString(text).Ceil() > Width-margin {
		_, last := utf8.DecodeLastRuneInString(strings.TrimSuffix(text, "…"))
		text = strings.TrimRight(text[:len(strings.TrimSuffix(text, "…"))-last], " ") + "…"
	}
	d.DrawString(text)
	c.take(r.ink)
}

// take moves what is drawn into the picture, in an ink.
func (c *canvas) take(i ink) {
	first := uint8(1 + int(i)*(shades-1)) //nolint:gosec // there are fewer colours than a byte counts
	for at, alpha := range c.mask.Pix {
		if step := alpha / (256 / shades); step > 0 {
			c.picture.Pix[at] = first + step - 1
		}
	}
	clear(c.mask.Pix)
}

// fit returns the lines of a title and the size in which they fit.
func (c *canvas) fit(f *sfnt.Font, title string) (float64, []string) {
	var lines []string
	for _, size := range sizes {
		lines = wrap(title, face(f, size))
		if len(lines) <= maxLines-1 || size == sizes[len(sizes)-1] && len(lines) <= maxLines {
			return size, lines
		}
	}
	lines = lines[:maxLines]
	lines[maxLines-1] += "…"
	return sizes[len(sizes)-1], lines
}

// wrap breaks a text into lines, between words and within a word that is longer than a line.
func wrap(text string, f font.Face) []string {
	fits := func(s string) bool { return font.MeasureString(f, s).Ceil() <= Width-2*margin }
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && fits(line+" "+word) {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; !fits(line); {
			n := len(line)
			for !fits(line[:n]) {
				_, size := utf8.DecodeLastRuneInString(line[:n])
				n -= size
			}
			lines, line = append(lines, line[:n]), line[n:]
		}
	}
	return append(lines, line)
}

// png returns the picture.
func (c *canvas) png() ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, c.picture); err != nil {
		return nil, fmt.Errorf("write a picture: %w", err)
	}
	return b.Bytes(), nil
}
