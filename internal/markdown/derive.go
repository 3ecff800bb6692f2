package markdown

import (
	"path"
	"strings"
	"unicode"

	"patternhub/internal/content"
)

const (
	// maxDerived bounds a summary taken from the text, in characters: two usual sentences.
	maxDerived = 240
	// maxTitle and maxGiven bound names and summaries that other programs wrote, in characters, by
	// the limits of content.Validate. Longer ones are cut, since other programs do not have these
	// limits.
	maxTitle, maxGiven = 200, 600
)

// hints are sources for the name of a page besides its title and text.
type hints struct {
	// label is a short name for menus; fileTitle the file's name in words.
	label, fileTitle string
	// summarized is set if the file has a summary, even an empty one.
	summarized bool
	// foreign holds the fields that were given under another program's name.
	foreign map[string]bool
}

// derive completes a page of another program. Its name is the first of these that exists: the title,
// the first heading of the first level, the label of menus, the first heading of any level, the name
// of the file, the last part of its path. Its summary is the first paragraph or, without one, the
// name. The result depends on the text alone, because exports compare with it. Other programs write
// title and description as one line of Markdown; they become plain text.
// All other types need both, since only pages come from trees of other programs. A summary that is
// written as empty stays empty.
func derive(p *content.Page, h hints) {
	if h.foreign["name"] {
		p.Name = words(p.Name)
	}
	if h.foreign["summary"] {
		p.Summary = words(p.Summary)
	}
	p.Name, p.Summary = shorten(p.Name, maxTitle), shorten(p.Summary, maxGiven)
	if strings.TrimSpace(p.Summary) == "" && !h.summarized {
		p.Summary = ""
	}
	if p.Name != "" && (p.Summary != "" || h.summarized) {
		return
	}
	o := opening(p.Body.Markdown)
	for _, name := range []string{o.title, words(h.label), o.heading, h.fileTitle, FileTitle(path.Base(p.Slug))} {
		if p.Name == "" {
			p.Name = shorten(name, maxTitle)
		}
	}
	if h.summarized {
		return
	}
	if p.Summary == "" {
		p.Summary = shorten(o.paragraph, maxDerived)
	}
	if p.Summary == "" {
		p.Summary = p.Name
	}
}

// FileTitle returns the name of a file in words, in its own spelling, so that iOS stays iOS; dashes
// and underscores become spaces. A name without an upper-case letter gets one at its start, as in
// MkDocs, in scripts that have them.
func FileTitle(file string) string {
	words := strings.Join(strings.FieldsFunc(file, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) }), " ")
	if words != strings.ToLower(words) {
		return words
	}
	return content.Capital(words)
}

// shorten cuts a string at a word. limit is in characters, the ellipsis included. If the last space
// is in the first half, the text has a very long word and is cut within it.
func shorten(s string, limit int) string {
	runes := []rune(s)
	if len(runes) <= limit {
		return s
	}
	cut := string(runes[:limit-1])
	if at := strings.LastIndexByte(cut, ' '); at > limit/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:.") + "…"
}
