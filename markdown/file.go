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
type file struct {
	front ast.Node // nil when there is no front matter
	body  string
	// bodyLine is the line on which the body starts.
	bodyLine int
}

// maxFront bounds the front matter, so that a hostile file costs little.
const maxFront = 256 << 10

// split takes a file apart. A file without front matter is all body.
func split(src []byte) (*file, error) {
	if !utf8.Valid(src) {
		return nil, &Problem{What: "the file is not UTF-8"}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	s := strings.ReplaceAll(string(src), "\r\n", "\n")
	rest, ok := strings.CutPrefix(s, "---\n")
	if !ok {
		return &file{body: s, bodyLine: 1}, nil
	}
	front, body, ok := strings.Cut("\n"+rest, "\n---\n")
	if !ok {
		if front, ok = strings.CutSuffix("\n"+strings.TrimRight(rest, "\n"), "\n---"); !ok {
			return nil, &Problem{Line: 1, Column: 1, What: "the front matter is not closed by a line ---"}
		}
	}
	front = strings.TrimPrefix(front, "\n")
	if len(front) > maxFront {
		return nil, &Problem{Line: 1, Column: 1, What: "the front matter is longer than 256 KB"}
	}
	f := &file{body: body, bodyLine: strings.Count(front, "\n") + 3}
	if strings.TrimSpace(front) == "" {
		return f, nil
	}
	tree, err := parser.ParseBytes([]byte(front), 0)
	if err != nil {
		return nil, yamlProblem(err)
	}
	if len(tree.Docs) != 1 {
		return nil, &Problem{Line: 2, Column: 1, What: "the front matter holds more than one document"}
	}
	f.front = tree.Docs[0].Body
	return f, nil
}

// yamlProblem takes line and column out of a parser's error.
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

// section is a part of a body under a heading.
type section struct {
	name string
	text string
	line int
}

// sections cuts a body at headings of that level; what stands before the first one has no
// name. Fences are left alone.
func sections(body string, level int) []section {
	mark := strings.Repeat("#", level) + " "
	out := []section{{line: 0}}
	fence := ""
	for i, l := range strings.SplitAfter(body, "\n") {
		trimmed := strings.TrimSpace(l)
		switch {
		case fence != "":
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```"), strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
		case strings.HasPrefix(l, mark):
			out = append(out, section{name: strings.TrimSpace(l[len(mark):]), line: i})
			continue
		}
		out[len(out)-1].text += l
	}
	return out
}

// items takes the points of a list: lines that start with a dash, with what belongs to them.
func items(text string) []string {
	var out []string
	for l := range strings.SplitSeq(text, "\n") {
		switch point, ok := strings.CutPrefix(l, "- "); {
		case ok:
			point = strings.TrimSpace(point)
			for _, box := range []string{"[ ] ", "[x] ", "[X] "} {
				point = strings.TrimPrefix(point, box)
			}
			out = append(out, point)
		case strings.TrimSpace(l) != "" && len(out) > 0:
			out[len(out)-1] += " " + strings.TrimSpace(l)
		}
	}
	return out
}
