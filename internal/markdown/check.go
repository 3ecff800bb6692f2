package markdown

import (
	"fmt"
	"regexp"
	"strings"
)

const (
	// maxContainers bounds the quotes and lists that open on one line, maxLinks and maxMarks the
	// links and marks of one paragraph, maxDefinitions the link definitions of the text, and maxNotes
	// its footnotes with all references to them. The parser's time grows with the square of each;
	// at these bounds it stays below a second, and no text by a person comes near them.
	maxContainers  = 200
	maxLinks       = 4000
	maxMarks       = 20_000
	maxDefinitions = 4000
	maxNotes       = 4000
)

// definition matches the beginning of a link definition.
var definition = regexp.MustCompile(`^\[[^\]]+\]:`)

// Check returns an error for text that would take long to render, whether by intent or by
// mistake. The error is a *Problem with a line of the text.
// It counts marks in one pass without parsing, so its own time is linear in the length. The counts
// of a paragraph end with an empty line; definitions and footnotes are counted over the whole text.
// It may reject text that the parser would read quickly, such as one with many marks in code, but
// none below these bounds.
func Check(text string) error {
	var marks [256]int
	links, definitions, notes, line := 0, 0, 0, 0
	refuse := func(what string) error { return &Problem{Line: line, Column: 1, What: what} }
	for l := range strings.SplitSeq(unix(text), "\n") {
		line++
		if strings.TrimSpace(l) == "" {
			marks, links = [256]int{}, 0
			continue
		}
		if containers(l) > maxContainers {
			return refuse(fmt.Sprintf("more than %d nested quotes or lists", maxContainers))
		}
		if definition.MatchString(strings.TrimLeft(l, " >\t-*+")) {
			if definitions++; definitions > maxDefinitions {
				return refuse(fmt.Sprintf("more than %d link definitions", maxDefinitions))
			}
		}
		if notes += strings.Count(l, "[^"); notes > maxNotes {
			return refuse(fmt.Sprintf("more than %d footnotes", maxNotes))
		}
		if links += strings.Count(l, "]("); links > maxLinks {
			return refuse(fmt.Sprintf("more than %d links in one paragraph", maxLinks))
		}
		for i := range len(l) {
			marks[l[i]]++
		}
		for _, c := range []byte("[]*_~`<!&\\") {
			if marks[c] > maxMarks {
				return refuse(fmt.Sprintf("more than %d times %c in one paragraph", maxMarks, c))
			}
		}
	}
	return nil
}

// containers counts the quotes and list marks that open a line. It skips digits, dots and brackets,
// which are the marks of numbered lists; the first other character begins the text.
func containers(line string) int {
	n := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '>':
			n++
		case c == '-' || c == '*' || c == '+':
			if i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t') {
				n++
			}
		case c == ' ' || c == '\t' || c == '.' || c == ')' || c >= '0' && c <= '9':
		default:
			return n
		}
	}
	return n
}
