package markdown

import (
	"path"
	"regexp"
	"strings"

	"patternhub/content"
)

// maxDerived bounds a summary taken from a text, in characters: two usual sentences.
const maxDerived = 240

// derive gives a page the name and summary that its front matter does not: the first heading,
// else the last part of its path; the first paragraph, else the name. The same text always
// gives the same words, since exports compare with them.
// Only pages get this: they come from trees that other programs wrote, without our front matter.
// All other types have to state both.
func derive(p *content.Page) {
	if p.Name != "" && p.Summary != "" {
		return
	}
	heading, paragraph := opening(p.Body.Markdown)
	if p.Name == "" {
		p.Name = heading
	}
	if p.Name == "" {
		p.Name = content.Words(path.Base(p.Slug))
	}
	if p.Summary == "" {
		p.Summary = shorten(paragraph, maxDerived)
	}
	if p.Summary == "" {
		p.Summary = p.Name
	}
}

// opening finds the first heading of the first level and the first paragraph of a text.
// Lines are looked at one by one, without the parser, because this has to stay the same when the
// parser's version changes. The paragraph need not follow the heading.
func opening(body string) (heading, paragraph string) {
	var f fence
	var gathered []string
	for l := range strings.SplitSeq(body, "\n") {
		trimmed := strings.TrimSpace(l)
		switch {
		case f.inside(l):
			trimmed = ""
		case strings.HasPrefix(l, "# "):
			if heading == "" {
				heading = plain(strings.TrimRight(l[2:], " #"))
			}
			trimmed = ""
		case strings.HasPrefix(l, "    "), strings.HasPrefix(l, "\t"), special(trimmed):
			trimmed = ""
		}
		if trimmed != "" {
			gathered = append(gathered, trimmed)
			continue
		}
		if len(gathered) > 0 && paragraph == "" {
			paragraph = plain(strings.Join(gathered, " "))
		}
		gathered = nil
		if heading != "" && paragraph != "" {
			return heading, paragraph
		}
	}
	if paragraph == "" {
		paragraph = plain(strings.Join(gathered, " "))
	}
	return heading, paragraph
}

// special tells whether a line belongs to something that is no paragraph.
// Underlined headings are told by their underline, so the text above them may be taken for a
// paragraph.
func special(line string) bool {
	for _, start := range []string{"#", "!!!", "???", "===", "---", "***", "<", ">", "|", "- ", "* ", "+ ", "![", "[^", "{", ":::", "*[", "[TOC]"} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return numbered.MatchString(line) || definition.MatchString(line)
}

var (
	numbered   = regexp.MustCompile(`^\d{1,9}[.)] `)
	definition = regexp.MustCompile(`^\[[^\]]+\]:`)
	image      = regexp.MustCompile(`!\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])`)
	anchor     = regexp.MustCompile(`\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])`)
	attributes = regexp.MustCompile(`\{:?[ ]*[.#][^}]*\}|\{:[^}]*\}`)
	tag        = regexp.MustCompile(`</?[a-zA-Z][^>]*>`)
)

// plain takes the marks of Markdown out of a line.
// A link leaves its text and a picture its description. Single stars and underscores stay, since
// they may be meant as they are, as in names of files.
func plain(s string) string {
	s = image.ReplaceAllString(s, "$1")
	s = anchor.ReplaceAllString(s, "$1")
	s = attributes.ReplaceAllString(s, "")
	s = tag.ReplaceAllString(s, "")
	s = strings.NewReplacer("**", "", "__", "", "`", "", "~~", "").Replace(s)
	return strings.Join(strings.Fields(s), " ")
}

// shorten cuts a text at a word.
// It counts characters and not bytes, the ellipsis included. Where the last blank is in the first
// half, the text has a very long word and is cut within it.
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
