package markdown

import (
	"fmt"
	"strings"
)

const (
	// maxContainers bounds quotes and lists that open on one line, maxLinks and maxMarks the
	// links and marks of one paragraph, maxDefinitions the link definitions of a text. The
	// parser's time grows with the square of each; at these bounds it stays below a second,
	// and no text that a person wrote comes near them.
	maxContainers  = 200
	maxLinks       = 4000
	maxMarks       = 20_000
	maxDefinitions = 4000
)

// Check refuses a text that would take long to render: one made by malice, or by mistake. The
// error is a *Problem with a line of the text.
// It counts marks without parsing, in one pass, so its own time grows with the length alone. A
// paragraph ends with an empty line, and its counts with it; definitions are counted over the text.
// It may refuse what the parser would read quickly, such as marks within code, but not below these
// numbers.
func Check(text string) error {
	var marks [256]int
	links, definitions, line := 0, 0, 0
	refuse := func(what string) error { return &Problem{Line: line, Column: 1, What: what} }
	for l := range strings.SplitSeq(text, "\n") {
		line++
		if strings.TrimSpace(l) == "" {
			marks, links = [256]int{}, 0
			continue
		}
		if containers(l) > maxContainers {
			return refuse(fmt.Sprintf("more than %d quotes or lists within each other", maxContainers))
		}
		if definition.MatchString(strings.TrimLeft(l, " >\t-*+")) {
			if definitions++; definitions > maxDefinitions {
				return refuse(fmt.Sprintf("more than %d link definitions", maxDefinitions))
			}
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

// containers counts the quotes and list marks that open a line.
// Digits, dots and brackets are passed over, as they are the marks of numbered lists; the first
// other character is the text.
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
