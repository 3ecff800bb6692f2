package figure

import (
	"math"
	"strconv"
)

// pen writes markup. Everything that it is handed is escaped, except by raw. The zero value is ready.
type pen struct{ b []byte }

// String returns what was written.
func (p *pen) String() string { return string(p.b) }

// raw writes markup that a pen has made.
func (p *pen) raw(markup string) *pen {
	p.b = append(p.b, markup...)
	return p
}

// tag begins an element; attributes follow, then body or empty.
func (p *pen) tag(name string) *pen {
	p.b = append(append(p.b, '<'), name...)
	return p
}

// str writes an attribute.
func (p *pen) str(name, value string) *pen {
	p.b = append(append(append(p.b, ' '), name...), `="`...)
	p.b = appendEscaped(p.b, value)
	p.b = append(p.b, '"')
	return p
}

// num writes an attribute with a number.
func (p *pen) num(name string, value float64) *pen {
	p.b = append(append(append(p.b, ' '), name...), `="`...)
	p.b = appendNumber(p.b, value)
	p.b = append(p.b, '"')
	return p
}

// path writes a d attribute: letters, and the numbers that follow each of them.
func (p *pen) path(steps ...step) *pen {
	p.b = append(p.b, ` d="`...)
	for _, s := range steps {
		p.b = append(p.b, s.letter)
		for i, n := range s.to {
			if i > 0 {
				p.b = append(p.b, ' ')
			}
			p.b = appendNumber(p.b, n)
		}
	}
	p.b = append(p.b, '"')
	return p
}

// step is one command of a path.
type step struct {
	letter byte
	to     []float64
}

// body ends the start of an element that has content, and empty that of one without.
func (p *pen) body() *pen { p.b = append(p.b, '>'); return p }

// empty ends an element that has no content.
func (p *pen) empty() *pen { p.b = append(p.b, '/', '>'); return p }

// end closes the element.
func (p *pen) end(name string) *pen {
	p.b = append(append(append(p.b, '<', '/'), name...), '>')
	return p
}

// text writes text.
func (p *pen) text(s string) *pen {
	p.b = appendEscaped(p.b, clean(s, maxText))
	return p
}

// title writes the title of the element that was begun.
func (p *pen) title(s string) *pen { return p.tag("title").body().text(s).end("title") }

// The roles of a picture. In an image a screen reader finds no links.
const (
	roleImage = "img"
	roleGroup = "group"
)

// begin begins the svg element of a figure with its title and description.
func (p *pen) begin(role, class string, c Caption, width, height float64) {
	p.tag("svg").str("class", "fig "+class).str("role", role)
	p.str("viewBox", "0 0 "+number(width)+" "+number(height)).num("width", width).num("height", height).body()
	p.title(c.Title)
	if c.Desc != "" {
		p.tag("desc").body().text(c.Desc).end("desc")
	}
}

// link writes the beginning of a link if the target is one that a figure may have, and reports
// whether it did.
// If it did, the caller ends the element "a".
func (p *pen) link(href string) bool {
	if !linkable(href) {
		return false
	}
	p.tag("a").str("href", href).body()
	return true
}

// width returns the width of a drawing.
// It is 400 pixels for 0, and otherwise from 120, which the labels need, to 2000.
func (c Caption) width() float64 {
	if c.Width == 0 {
		return 400
	}
	return float64(min(max(c.Width, 120), 2000))
}

// appendNumber writes a coordinate with at most one digit after the point.
func appendNumber(b []byte, n float64) []byte {
	tenths := math.Round(n * 10)
	// Beyond this nothing is in a picture, and the conversion to an integer might overflow.
	if !(math.Abs(tenths) < 1e9) { // also when it is not a number
		return append(b, '0')
	}
	whole := int64(tenths)
	if whole < 0 {
		b, whole = append(b, '-'), -whole
	}
	b = strconv.AppendInt(b, whole/10, 10)
	if whole%10 != 0 {
		b = append(b, '.', byte('0'+whole%10))
	}
	return b
}

// number returns a coordinate as text.
func number(n float64) string { return string(appendNumber(nil, n)) }
