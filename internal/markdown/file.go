package markdown

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Problem is something wrong in a file, with its line and column from 1; both are 0 for the whole
// file.
type Problem struct { //nolint:errname // a problem of a file, not a fault of the program
	Line, Column int
	What         string
}

// Error returns the position and what is wrong.
func (p *Problem) Error() string { return fmt.Sprintf("%d:%d: %s", p.Line, p.Column, p.What) }

// file is a Markdown file, split into its parts. The body has only line feeds, whatever the file
// has; layout preserves its line ends for an edit.
type file struct {
	front ast.Node // nil without front matter or with an empty one
	// fenced means that there is front matter, even if it is empty.
	fenced bool
	// toml means that the front matter is TOML.
	toml bool
	body string
	// bodyLine is the line on which the body starts.
	bodyLine int
}

// maxFront bounds the front matter, in bytes: the parser's time grows with the square of the number
// of keys, and this is ten times the largest of ours.
const maxFront = 64 << 10

// maxNesting bounds the depth of brackets in front matter: the parser recurses for each.
const maxNesting = 100

// split splits a file. A file without front matter is all body. Errors are a *Problem.
// Front matter must begin on the first line, after an optional byte-order mark. It is closed by ---
// or by ..., with which YAML ends a document.
func split(src []byte) (*file, error) {
	s := unix(string(src))
	if err := encoded([]byte(s)); err != nil {
		return nil, err
	}
	s = strings.TrimPrefix(s, byteOrderMark)
	lines := strings.SplitAfter(s, "\n")
	switch {
	case isFence(lines[0], tomlFence):
		return splitTOML(lines)
	case isJSON(s):
		return nil, &Problem{Line: 1, Column: 1, What: "JSON front matter is not supported; write it as YAML between lines of ---, or as TOML between lines of +++"}
	case !isFence(lines[0], "---"):
		return &file{body: s, bodyLine: 1}, nil
	}
	closing := 1
	for closing < len(lines) && !isFence(lines[closing], "---") && !isFence(lines[closing], "...") {
		closing++
	}
	// A rule at the top of a page looks like a fence. It is a rule if an empty line follows, unless
	// a mapping comes after that.
	rule := len(lines) > 1 && strings.TrimSpace(lines[1]) == ""
	if closing == len(lines) {
		if rule {
			return &file{body: s, bodyLine: 1}, nil
		}
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter has no closing --- line"}
	}
	front, err := parseFront(strings.Join(lines[1:closing], ""), parseYAML)
	_, isMapping := pairs(front)
	switch {
	case rule && (err != nil || front != nil && !isMapping):
		return &file{body: s, bodyLine: 1}, nil //nolint:nilerr // not front matter, so it cannot be wrong
	case err != nil:
		return nil, err
	}
	return &file{front: front, fenced: true, body: strings.Join(lines[closing+1:], ""), bodyLine: closing + 2}, nil
}

// splitTOML splits a file that begins with a fence of TOML.
func splitTOML(lines []string) (*file, error) {
	closing := 1
	for closing < len(lines) && !isFence(lines[closing], tomlFence) {
		closing++
	}
	if closing == len(lines) {
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter has no closing +++ line"}
	}
	front, err := parseFront(strings.Join(lines[1:closing], ""), parseTOML)
	if err != nil {
		return nil, err
	}
	return &file{front: front, fenced: true, toml: true, body: strings.Join(lines[closing+1:], ""), bodyLine: closing + 2}, nil
}

// isJSON reports whether a file begins with a JSON object with a name in it, a form of front matter
// in Hugo. Braces of templates and attribute lists do not count.
func isJSON(s string) bool {
	if !strings.HasPrefix(s, "{") {
		return false
	}
	dec := json.NewDecoder(strings.NewReader(s))
	var fields map[string]json.RawMessage
	return dec.Decode(&fields) == nil && len(fields) > 0
}

// isFence reports whether a line is a fence of front matter, which spaces may follow.
func isFence(line, mark string) bool {
	return strings.HasPrefix(line, mark) && strings.TrimSpace(line[len(mark):]) == ""
}

// parseFront parses the text between the fences. It checks bounds on the text first, since the
// parser has none.
func parseFront(front string, parse func(string) (ast.Node, error)) (ast.Node, error) {
	switch {
	case len(front) > maxFront:
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter is longer than 64 KB"}
	case strings.TrimSpace(front) == "":
		return nil, nil //nolint:nilnil // empty front matter is no front matter
	case nesting(front) > maxNesting:
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter is nested too deeply"}
	}
	return parse(front)
}

// parseYAML parses YAML and recovers from panics of the parser. It hides the panic's message: the
// author can only change the file.
func parseYAML(text string) (front ast.Node, err error) {
	defer func() {
		if recover() != nil {
			err = &Problem{Line: 2, Column: 1, What: "the front matter is not valid YAML"}
		}
	}()
	tree, err := parser.ParseBytes([]byte(text), 0)
	if err != nil {
		return nil, yamlProblem(err)
	}
	if len(tree.Docs) != 1 {
		return nil, &Problem{Line: 2, Column: 1, What: "the front matter holds more than one document"}
	}
	if _, comments := tree.Docs[0].Body.(*ast.CommentGroupNode); comments {
		return nil, nil //nolint:nilnil // the same as none
	}
	return tree.Docs[0].Body, nil
}

// nesting returns an upper bound of the depth of YAML text: open brackets at one time, plus the
// deepest indentation or row of dashes on a line. It counts brackets in quotes too, so it may be
// too high but never too low.
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

// encoded returns a *Problem with the position of the first text that is not valid UTF-8 or of a
// control character. The column counts characters, so that an editor finds it. UTF-16 is recognised
// by its mark and named, since "not UTF-8" would not help.
func encoded(src []byte) error {
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) {
		return &Problem{Line: 1, Column: 1, What: "the file is UTF-16; only UTF-8 is read"}
	}
	line := 1
	src = bytes.TrimPrefix(src, []byte(byteOrderMark))
	for rest := src; len(rest) > 0; line++ {
		l, after, _ := bytes.Cut(rest, []byte("\n"))
		if !utf8.Valid(l) {
			column := 1
			for r, n := utf8.DecodeRune(l); r != utf8.RuneError || n > 1; r, n = utf8.DecodeRune(l) {
				l, column = l[n:], column+1
			}
			return &Problem{Line: line, Column: column, What: "the file is not UTF-8"}
		}
		if at := bytes.IndexFunc(l, control); at >= 0 {
			what := "the file holds a zero byte"
			if l[at] != 0 {
				what = fmt.Sprintf("the file contains control character U+%04X, which is not allowed", l[at])
			}
			return &Problem{Line: line, Column: utf8.RuneCount(l[:at]) + 1, What: what}
		}
		rest = after
	}
	return nil
}

// control reports whether content.Validate refuses a character in every text.
func control(r rune) bool { return r < ' ' && r != '\t' && r != '\r' || r == 0x7f }

// yamlProblem converts a parser's error, which counts lines from the first line of the front
// matter, the second of the file. It uses only the first line of the message; the rest is an
// excerpt of the source.
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
