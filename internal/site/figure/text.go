package figure

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText is the greatest number of characters of one text.
const maxText = 300

// clean returns text in one line, without control characters, without marks that turn the direction
// of what follows, and not longer than a number of characters.
func clean(s string, most int) string {
	if isClean(s, most) {
		return s
	}
	var b strings.Builder
	space, n := false, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = b.Len() > 0
			continue
		case r == utf8.RuneError || unicode.Is(unicode.C, r) && r != '\u200d' && r != '\u200c': // joiners shape words
			continue
		}
		if n++; n > most {
			return b.String() + "…"
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// isClean reports whether clean would change nothing, for texts in plain ASCII, which most are.
func isClean(s string, most int) bool {
	if len(s) > most {
		return false
	}
	space := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && space {
			return false
		}
		space = s[i] == ' '
	}
	return !space || s == ""
}

// appendEscaped writes text for the content of an element or for an attribute in double quotes.
func appendEscaped(b []byte, s string) []byte {
	// Bytes will do: in UTF-8 those of other characters are never one of these four.
	for i := range len(s) {
		switch c := s[i]; c {
		case '&':
			b = append(b, "&amp;"...)
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '"':
			b = append(b, "&quot;"...)
		default:
			b = append(b, c)
		}
	}
	return b
}

const (
	fontSize = 13.0 // of the text in all figures
	boldness = 0.9  // the share of the room that bold text may take by the widths of other text
)

// runeWidth returns about how wide a character is, in sizes of its font.
// The drawing has no font to measure by, since readers have different ones; three kinds of letters come close.
func runeWidth(r rune) float64 {
	switch {
	case unicode.Is(unicode.M, r) || unicode.Is(unicode.C, r):
		return 0
	case strings.ContainsRune("iljtfrI.,:;'|!()[] -", r):
		return 0.38
	case strings.ContainsRune("mwMW@%—…", r):
		return 0.94
	case r < 0x80 && unicode.IsUpper(r):
		return 0.72
	case r < 0x1100:
		return 0.61
	default:
		return 1.08 // the East Asian scripts, and pictures
	}
}

// textWidth returns about how wide a text is.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += runeWidth(r)
	}
	return w * fontSize
}

// clip shortens a text to a width, and reports whether it had to.
func clip(s string, width float64) (string, bool) {
	s = clean(s, maxText)
	if textWidth(s) <= width {
		return s, false
	}
	w, marks := runeWidth('…')*fontSize, 0
	for i, r := range s {
		if w += runeWidth(r) * fontSize; w > width {
			return strings.TrimRight(s[:i], " ") + "…", true
		}
		// Marks have no width, and no end unless it is set.
		if marks++; marks > 120 {
			return s[:i] + "…", true
		}
	}
	return s, false
}

// rightToLeft reports whether the first letter of a text belongs to a script that runs so.
func rightToLeft(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) {
			return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko, unicode.Adlam)
		}
	}
	return false
}

// side is the side of a text that its coordinate is at, whatever its direction.
type side int

const (
	left side = iota
	middle
	right
)

// label writes a text that is clipped to a width; the whole stands in its title if it was.
func (p *pen) label(class string, x, y float64, at side, width float64, s string) *pen {
	short, clipped := clip(s, width)
	if short == "" {
		return p
	}
	p.tag("text").str("class", class).num("x", x).num("y", y)
	turned := rightToLeft(short)
	switch {
	case at == middle:
		p.str("text-anchor", "middle")
	case (at == right) != turned:
		p.str("text-anchor", "end")
	}
	if turned {
		p.str("direction", "rtl")
	}
	p.body()
	if clipped {
		p.title(s)
	}
	return p.text(short).end("text")
}

// linkable reports whether a figure may link to a target: a path of this host, a query, a fragment,
// or an address of the web.
func linkable(href string) bool {
	if len(href) == 0 || len(href) > 2000 || !utf8.ValidString(href) || strings.ContainsFunc(href, unlinkable) {
		return false
	}
	if rest, ok := strings.CutPrefix(href, "https://"); ok {
		return rest != ""
	}
	return strings.ContainsRune("/?#", rune(href[0])) && !strings.HasPrefix(href, "//")
}

// unlinkable reports whether a character in a target would be read differently by browsers.
func unlinkable(r rune) bool { return r == '\\' || unicode.IsSpace(r) || unicode.Is(unicode.C, r) }
