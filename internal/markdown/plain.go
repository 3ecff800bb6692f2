package markdown

import (
	"strings"

	"golang.org/x/net/html"

	"patternhub/internal/content"
)

// reading extracts the plain text and the headings from HTML, as a reader sees them.
type reading struct {
	text, heading strings.Builder
	// level is the level of the open heading; 0 outside of headings.
	level    int
	anchor   string
	headings []content.Heading
	// hidden counts open elements whose text is omitted.
	hidden int
}

// read reads HTML that has passed the policy: one line per block, without blocks of code and the
// marks of footnotes. The text of a picture is its description.
func read(source string) (text string, headings []content.Heading) {
	var r reading
	z := html.NewTokenizer(strings.NewReader(source))
	inPre := false
	for z.Next() != html.ErrorToken {
		t := z.Token()
		switch t.Type {
		case html.StartTagToken:
			if t.Data == "pre" {
				inPre = true
			}
			if r.hidden > 0 || t.Data == "code" && inPre || t.Data == "a" && isNoteMark(&t) {
				if elements[t.Data] != voidElement {
					r.hidden++
				}
				continue
			}
			r.start(&t)
		case html.EndTagToken:
			if t.Data == "pre" {
				inPre = false
			}
			if r.hidden > 0 {
				r.hidden--
				continue
			}
			r.end(t.Data)
		case html.TextToken:
			if r.hidden == 0 {
				r.write(t.Data)
			}
		case html.ErrorToken, html.SelfClosingTagToken, html.CommentToken, html.DoctypeToken: // the policy leaves none
		}
	}
	return squeeze(r.text.String()), r.headings
}

// start handles the start of an element.
func (r *reading) start(t *html.Token) {
	switch {
	case t.Data == "img":
		r.write(attribute(t, "alt"))
	case t.Data == "br":
		r.write(" ")
	case elements[t.Data] == blockElement || t.Data == "hr":
		r.text.WriteByte('\n')
	}
	if level := headingLevel(t.Data); level > 0 {
		r.level, r.anchor = level, attribute(t, "id")
		r.heading.Reset()
	}
}

// end handles the end of an element.
func (r *reading) end(name string) {
	if elements[name] == blockElement {
		r.text.WriteByte('\n')
	}
	if headingLevel(name) == 0 || r.level == 0 {
		return
	}
	if len(r.headings) < maxHeadings {
		text := content.Spaced(r.heading.String())
		r.headings = append(r.headings, content.Heading{Level: r.level, Text: text, Anchor: r.anchor})
	}
	r.level = 0
}

// write adds text. A line end in it counts as a space, as in a browser.
func (r *reading) write(s string) {
	s = strings.Map(func(c rune) rune {
		if c == '\n' || c == '\r' || c == '\t' || c == '\f' {
			return ' '
		}
		return c
	}, s)
	r.text.WriteString(s)
	if r.level > 0 {
		r.heading.WriteString(s)
	}
}
