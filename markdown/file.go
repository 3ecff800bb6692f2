package markdown

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is what is wrong with a file, and where: line and column from 1, 0 when the whole
// file is meant.
type Problem struct { //nolint:errname // people call it the problem of a file
	Line, Column int
	What         string
}

// Error tells the place and what is wrong.
func (p *Problem) Error() string { return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.What) }

// file is a Markdown file taken apart.
// The body has no carriage returns, whatever the file had; layout keeps them for an edit.
type file struct {
	front ast.Node // nil when there is no front matter, or nothing in it
	// fenced tells whether there is front matter, be it empty.
	fenced bool
	body   string
	// bodyLine is the line on which the body starts.
	bodyLine int
}

// maxFront bounds the front matter: the parser's time grows with the square of the number of
// keys, and this is ten times the largest of ours.
const maxFront = 64 << 10

// maxNesting bounds the depth of brackets in front matter: the parser calls itself for each.
const maxNesting = 100

// split takes a file apart. A file without front matter is all body.
// Errors are a *Problem. Front matter has to begin on the first line; a byte-order mark before it
// does not count. It is closed by --- or by ..., which YAML uses for the end of a document.
func split(src []byte) (*file, error) {
	if err := encoded(src); err != nil {
		return nil, err
	}
	src = bytes.TrimPrefix(src, []byte(byteOrderMark))
	s := strings.ReplaceAll(string(src), "\r\n", "\n")
	lines := strings.SplitAfter(s, "\n")
	if !isFence(lines[0], "---") {
		return &file{body: s, bodyLine: 1}, nil
	}
	closing := 1
	for closing < len(lines) && !isFence(lines[closing], "---") && !isFence(lines[closing], "...") {
		closing++
	}
	// A rule at the top of a page looks like a fence. An empty line tells it from front matter,
	// unless what follows is a mapping all the same.
	rule := len(lines) > 1 && strings.TrimSpace(lines[1]) == ""
	if closing == len(lines) {
		if rule {
			return &file{body: s, bodyLine: 1}, nil
		}
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter is not closed by a line ---"}
	}
	front, err := parseFront(strings.Join(lines[1:closing], ""))
	_, isMapping := pairs(front)
	switch {
	case rule && (err != nil || front != nil && !isMapping):
		return &file{body: s, bodyLine: 1}, nil //nolint:nilerr // what is no front matter cannot be wrong
	case err != nil:
		return nil, err
	}
	return &file{front: front, fenced: true, body: strings.Join(lines[closing+1:], ""), bodyLine: closing + 2}, nil
}

// isFence tells whether a line is a fence of front matter; blanks behind it do not count.
func isFence(line, mark string) bool {
	return strings.HasPrefix(line, mark) && strings.TrimSpace(line[len(mark):]) == ""
}

// parseFront parses the text between the fences.
// The three bounds are checked on the text, because a parser that is asked to bound itself has
// already begun. A text of comments alone is as good as none.
func parseFront(front string) (ast.Node, error) {
	switch {
	case len(front) > maxFront:
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter is longer than 64 KB"}
	case strings.TrimSpace(front) == "":
		return nil, nil //nolint:nilnil // empty front matter is no front matter
	case nesting(front) > maxNesting:
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter is nested too deeply"}
	}
	tree, err := parseYAML(front)
	if err != nil {
		return nil, err
	}
	if len(tree.Docs) != 1 {
		return nil, &Problem{Line: 2, Column: 1, What: "the front matter holds more than one document"}
	}
	if _, comments := tree.Docs[0].Body.(*ast.CommentGroupNode); comments {
		return nil, nil //nolint:nilnil // as above
	}
	return tree.Docs[0].Body, nil
}

// parseYAML parses a text and survives whatever the parser makes of it.
// The panic is not told further: a file can be at fault, and that is all its author can change.
func parseYAML(text string) (tree *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = &Problem{Line: 2, Column: 1, What: "the front matter is not valid YAML"}
		}
	}()
	tree, err = parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, yamlProblem(err)
	}
	return tree, nil
}

// nesting is an upper bound of how deep a text nests: open brackets at one time, and the
// deepest indentation or row of dashes on a line.
// It need not be exact, since brackets inside of quotes count too; it must not be too low.
func nesting(text string) int {
	open, deepest := 0, 0
	for line := range strings.SplitSeq(text, "\n") {
		indent := (len(line) - len(strings.TrimLeft(line, " -?:"))) / 2
		for _, c := range []byte(line) {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open--
			}
			deepest = max(deepest, open+indent)
		}
	}
	return deepest
}

// byteOrderMark may start a file; it belongs to the file, not to the text.
const byteOrderMark = "\ufeff"

// encoded refuses what is not UTF-8 and tells where.
// Columns are counted in characters for what is not UTF-8, so that an editor finds the place.
// UTF-16 is told by its mark, because "not UTF-8" would help nobody there.
func encoded(src []byte) error {
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return &Problem{Line: 1, Column: 1, What: "the file is UTF-16; only UTF-8 is read"}
	}
	line := 1
	for rest := src; len(rest) > 0; line++ {
		l, after, _ := bytes.Cut(rest, []byte("\n"))
		if !utf8.Valid(l) {
			column := 1
			for r, n := utf8.DecodeRune(l); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRune(l) {
				l, column = l[n:], column+1
			}
			return &Problem{Line: line, Column: column, What: "the file is not UTF-8"}
		}
		if at := bytes.IndexByte(l, 0); at >= 0 {
			return &Problem{Line: line, Column: at + 1, What: "the file holds a zero byte"}
		}
		rest = after
	}
	return nil
}

// yamlProblem takes line and column out of a parser's error.
// The parser counts the lines of the front matter, which begins on the second line of the file.
// Only the first line of its message is taken; the rest is a picture of the source.
func yamlProblem(err error) *Problem {
	p := &Problem{Line: 2, Column: 1, What: "the front matter is not valid YAML"}
	first, _, _ := strings.Cut(err.Error(), "\n")
	var line, column int
	var what string
	if n, _ := fmt.Sscanf(first, "[%d:%d]", &line, &column); n == 2 {
		p.Line, p.Column = line+1, column
		if _, what, _ = strings.Cut(first, "] "); what != "" {
			p.What += ": " + what
		}
	}
	return p
}
